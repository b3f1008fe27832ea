"""A text as a model reads it: without the characters that it never saw, and the way back to the whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeVar

from tui_textgen.corpus.vocabulary import Vocabulary

T = TypeVar("T")


class KnownText:
    """The known characters of a text, in order."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self.whole = text
        self.unknown = vocabulary.unknown(text)
        """Distinct, in order of appearance."""
        strange = set(self.unknown)
        self.places = [place for place, character in enumerate(text) if character not in strange]
        """Where the known ones stand in the text."""
        self.ids = vocabulary.encode("".join([text[place] for place in self.places]))
        self._edges = [0, *self.places[1:], len(text)]

    def before(self, place: int) -> int:
        """How many known characters stand before a place of the text."""
        return bisect_left(self.places, place)

    def spread(self, begin: int, values: Sequence[T]) -> list[T | None]:
        """``values`` of the known characters from number ``begin`` on, None for the unknown ones that follow each.

        Those before the first known one come with it: lists of consecutive known characters make up the whole text.
        """
        first, last = self._edges[begin], self._edges[begin + len(values)]
        spread: list[T | None] = [None] * (last - first)
        for place, value in zip(self.places[begin : begin + len(values)], values, strict=True):
            spread[place - first] = value
        return spread
