from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_textgen.corpus import decoding, survey
from tui_textgen.corpus.encoded import EncodedText, encode, open_encoded, read_back, verify
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.errors import CorpusError, TextgenError
from tui_textgen.paths import Home

Make = Callable[..., CorpusSource]


def files_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("text", "item", "code"),
    [
        ("hello", "uint8", "B"),
        ("naïve café — 😀\r\n" * 50, "uint8", "B"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 400))) * 3, "int16", "h"),
        ("".join(map(chr, range(0x10000, 0x10000 + 33000))), "int32", "i"),
    ],
    ids=["ascii", "every plane", "hundreds", "thousands"],
)
def test_ids_are_those_of_the_sorted_vocabulary(home: Home, source: Make, text: str, item: str, code: str,
                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(decoding, "CHUNK", 1009)
    encoded = encode(source(text), home)
    text = text.replace("\r\n", "\n")
    ids = {character: index for index, character in enumerate(sorted(set(text)))}
    assert encoded.item == item
    assert encoded.vocabulary.characters == "".join(ids)
    assert array(code, encoded.path.read_bytes()).tolist() == [ids[character] for character in text]
    assert encoded.characters == len(text)
    assert encoded.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert encoded.preview == text[:500]
    assert "".join(read_back(encoded)) == text
    verify(encoded)


def test_several_files_are_joined_each_under_its_name(home: Home, source: Make) -> None:
    encoded = encode(source("one", "\ufefftwo\n", "three"), home)
    assert "".join(read_back(encoded)) == (
        "==> text-0.txt <==\n\none\n\n==> text-1.txt <==\n\ntwo\n\n\n==> text-2.txt <==\n\nthree"
    )


def test_lone_surrogates_survive(home: Home, source: Make) -> None:
    """Side by side, as JSON escapes, the two would come back as one character."""
    text = encode(source(b"+2D0- and +3gA-+2D3eAA-", encoding="utf-7"), home)
    assert text.vocabulary.characters == " adn\ud83d" + "\ude00😀"
    assert open_encoded(text.path) == text
    verify(text)


def test_what_was_written_opens_again(home: Home, source: Make) -> None:
    encoded = encode(source("hello\n" * 200, name="greeting"), home)
    assert open_encoded(encoded.path) == encoded
    assert encoded.name == "greeting"


def test_only_the_user_can_read_it(home: Home, source: Make) -> None:
    encoded = encode(source("hello"), home)
    assert encoded.path.stat().st_mode & 0o777 == 0o600
    assert encoded.path.with_suffix(".json").stat().st_mode & 0o777 == 0o600
    assert home.encoded.stat().st_mode & 0o777 == 0o700


class TestReuse:
    def test_a_second_time_no_text_is_read(self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus = source("hello")
        first = encode(corpus, home)
        monkeypatch.setattr(CorpusSource, "read", None)
        assert encode(corpus, home) == first

    def test_equal_texts_share_their_ids(self, home: Home, source: Make) -> None:
        first = encode(source("hé\n", name="one"), home)
        second = encode(source("hé\r\n", name="two", encoding="latin-1"), home)
        assert first.path == second.path
        assert (first.name, second.name) == ("one", "two")

    def test_a_changed_file_is_noticed(self, home: Home, source: Make) -> None:
        assert encode(source("hello"), home).vocabulary.characters == "ehlo"
        assert encode(source("world"), home).vocabulary.characters == "dlorw"

    def test_a_file_put_in_its_place_with_the_same_size_and_time_is_noticed(self, home: Home, source: Make) -> None:
        corpus = source("hello")
        path = corpus.parts[0].path
        before = path.stat()
        encode(corpus, home)
        other = path.with_name("other")
        other.write_text("world")
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(path)
        assert "".join(read_back(encode(corpus, home))) == "world"

    def test_a_damaged_file_is_written_anew(self, home: Home, source: Make) -> None:
        """One of the right size was taken as it was, and each run of it failed with the advice to choose it again."""
        encoded = encode(source("hello"), home)
        for damaged in (b"\0\1", b"\0\1\2\2\3", b"\1\0\2\2\xff"):
            encoded.path.write_bytes(damaged)
            verify(encode(source("hello"), home))

    def test_a_damaged_survey_is_taken_anew(self, home: Home, source: Make) -> None:
        corpus = source("hello")
        encode(corpus, home)
        for record in (home.encoded / "surveys").iterdir():
            record.write_bytes(b'{"characters": 5')
        assert survey.remembered(corpus, home) is None
        assert encode(corpus, home).characters == 5


class TestProgress:
    def test_it_rises_from_nothing_to_all(self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "CHUNK", 10)
        shares: list[float] = []
        encode(source("hello " * 50), home, shares.append)
        assert shares == sorted(shares)
        assert 0 < shares[0] < 0.1
        assert shares[-1] == 1.0
        assert len(shares) > 50

    @pytest.mark.parametrize("end_at", [0.1, 0.7])
    def test_what_it_raises_leaves_nothing_half_done(self, home: Home, source: Make, end_at: float,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        monkeypatch.setattr(decoding, "CHUNK", 10)

        def stop(share: float) -> None:
            if share > end_at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            encode(source("hello " * 50), home, stop)
        left = files_under(home.cache) if home.cache.exists() else set()
        assert not [name for name in left if not name.endswith(".json")]
        verify(encode(source("hello " * 50), home))


@pytest.mark.parametrize("added", ["more", "ö", "中"])
@pytest.mark.parametrize("after", [0.2, 0.7])
def test_a_file_that_grows_while_it_is_read_is_refused(home: Home, source: Make, added: str, after: float) -> None:
    corpus = source("hello")
    path = corpus.parts[0].path

    def grow(share: float) -> None:
        if share >= after and path.stat().st_size < 20:
            path.write_text("hello" + added * 20, "utf-8")

    with pytest.raises(CorpusError, match="changed while being read"):
        encode(corpus, home, grow)
    assert not list(home.encoded.glob("*.ids"))


class TestDamage:
    @pytest.fixture
    def text(self, home: Home, source: Make) -> EncodedText:
        return encode(source("hello\n" * 10), home)

    def refusal(self, path: Path) -> str:
        with pytest.raises(CorpusError) as caught:
            open_encoded(path)
        return str(caught.value)

    def test_too_short(self, text: EncodedText) -> None:
        text.path.write_bytes(text.path.read_bytes()[:-1])
        assert "59 bytes instead of 60" in self.refusal(text.path)

    def test_gone(self, text: EncodedText) -> None:
        text.path.unlink()
        assert ".ids’: No such file" in self.refusal(text.path)

    @pytest.mark.parametrize("facts", [b"", b"[]", b"{}", b"\xff", b"null", b'{"characters": "many"}'])
    def test_facts_that_are_none(self, text: EncodedText, facts: bytes) -> None:
        text.path.with_suffix(".json").write_bytes(facts)
        assert "not what was written there" in self.refusal(text.path)

    def test_a_vocabulary_with_a_character_twice(self, text: EncodedText) -> None:
        facts = json.loads(text.path.with_suffix(".json").read_bytes())
        text.path.with_suffix(".json").write_text(json.dumps({**facts, "vocabulary": "hello"}))
        assert "not what was written there" in self.refusal(text.path)

    @pytest.mark.parametrize("wrong", [0, 200])
    def test_other_ids_do_not_verify(self, text: EncodedText, wrong: int) -> None:
        data = bytearray(text.path.read_bytes())
        data[7] = wrong
        text.path.write_bytes(data)
        with pytest.raises(CorpusError, match="damaged"):
            verify(text)


def test_a_place_that_cannot_be_written_is_a_sentence(home: Home, source: Make) -> None:
    home.cache.mkdir()
    home.encoded.write_text("a file where the folder should be")
    with pytest.raises(TextgenError, match="could not be written"):
        encode(source("hello"), home)
