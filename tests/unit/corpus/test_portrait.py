"""What is told of a text: its characters, its lines, what repeats in it, where it is split."""

from __future__ import annotations

import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_textgen.corpus import encoded as encoded_module
from tui_textgen.corpus import makeup as makeup_module
from tui_textgen.corpus import repeats as repeats_module
from tui_textgen.corpus.character_names import code_point, name_of
from tui_textgen.corpus.encoded import EncodedText, encode, read_back
from tui_textgen.corpus.makeup import count, makeup
from tui_textgen.corpus.repeats import Repeats, find, repeats
from tui_textgen.corpus.source import CorpusSource, Part
from tui_textgen.corpus.split import split_at
from tui_textgen.errors import CorpusError, WorkCancelledError
from tui_textgen.paths import Home

Make = Callable[..., CorpusSource]


def encoded(text: str, folder: Path) -> EncodedText:
    path = folder / "text.txt"
    path.write_text(text, "utf-8", newline="")
    return encode(CorpusSource("text", (Part(path),)), Home(folder, folder, folder))


class TestMakeup:
    @settings(max_examples=20)
    @given(st.text(st.sampled_from("ab \n€😀"), min_size=1, max_size=60), st.integers(1, 9), st.booleans())
    def test_counts_and_lines_are_those_of_the_text(self, text: str, chunk: int, many: bool) -> None:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(encoded_module, "SLICE", chunk)
            patch.setattr(makeup_module, "FEW", 0 if many else 256)
            found = count(encoded(text, Path(folder)))
        assert found.counts == tuple(text.count(character) for character in sorted(set(text)))
        lines = text.split("\n")
        lines = lines if lines[-1] else lines[:-1]  # what ends a line begins no other
        assert dict(found.lengths.counts) == Counter(map(len, lines))
        assert found.lengths.lines == len(lines) == sum(found.lengths.classes().values())
        ordered = sorted(map(len, lines))
        assert found.lengths.longest == ordered[-1]
        assert found.lengths.median == ordered[(len(ordered) - 1) // 2]

    def test_one_line_of_nothing_but_distinct_characters_is_a_text_too(self, tmp_path: Path) -> None:
        """More of them than an id of two bytes can tell."""
        codes = [code for code in range(0x20, 40_000) if not 0x7F <= code < 0xA0]
        text = encoded("".join(map(chr, codes)), tmp_path)
        assert (text.item, text.characters, len(text.vocabulary)) == ("int32", len(codes), len(codes))
        assert "".join(read_back(text)) == "".join(map(chr, codes))
        found = makeup(text, Home(tmp_path, tmp_path, tmp_path))
        assert set(found.counts) == {1}
        assert found.lengths.counts == ((len(codes), 1),)

    def test_lines_stand_in_classes_by_their_length(self, tmp_path: Path) -> None:
        text = "\n".join(["", "a" * 20, "b" * 21, "c" * 500, "d" * 501])
        classes = count(encoded(text, tmp_path)).lengths.classes()
        assert {name: lines for name, lines in classes.items() if lines} == {
            "empty": 1, "1–20": 1, "21–40": 1, "201–500": 1, "501+": 1,
        }  # fmt: skip

    def test_it_is_counted_once(self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        text = encode(source("one\ntwo 😀 three"), home)
        found = makeup(text, home)
        monkeypatch.setattr(makeup_module, "count", lambda *_: pytest.fail("counted again"))
        assert makeup(text, home) == found


def repeating(text: str, length: int) -> set[int]:
    """The places of all characters in a passage of ``length`` that stands earlier too, by looking everywhere."""
    places: set[int] = set()
    for at in range(len(text) - length + 1):
        if text.find(text[at : at + length], 0, at + length - 1) >= 0:
            places |= set(range(at, at + length))
    return places


def small(text: str) -> Repeats:
    """The repeats of a short text, where six characters are a passage already."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats_module, "PIECE", 4)
        patch.setattr(repeats_module, "LONG", 6)
        return find(encoded(text, Path(folder)))


class TestRepeats:
    @settings(max_examples=25)
    @given(st.integers(8, 90), st.integers(0, 90), st.integers(0, 60), st.text("ab€\n", max_size=30))
    def test_a_copied_passage_is_found_to_its_last_character(
        self, size: int, start: int, length: int, others: str
    ) -> None:
        text = "".join(map(chr, range(0x4E00, 0x4E00 + size)))
        text += others + text[start : start + length]
        found = small(text)
        missed = repeating(text, 6) - repeating(text, found.shortest)
        assert len(repeating(text, 6)) - len(missed) <= round(found.share * len(text)) <= len(repeating(text, 6))

    @settings(max_examples=25)
    @given(st.text("ab", max_size=80), st.integers(0, 40), st.integers(0, 40))
    def test_what_is_told_does_repeat(self, text: str, start: int, length: int) -> None:
        text += "!" + text[start : start + length]
        found = small(text)
        assert round(found.share * len(text)) <= len(repeating(text, 6))
        if not found.passages:
            assert (found.share, found.longest, found.example) == (0.0, 0, "")
            return
        passage = text[found.place : found.place + found.longest]
        assert len(passage) == found.longest >= 6
        assert found.earlier < found.place
        assert text.startswith(passage, found.earlier)
        assert passage.startswith(found.example)

    def test_a_text_twice_over_is_half_repeated_and_its_held_out_part_known(self, tmp_path: Path) -> None:
        once = "".join(f"{number} bottles stood there; " for number in range(1000))
        found = find(encoded(once * 2, tmp_path))
        assert found.share == pytest.approx(0.5)
        assert (found.place, found.earlier, found.longest, found.passages) == (len(once), 0, len(once), 1)
        assert found.held_out_share == 1.0
        assert found.example == once[:200]
        assert found.whole

    def test_wide_characters_and_a_period_are_found(self, tmp_path: Path) -> None:
        once = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
        found = find(encoded(once + "x" + once + "y" * 500, tmp_path))
        assert found.passages == 2
        assert (found.place, found.earlier, found.longest) == (602, 601, 499)
        assert round(found.share * 1101) == 300 + 499

    def test_of_a_long_text_the_beginning_is_read_and_fewer_pieces_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(repeats_module, "MOST", 6000)
        monkeypatch.setattr(repeats_module, "MOST_PIECES", 30)
        once = "".join(f"{number} bottles; " for number in range(250))
        found = find(encoded(once[:3000] * 3, tmp_path))
        assert (found.characters, found.whole, found.shortest) == (6000, False, 249)
        assert found.share == pytest.approx(0.5)
        assert found.held_out_share == 0.0

    def test_it_is_looked_for_once_and_can_be_given_up(
        self, home: Home, source: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = encode(source("so it goes 😀 " * 30), home)

        def give_up(_share: float) -> None:
            raise WorkCancelledError("Enough.")

        with pytest.raises(WorkCancelledError):
            repeats(text, home, give_up)
        assert repeats_module.remembered(text, home) is None
        found = repeats(text, home)
        monkeypatch.setattr(repeats_module, "find", lambda *_: pytest.fail("looked for again"))
        assert repeats(text, home) == found

    def test_a_text_whose_file_went_is_refused(self, tmp_path: Path) -> None:
        text = encoded("a" * 500, tmp_path)
        text.path.unlink()
        with pytest.raises(CorpusError, match="damaged"):
            find(text)


def test_the_split_tells_the_words_on_both_sides(tmp_path: Path) -> None:
    text = "".join(f"{number} " for number in range(1000))
    found = split_at(encoded(text, tmp_path), 900)
    assert (found.before, found.after) == (text[840:900], text[900:960])
    whole = split_at(encoded("hello", tmp_path), 5)
    assert (whole.before, whole.after, whole.trained) == ("hello", "", 5)


class TestNames:
    @given(st.integers(0, sys.maxunicode).map(chr))
    def test_every_character_has_a_name_that_can_be_shown(self, character: str) -> None:
        name = name_of(character)
        assert name
        assert name.isascii()
        assert name.isprintable()

    def test_what_cannot_be_seen_is_named(self) -> None:
        assert [name_of(each) for each in "\n\t\x1b\x7f\x9b\xa0\u200b\ufeff\ud800\ue000"] == [
            "line feed", "tab", "escape", "delete", "control", "no-break space", "zero width space",
            "byte order mark", "lone surrogate", "private use",
        ]  # fmt: skip
        assert name_of("é") == unicodedata.name("é").lower()
        assert [code_point(each) for each in "\n😀"] == ["U+000A", "U+1F600"]


def test_repeats_of_nothing(tmp_path: Path) -> None:
    assert find(encoded("short", tmp_path)) == Repeats(0.0, 0.0, 0, 0, 0, 0, "", 99, 5, True)
