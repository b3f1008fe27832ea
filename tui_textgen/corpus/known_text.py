"""A text as a model reads it: without the characters that it never saw, and the way back to the whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from tui_textgen.corpus.vocabulary import Vocabulary

T = TypeVar("T")


class KnownText:
    """The known characters of a text, in order, and their ids: one each, or one for each of a character's bytes."""

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self.whole = text
        self.unknown = vocabulary.unknown(text)
        """Distinct, in order of appearance."""
        strange = set(self.unknown)
        places = [place for place, character in enumerate(text) if character not in strange]
        self.ids = vocabulary.encode("".join([text[place] for place in places]))
        if vocabulary.longest > 1:
            places = [place for place in places for _ in range(vocabulary.width(text[place]))]
        self.places = places
        """Where the character of each id stands in the text."""
        self._edges = [0, *self.places[1:], len(text)]

    def before(self, place: int) -> int:
        """How many ids stand before a place of the text."""
        return bisect_left(self.places, place)

    def spread(self, begin: int, values: Sequence[T]) -> list[T | None]:
        """``values`` of the ids from number ``begin`` on, a character's last, None for unknown ones that follow.

        Those before the first known one come with it, and a character comes with its last id: lists of consecutive ids
        make up the whole text.
        """
        first, last = self._edges[begin], self._edges[begin + len(values)]
        spread: list[T | None] = [None] * (last - first)
        for place, value in zip(self.places[begin : begin + len(values)], values, strict=True):
            if place < last:
                spread[place - first] = value
        return spread


class Gathering(Generic[T]):
    """The values of a text's ids, taken in order, each joined with those of its character's ids before it."""

    def __init__(self, text: KnownText, join: Callable[[T, T], T]) -> None:
        self._places, self._join = text.places, join
        self._taken = 0
        self._so_far: T | None = None

    def take(self, values: Sequence[T | None]) -> list[T | None]:
        """The next ``values``; a character with a None among its own has none."""
        gathered: list[T | None] = []
        for index, value in enumerate(values, self._taken):
            so_far = self._so_far
            if index == 0 or self._places[index] != self._places[index - 1]:
                self._so_far = value
            elif value is None or so_far is None:
                self._so_far = None
            else:
                self._so_far = self._join(so_far, value)
            gathered.append(self._so_far)
        self._taken += len(values)
        return gathered
