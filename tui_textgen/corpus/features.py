"""What can be told of each character of a text by reading it, to hold a network's units against.

A measure gives one number for each character, as things stand once that character has been read: after an opening
quotation mark a text is inside quotes, after the closing one it no longer is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

NEAR = 10
"""Characters before the end of a line that are near it."""
_OPENING, _CLOSING = "([{", ")]}"
_QUOTES = {"“": True, "„": True, "«": True, "”": False, "»": False}
"""Quotation marks that say whether they open; apostrophes look like single ones, which are therefore none."""


@dataclass(frozen=True)
class Feature:
    """Something that a unit of a network may have learned to follow."""

    name: str
    sentence: str
    measure: Callable[[str], list[float]]


def inside_quotes(text: str) -> list[float]:
    """1 between double quotation marks. An empty line ends what was never closed."""
    inside, before, values = False, "", []
    for character in text:
        if character == '"':
            inside = not inside
        elif character in _QUOTES:
            inside = _QUOTES[character]
        elif character == before == "\n":
            inside = False
        values.append(float(inside))
        before = character
    return values


def inside_brackets(text: str) -> list[float]:
    """1 between round, square or curly brackets. An empty line ends what was never closed."""
    depth, before, values = 0, "", []
    for character in text:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif character == before == "\n":
            depth = 0
        values.append(float(depth > 0))
        before = character
    return values


def place_in_line(text: str) -> list[float]:
    """How many characters of its line have been read: 0 at the newline that begins it."""
    return _counted(character != "\n" for character in text)


def near_line_end(text: str) -> list[float]:
    """1 at the last character of a line, less with each before it, 0 from ``NEAR`` characters before the newline."""
    values, left = [], NEAR
    for character in reversed(text):
        values.append(max(0.0, 1 - left / NEAR))
        left = 0 if character == "\n" else left + 1
    return values[::-1]


def indentation(text: str) -> list[float]:
    """How many blanks the line begins with, as far as it has been read."""
    blanks, leading, values = 0, True, []
    for character in text:
        if character == "\n":
            blanks, leading = 0, True
        elif leading and character in " \t":
            blanks += 1
        else:
            leading = False
        values.append(float(blanks))
    return values


def in_word(text: str) -> list[float]:
    """1 at letters."""
    return [float(character.isalpha()) for character in text]


def place_in_word(text: str) -> list[float]:
    """How many letters of its word have been read: 0 outside of words."""
    return _counted(character.isalpha() for character in text)


def upper_case(text: str) -> list[float]:
    """1 at capitals."""
    return [float(character.isupper()) for character in text]


def digits(text: str) -> list[float]:
    """1 at digits."""
    return [float(character.isdigit()) for character in text]


def white_space(text: str) -> list[float]:
    """1 at spaces, tabs and newlines."""
    return [float(character.isspace()) for character in text]


def punctuation(text: str) -> list[float]:
    """1 at what is no letter, no digit and no space."""
    return [float(not (character.isalnum() or character.isspace())) for character in text]


def _counted(inside: Iterable[bool]) -> list[float]:
    count, values = 0, []
    for one in inside:
        count = count + 1 if one else 0
        values.append(float(count))
    return values


FEATURES = (
    Feature("inside quotes", "Between double quotation marks.", inside_quotes),
    Feature("inside brackets", "Between round, square or curly brackets.", inside_brackets),
    Feature("place in line", "How many characters the line has so far.", place_in_line),
    Feature("near the line's end", f"Within {NEAR} characters before a newline.", near_line_end),
    Feature("indentation", "How many blanks the line begins with.", indentation),
    Feature("in a word", "At letters.", in_word),
    Feature("place in word", "How many letters the word has so far.", place_in_word),
    Feature("upper case", "At capital letters.", upper_case),
    Feature("digits", "At digits.", digits),
    Feature("white space", "At spaces, tabs and newlines.", white_space),
    Feature("punctuation", "At what is no letter, no digit and no space.", punctuation),
)
