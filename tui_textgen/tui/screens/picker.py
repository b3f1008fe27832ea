"""Choosing one of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tui_textgen.tui.screens.offers import Offers
from tui_textgen.tui.widgets.line_input import LineInput

T = TypeVar("T")


class Picker(Offers[T, T]):
    """A list to choose from, ``items`` by their lines; typing narrows it. The result is an item."""

    def __init__(self, items: Sequence[tuple[str, T]], placeholder: str, hint: str) -> None:
        super().__init__(LineInput(placeholder=placeholder), hint)
        self._items = items

    def offered(self, typed: str) -> Sequence[tuple[str, T]]:
        wanted = typed.strip().lower()
        return [(line, item) for line, item in self._items if wanted in line.lower()]

    def take(self, offer: T) -> None:
        self.dismiss(offer)
