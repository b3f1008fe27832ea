from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.visible import visible, visible_line

any_text = st.text(st.characters(exclude_categories=()))
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("plain", "plain"), ("two\nlines", "two\nlines"), ("a\tb", "a    b"), ("\x1b[31m", "␛[31m"), ("\x00", "␀"),
     ("\r\n", "␍\n"), ("\x7f", "␡"), ("\x9b31m", "⟨9b⟩31m"), ("a\u202eb", "a⟨202e⟩b"), ("\u200b", "⟨200b⟩"),
     ("\ud800", "⟨d800⟩"), ("\udc84\udcff", "⟨x84⟩⟨xff⟩"),
     ("\ufff0\U00013437", "⟨fff0⟩⟨13437⟩"), ("[bold]", "[bold]"), ("Анна 源氏 é", "Анна 源氏 é")],
)  # fmt: skip
def test_each_kind_of_character(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(any_text)
def test_nothing_that_acts_or_hides_is_left(text: str) -> None:
    for character in visible(text):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(character) not in BIDI
        character.encode("utf-8")


@given(any_text)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(any_text)
def test_a_line_is_one_line(text: str) -> None:
    assert "\n" not in visible_line(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_signs_and_digits_are_left_alone(text: str) -> None:
    assert visible(text) == text
