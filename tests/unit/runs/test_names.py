from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.errors import RunError
from tui_textgen.runs.names import LONGEST, checked_name, name_from
from tui_textgen.visible import visible_line


@pytest.mark.parametrize(
    "name", ["a", "anna-karenina-standard-2", "v1.2_x", "Война-и-мир", "हिन्दी", "源氏物語", "_draft"]
)
def test_names_of_any_script_are_kept(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "-option", "a/b", "../up", "a b", "a\nb", "a\x00b", "a\x1b[31mb", "a\u202eb", "a\u200bb",
     "\u3164", "a\ufe0f", "\ud800", "a*b", "a'b", "é" * 51, "x" * 101],
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_a_sentence(name: str) -> None:
    with pytest.raises(RunError, match=r"name.*[.…]") as caught:
        checked_name(name)
    assert visible_line(str(caught.value)) == str(caught.value)


def test_composed_and_decomposed_letters_are_one_name() -> None:
    assert checked_name("e\u0301tude") == checked_name("\u00e9tude")


@given(st.text())
def test_a_checked_name_is_one_plain_path_component(name: str) -> None:
    try:
        checked = checked_name(name)
    except RunError:
        return
    assert not set("/\x00\n ") & set(checked)
    assert checked not in ("", ".", "..")
    assert not checked.startswith(("-", "."))
    assert len(checked.encode()) <= LONGEST
    assert checked_name(checked) == checked


@given(st.text(), st.text())
def test_a_made_name_can_always_be_used(corpus: str, preset: str) -> None:
    made = name_from(corpus, preset)
    assert checked_name(f"{made}-12345678") == f"{made}-12345678"


def test_a_made_name_reads_like_what_it_was_made_from() -> None:
    assert name_from("My Novel (draft).txt", "quick") == "My-Novel-draft-.txt-quick"
