"""Texts in bytes, and texts whose rare characters become a placeholder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_textgen.corpus import decoding
from tui_textgen.corpus.baselines import measure
from tui_textgen.corpus.encoded import EncodedText, encode, open_encoded, read_back, read_ids, verify
from tui_textgen.corpus.known_text import Gathering, KnownText
from tui_textgen.corpus.matches import copies
from tui_textgen.corpus.packing import packer, unpacker
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.corpus.vocabulary import PLACEHOLDER, Vocabulary
from tui_textgen.errors import PrimeError, SettingsError
from tui_textgen.paths import Home

Make = Callable[..., CorpusSource]
TEXTS = st.text(st.characters(), min_size=1, max_size=60)
"""Every code point, lone surrogates among them."""
MIXED = "naïve — “ночь” 猫 😀\n"


def whole(text: EncodedText) -> str:
    return "".join(read_back(text))


class TestBytes:
    @given(TEXTS, st.integers(1, 7))
    def test_what_is_packed_comes_back_however_it_is_cut(self, text: str, size: int) -> None:
        vocabulary = Vocabulary.of(text).in_bytes()
        data, unpack = packer(vocabulary)(text), unpacker(vocabulary)
        assert list(data) == vocabulary.encode(text)
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert "".join(map(unpack, [*pieces, b""])) == text

    @given(st.binary(max_size=40))
    def test_whatever_is_written_is_spelled_as_python_reads_it(self, data: bytes) -> None:
        symbols = data.decode("ascii", "surrogateescape")
        vocabulary = Vocabulary("".join(dict.fromkeys(symbols)), "byte")
        ids = [vocabulary.characters.index(symbol) for symbol in symbols]
        spelled = "".join(text for text, _ in vocabulary.spell((index, 0.5) for index in ids))
        read = vocabulary.decode(ids)
        assert read.startswith(spelled)
        assert read[len(spelled) :] in ("", "�", "��", "���")  # of a last character that is unfinished

    def test_a_character_has_the_probability_of_its_bytes(self) -> None:
        vocabulary = Vocabulary.of("aé").in_bytes()
        written = [
            (index, 0.5) for index in [*vocabulary.encode("aé"), *vocabulary.encode("é")[:1], *vocabulary.encode("a")]
        ]
        assert list(vocabulary.spell(written)) == [("a", 0.5), ("é", 0.25), (PLACEHOLDER, 0.5), ("a", 0.5)]

    def test_bytes_that_were_never_seen_are_named_as_characters(self) -> None:
        vocabulary = Vocabulary.of("aé").in_bytes()
        assert vocabulary.unknown("a猫é") == "猫"
        assert vocabulary.as_read("a猫é") == "aé"
        with pytest.raises(PrimeError, match="‘猫’"):
            vocabulary.encode("猫")

    def test_an_encoded_text_is_its_utf_8(self, home: Home, source: Make) -> None:
        text = encode(source(MIXED * 3).taken("byte", 1), home)
        assert (text.characters, whole(text)) == (len((MIXED * 3).encode()), MIXED * 3)
        assert open_encoded(text.path) == text
        verify(text)
        assert text.notes() == (
            f"The text has {text.characters:,} bytes, {len(text.vocabulary)} distinct; losses are per byte.",
        )

    def test_it_is_kept_beside_the_same_text_in_characters(self, home: Home, source: Make) -> None:
        in_bytes, plain = encode(source(MIXED).taken("byte", 1), home), encode(source(MIXED), home)
        assert in_bytes.sha256 != plain.sha256  # their losses do not compare
        assert whole(in_bytes) == whole(plain)

    def test_copies_are_counted_in_characters(self, home: Home, source: Make) -> None:
        text = MIXED * 2 + "— “the cat” sat 猫 here —" + MIXED
        plain, in_bytes = (encode(source(text).taken(unit, 1), home) for unit in ("char", "byte"))
        assert copies(in_bytes, "x“the cat” sat 猫 here —") == copies(plain, "x“the cat” sat 猫 here —")
        assert copies(plain, "x“the cat” sat 猫 here —").matches

    def test_a_half_character_at_the_end_does_not_verify(self, home: Home, source: Make) -> None:
        text = encode(source("aé").taken("byte", 1), home)
        broken = open_encoded(text.path)
        broken.path.write_bytes(bytes(text.vocabulary.encode("é")[:1] * 3))
        with pytest.raises(Exception, match="damaged"):
            verify(broken)

    def test_baselines_are_per_byte(self, home: Home, source: Make) -> None:
        ascii_text = "the cat sat on the mat\n" * 40
        in_bytes = measure(encode(source(ascii_text).taken("byte", 1), home))
        assert in_bytes == measure(encode(source(ascii_text), home))
        assert measure(encode(source(MIXED * 40).taken("byte", 1), home)).whole

    @given(st.text("aé猫x", max_size=20), st.lists(st.integers(1, 9), min_size=40, max_size=40))
    def test_what_is_told_of_bytes_makes_up_the_text(self, text: str, sizes: list[int]) -> None:
        known = KnownText(Vocabulary.of("aé猫").in_bytes(), text)
        assert known.unknown == ("x" if "x" in text else "")
        counted, gathering, at = [], Gathering[int](known, int.__add__), 0
        for size in sizes:
            if at < len(known.ids):
                values = [1] * min(size, len(known.ids) - at)
                counted += known.spread(at, gathering.take(values))
                at += len(values)
        widths = [None if one == "x" else len(one.encode()) for one in text]
        assert counted == (widths if known.ids else [])


class TestRareCharacters:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text("abcé猫😀" + PLACEHOLDER, min_size=1, max_size=40), st.integers(2, 4))
    def test_they_become_one_character(self, home: Home, source: Make, text: str, floor: int) -> None:
        counts = Counter(text)
        rare = {one for one, count in counts.items() if count < floor and one != PLACEHOLDER}
        corpus = source(text).taken("char", floor)
        if rare == set(text) - {PLACEHOLDER}:
            with pytest.raises(SettingsError, match="choose less"):
                encode(corpus, home)
            return
        encoded = encode(corpus, home)
        assert whole(encoded) == "".join(PLACEHOLDER if one in rare else one for one in text)
        assert encoded.vocabulary.placeholder == (PLACEHOLDER if rare else None)
        assert (encoded.rare, encoded.replaced) == (len(rare), sum(counts[one] for one in rare))
        verify(open_encoded(encoded.path))

    def test_they_are_counted_over_chunks(self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "CHUNK", 7)
        encoded = encode(source("aaaab" * 9 + "é" * 2 + "猫" * 3).taken("char", 3), home)
        assert whole(encoded) == "aaaab" * 9 + PLACEHOLDER * 2 + "猫" * 3
        assert "1 rare characters, at 2 places" in "".join(encoded.notes())

    def test_a_prime_is_read_in_the_same_way(self) -> None:
        vocabulary = Vocabulary("ab" + PLACEHOLDER, placeholder=PLACEHOLDER)
        assert vocabulary.encode("aéb") == [0, 2, 1]
        assert (vocabulary.unknown("aéb"), vocabulary.strange("aéb")) == ("", "é")
        assert vocabulary.as_read("aéb") == f"a{PLACEHOLDER}b"

    def test_without_rare_ones_it_is_the_plain_text(self, home: Home, source: Make) -> None:
        assert encode(source("abab").taken("char", 2), home) == encode(source("abab"), home)


def test_facts_bring_a_vocabulary_back() -> None:
    for vocabulary in (
        Vocabulary("ab"), Vocabulary.of("aé").in_bytes(), Vocabulary("a" + PLACEHOLDER, placeholder=PLACEHOLDER)
    ):  # fmt: skip
        assert Vocabulary.from_facts(vocabulary.facts()) == vocabulary
    for facts in (
        {"vocabulary": "é", "unit": "byte"},
        {"vocabulary": "a", "unit": "word"},
        {"vocabulary": "a", "placeholder": "b"},
    ):
        with pytest.raises(ValueError, match=r"byte|unit|placeholder"):
            Vocabulary.from_facts(facts)


def test_ids_of_bytes_are_read_from_any_place(home: Home, source: Make) -> None:
    text = encode(source("aé").taken("byte", 1), home)
    assert list(chain(read_ids(text, 1, 3))) == text.vocabulary.encode("é")
