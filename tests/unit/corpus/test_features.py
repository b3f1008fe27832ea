"""What is told of each character of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus.features import FEATURES, NEAR, Feature

OF = {feature.name: feature.measure for feature in FEATURES}
prose = st.text("ab B1.,\t \n\"“”«»()[]{}'é字", max_size=80) | st.text(max_size=40)
each = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
PATIENT = {"near the line's end"}
"""Those that look ahead; all others tell of a character by what came before."""


def marked(name: str, text: str) -> str:
    """A ``^`` under the characters where the feature is above 0."""
    return "".join("^" if value > 0 else " " for value in OF[name](text)).rstrip()


@pytest.mark.parametrize(
    ("name", "text", "marks"),
    [
        ("inside quotes", 'a "b c" d', "  ^^^^"),
        ("inside quotes", "a “b c” d", "  ^^^^"),
        ("inside quotes", "don't «b»", "      ^^"),
        ("inside quotes", 'a "b\n\nc', "  ^^^"),
        ("inside brackets", "f(a[1]) + b", " ^^^^^"),
        ("inside brackets", ")(a\n\nb", " ^^^"),
        ("indentation", "  a b\n c", "^^^^^ ^^"),
        ("in a word", "ab 1 Éc", "^^   ^^"),
        ("upper case", "aB É字", " ^ ^"),
        ("digits", "a12b", " ^^"),
        ("white space", "a \t\nb", " ^^^"),
        ("punctuation", "a, b! 1", " ^  ^"),
    ],
)
def test_features_are_where_a_reader_would_mark_them(name: str, text: str, marks: str) -> None:
    assert marked(name, text) == marks


def test_places_are_counted() -> None:
    assert OF["place in line"]("ab\nc") == [1, 2, 0, 1]
    assert OF["place in word"]("ab c\n") == [1, 2, 0, 1, 0]
    assert OF["indentation"]("\n  a\nb") == [0, 1, 2, 2, 0, 0]


def test_the_end_of_a_line_comes_nearer_until_it_is_there() -> None:
    values = OF["near the line's end"]("x" * 30 + "\ny")
    assert values[:30] == sorted(values[:30])
    assert [values[30 - NEAR - 1], values[30 - NEAR], values[29]] == pytest.approx([0, 1 / NEAR, 1])


@each
@given(text=prose)
def test_there_is_one_number_for_each_character_and_none_leaves_its_range(feature: Feature, text: str) -> None:
    values = feature.measure(text)
    assert len(values) == len(text)
    assert all(0 <= value <= max(1, len(text)) for value in values)
    assert all(type(value) is float for value in values)


@pytest.mark.parametrize("feature", [one for one in FEATURES if one.name not in PATIENT], ids=lambda one: one.name)
@given(text=prose, more=prose)
def test_what_has_been_read_does_not_change_with_what_follows(feature: Feature, text: str, more: str) -> None:
    assert feature.measure(text + more)[: len(text)] == feature.measure(text)


def test_names_are_distinct_and_each_has_a_sentence() -> None:
    assert len(OF) == len(FEATURES)
    assert all(feature.sentence.endswith(".") for feature in FEATURES)
