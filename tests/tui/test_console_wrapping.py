"""Wrapping keeps every character, fits the width, and gives the same lines however the text comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_textgen.tui.renderables.wrapping import WrappedText, split

TEXTS = st.text(st.sampled_from("ab \n漢é̈🙂"), max_size=60) | st.text(max_size=40)
WIDTHS = st.integers(1, 12)


@given(st.lists(TEXTS, max_size=8), WIDTHS)
def test_pieces_give_the_lines_of_the_whole(pieces: list[str], width: int) -> None:
    wrapped = WrappedText(width)
    for piece in pieces:
        before = list(wrapped.lines)
        first = wrapped.append(piece)
        assert wrapped.lines[:first] == before[:first]
    whole = "".join(pieces)
    assert wrapped.text == whole
    assert wrapped.lines == split(whole, width)
    assert len(wrapped) == len(whole)
    assert [whole[start:][:1] for start in wrapped.starts] == [line[:1] or "" for line in wrapped.lines]


@given(TEXTS, WIDTHS)
def test_lines_fit(text: str, width: int) -> None:
    for line in split(text, width):
        shown = line.rstrip("\n").removesuffix(" ")
        assert cell_len(shown) <= width or len(shown) == 1


def test_words_stay_whole_where_they_fit() -> None:
    assert split("the quick brown fox", 10) == ["the quick ", "brown fox"]
    assert split("the  indent\n  stays", 12) == ["the  indent\n", "  stays"]
    assert split("unbreakable", 4) == ["unbr", "eaka", "ble"]
    assert split("", 5) == [""]
    assert split("a\n", 5) == ["a\n", ""]
