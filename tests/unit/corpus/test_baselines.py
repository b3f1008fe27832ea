from __future__ import annotations

import json
import lzma
import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus import baselines as baselines_module
from tui_textgen.corpus.baselines import Baselines, baselines, measure, remembered
from tui_textgen.corpus.encoded import EncodedText, encode, open_encoded, write_facts
from tui_textgen.corpus.library import find_corpus
from tui_textgen.corpus.source import CorpusSource, Part
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home

Make = Callable[..., CorpusSource]
BITS = math.log(2)


def encoded(text: str, folder: Path) -> EncodedText:
    path = folder / "text.txt"
    path.write_text(text, "utf-8", newline="")
    return encode(CorpusSource("text", (Part(path),)), Home(folder, folder, folder))


def probability(text: str, context: str, character: str, distinct: int) -> float:
    """Interpolated Witten–Bell as its definition reads, by looking through the whole text each time."""
    length = len(context)
    followers = [text[at + length] for at in range(len(text) - length) if text[at : at + length] == context]
    shorter = probability(text, context[1:], character, distinct) if context else 1 / distinct
    kinds = len(set(followers))
    return (followers.count(character) + kinds * shorter) / (len(followers) + kinds) if kinds else shorter


def loss(text: str, before: int) -> float:
    """Nats per character of the last tenth, each of its characters predicted from ``before`` ones."""
    start = int(len(text) * 0.9)
    places = range(start, len(text))
    costs = [-math.log(probability(text[:start], text[at - before : at], text[at], len(set(text)))) for at in places]
    return sum(costs) / len(costs)


@given(st.text(st.sampled_from("ab c\n€😀"), min_size=3, max_size=120), st.integers(1, 50))
def test_ngrams_are_what_their_definition_says(text: str, piece: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(baselines_module, "PIECE", piece)
        found = measure(encoded(text, Path(folder)))
    assert found.uniform == math.log(len(set(text)))
    assert found.unigram == pytest.approx(loss(text, 0))
    assert found.bigram == pytest.approx(loss(text, 1))
    assert found.trigram == pytest.approx(loss(text, 2))
    assert (found.characters, found.whole) == (len(text), True)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff"), min_size=1, max_size=300))
def test_xz_is_what_the_tool_makes_of_the_text(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = measure(encoded(text, Path(folder)))
    packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
    assert found.xz == pytest.approx(len(packed) * 8 * BITS / len(text))


@pytest.mark.parametrize("codes", [range(0x4E00, 0x4E00 + 300), range(0x10000, 0x10000 + 33000)], ids=["16", "32 bits"])
def test_large_vocabularies_count_as_small_ones_do(codes: range, tmp_path: Path) -> None:
    """Each character once: nothing that was counted tells the last tenth."""
    found = measure(encoded("".join(map(chr, codes)), tmp_path))
    trained = int(len(codes) * 0.9)
    unseen = -math.log(trained * (1 / len(codes)) / (trained + trained))
    assert found.uniform == pytest.approx(math.log(len(codes)))
    assert found.unigram == pytest.approx(unseen)
    assert found.bigram is not None
    assert found.bigram == pytest.approx(unseen, abs=0.01)  # its first character alone has a context that was seen


def test_what_was_counted_is_not_what_is_scored(tmp_path: Path) -> None:
    """A last tenth unlike the rest costs more than guessing: no baseline has seen it."""
    found = measure(encoded("ab" * 450 + "c" * 100, tmp_path))
    assert found.unigram is not None
    assert found.uniform is not None
    assert found.unigram > found.uniform


def test_a_text_that_repeats_costs_nothing_from_the_bigram_on(tmp_path: Path) -> None:
    found = measure(encoded("abcd" * 2000, tmp_path))
    assert found.unigram == pytest.approx(math.log(4), abs=0.01)
    assert found.bigram == pytest.approx(0, abs=0.01)
    assert found.trigram == pytest.approx(0, abs=0.01)
    assert found.xz == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("text", ["a", "ab"])
def test_too_short_for_a_held_out_part(text: str, tmp_path: Path) -> None:
    found = measure(encoded(text, tmp_path))
    assert (found.unigram, found.bigram, found.trigram) == (None, None, None)
    assert list(found.named()) == ["uniform", "xz"]


def test_of_a_long_text_both_parts_are_read_from_their_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines_module, "MOST", 1000)
    monkeypatch.setattr(baselines_module, "PIECE", 64)
    found = measure(encoded("ab" * 500 + "xyz" * 2600 + "ab" * 600, tmp_path))
    assert not found.whole
    assert found.characters == 1000
    assert found.bigram is not None
    assert found.bigram < 0.1  # the middle, and the x to z in it, were not read


def test_a_text_of_too_many_kinds_is_read_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines_module, "MOST_TRIGRAMS", 500)
    monkeypatch.setattr(baselines_module, "PIECE", 256)
    text = "".join(chr(0x4E00 + at * at % 3001) for at in range(9000))
    found = measure(encoded(text, tmp_path))
    assert not found.whole
    assert 500 < found.characters < 1000
    assert found.trigram is not None


class TestRemembering:
    def test_an_equal_text_is_not_measured_again(
        self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = encode(source("to be or not to be " * 20), home)
        assert remembered(text, home) is None
        found = baselines(text, home)
        monkeypatch.setattr(baselines_module, "measure", lambda *_: pytest.fail("measured again"))
        assert baselines(replace(text, name="by another name"), home) == remembered(text, home) == found

    @pytest.mark.parametrize(
        "record", [b"", b"[]", b"{", b'{"version": 1}', b'{"version": 0, "uniform": 1.0}', b"null"]
    )
    def test_a_record_that_is_not_ours_is_written_anew(self, home: Home, source: Make, record: bytes) -> None:
        text = encode(source("to be or not to be " * 20), home)
        found = baselines(text, home)
        (path,) = (home.cache / "baselines").iterdir()
        path.write_bytes(record)
        assert remembered(text, home) is None
        assert baselines(text, home) == found
        assert json.loads(path.read_bytes())["version"] == 1

    def test_what_progress_raises_ends_the_work_and_leaves_nothing(self, home: Home, source: Make) -> None:
        def enough(share: float) -> None:
            if share > 0.5:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            baselines(encode(source("to be or not to be"), home), home, enough)
        assert not (home.cache / "baselines").exists()

    def test_progress_rises_to_the_end(self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(baselines_module, "PIECE", 10)
        shares: list[float] = []
        baselines(encode(source("to be or not to be"), home), home, shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


def test_a_hash_that_is_a_path_names_no_file(home: Home, source: Make) -> None:
    """A run may come from somebody else, its `text.json` too."""
    text = replace(encode(source("hello"), home), sha256="../../../outside")
    write_facts(text)
    with pytest.raises(CorpusError, match="holds no hash"):
        open_encoded(text.path)


def test_a_text_that_is_gone_is_a_sentence(home: Home, source: Make) -> None:
    text = encode(source("hello hello hello"), home)
    text.path.unlink()
    with pytest.raises(CorpusError, match=r"damaged .*choose its corpus again"):
        measure(text)


def test_the_shipped_example(home: Home) -> None:
    found = measure(encode(find_corpus(home, ["hello"]), home))
    assert isinstance(found, Baselines)
    assert found.uniform == pytest.approx(math.log(4))
