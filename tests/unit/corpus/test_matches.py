from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus.encoded import encode
from tui_textgen.corpus.matches import AROUND, LONGEST_PASSAGE, SHORTEST, Copies, Match, copies, matches
from tui_textgen.corpus.source import CorpusSource, Part
from tui_textgen.corpus.substrings import Substrings
from tui_textgen.errors import CorpusError, InputError
from tui_textgen.paths import Home

Make = Callable[..., CorpusSource]
LETTERS = st.text(st.sampled_from("ab\n€😀"), max_size=80)


def brute_force(text: str, passage: str, shortest: int) -> list[tuple[int, int]]:
    """Start and length of each longest match, by looking for every part of the passage."""
    found: list[tuple[int, int]] = []
    for start in range(len(passage)):
        length = 0
        while start + length < len(passage) and passage[start : start + length + 1] in text:
            length += 1
        if length >= shortest and not (found and start + length <= sum(found[-1])):
            found.append((start, length))
    return found


def chunked(text: str, cuts: list[int]) -> list[str]:
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:stop] for start, stop in pairwise(places)]


def check(text: str, passage: str, shortest: int, cuts: list[int]) -> None:
    found = matches(chunked(text, cuts), passage, shortest)
    assert [(match.start, match.length) for match in found] == brute_force(text, passage, shortest)
    for match in found:
        assert text[match.place : match.place + match.length] == passage[match.start : match.stop]


@given(LETTERS, LETTERS, st.integers(1, 12), st.lists(st.integers(0, 80), max_size=4))
def test_they_are_what_looking_for_every_part_finds(text: str, passage: str, shortest: int, cuts: list[int]) -> None:
    check(text, passage, shortest, cuts)


@given(
    st.lists(st.sampled_from(["the house ", "of Oblonsky ", "was ", "all ", "mixed up. ", "x"]), max_size=40),
    st.lists(st.sampled_from(["the house ", "of Oblonsky ", "was ", "all ", "mixed up. ", "y"]), max_size=20),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_they_are_so_for_words_and_the_usual_length(text: list[str], passage: list[str], cuts: list[int]) -> None:
    check("".join(text), "".join(passage), SHORTEST, cuts)


@given(st.integers(0, 60), st.integers(SHORTEST, 60), st.integers(0, 60))
def test_a_match_is_found_wherever_it_stands(before: int, length: int, after: int) -> None:
    """The text is looked up at a few places only: none of them may be the one that was needed."""
    letters = random.Random(before * 61 + after)
    copied = "".join(letters.choice("klmnop") for _ in range(length))
    found = matches(["x" * before + copied + "x" * after], "y" * 7 + copied + "y" * 9)
    assert found == [Match(7, length, before)]


@given(LETTERS, LETTERS)
def test_substrings_know_the_longest_part_that_ends_at_each_character(text: str, passage: str) -> None:
    substrings = Substrings(passage)
    substrings.read(text, 0)
    for stop, (length, place) in enumerate(substrings.longest(), 1):
        lengths = [size for size in range(stop + 1) if passage[stop - size : stop] in text]
        assert length == max(lengths)
        assert text[place - length : place] == passage[stop - length : stop]


def test_a_text_of_one_letter_takes_no_longer_than_another() -> None:
    """Each of its places is a match with each of the passage's: looked at pair by pair there would be 10 ** 9."""
    assert matches(["a" * 100_000] * 10, "b" + "a" * 1000) == [Match(1, 1000, 0)]


class TestInAnEncodedText:
    def find(self, source: Make, home: Home, text: str, passage: str) -> Copies:
        return copies(encode(source(text), home), passage)

    def test_a_match_is_told_with_what_stands_around_it(self, source: Make, home: Home) -> None:
        text = "Happy families are all alike; every unhappy family is unhappy in its own way. Everything was upset."
        found = self.find(source, home, text, "He said: every unhappy family is unhappy in no way.")
        (match,) = found.matches
        assert (match.start, match.length, match.place) == (8, 36, 29)
        assert match.before + text[29:65] + match.after == text[:29] + text[29 : 65 + AROUND]
        assert (found.corpus, found.text, found.passage) == ("text", len(text), 51)

    def test_wide_ids_are_read_too(self, source: Make, home: Home) -> None:
        text = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
        found = self.find(source, home, text, "…" + text[100:150] + "…")
        assert found.matches == (Match(1, 50, 100, text[100 - AROUND : 100], text[150 : 150 + AROUND]),)

    def test_the_share_counts_each_character_once_and_long_matches_only(self, source: Make, home: Home) -> None:
        first, second, short = "abcdefghij" * 5, "fghij" + "klmnopqrst" * 4, "0123456789uvwxyz+-*/"
        found = self.find(source, home, f"{first}!{second}?{short}", f"{first}{second[5:]}{short}" + "_" * 90)
        assert [(match.start, match.length) for match in found.matches] == [(0, 50), (45, 45), (90, 20)]
        assert found.share == 90 / 200
        assert found.longest == found.matches[0]

    def test_nothing_is_copied_where_nothing_is(self, source: Make, home: Home) -> None:
        for passage in ("", "x", "A passage that stands nowhere in it."):
            found = self.find(source, home, "hello" * 100, passage)
            assert (found.matches, found.longest, found.share) == ((), None, 0.0)

    def test_a_text_shorter_than_a_match_has_none(self, source: Make, home: Home) -> None:
        assert self.find(source, home, "hello", "hello" * 9).matches == ()

    def test_progress_is_told_and_can_end_it(self, source: Make, home: Home) -> None:
        text, shares = encode(source("hello" * 100), home), list[float]()
        copies(text, "hello" * 9, shares.append)
        assert shares == [1.0]

        def stop(share: float) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            copies(text, "hello", stop)

    def test_a_damaged_text_is_named(self, source: Make, home: Home) -> None:
        text = encode(source("hello" * 100), home)
        text.path.unlink()
        with pytest.raises(CorpusError, match="is damaged"):
            copies(text, "hello" * 9)

    def test_a_passage_as_long_as_a_book_is_refused(self, source: Make, home: Home) -> None:
        with pytest.raises(InputError, match=r"200,001 characters is too long .* at most 200,000"):
            self.find(source, home, "hello", "x" * (LONGEST_PASSAGE + 1))


def test_a_joined_text_is_searched_across_its_parts(home: Home) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("one.txt", "two.txt")]
        for path in paths:
            path.write_text(f"What stands in {path.stem}.")
        text = encode(CorpusSource("both", tuple(map(Part, paths))), home)
        assert len(copies(text, "in one.\n\n==> two.txt <==\n\nWhat stands in").matches) == 1
