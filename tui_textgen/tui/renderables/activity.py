"""What a unit of a network does along a text, and what the network expects: the rows beneath the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import partial

from rich.cells import cell_len, set_cell_size

from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.renderables.rows import MUTED, Part, Row, Slot, spread
from tui_textgen.workers.protocol import Likeliest, Unit

EDGES = (-0.6, -0.2, 0.2, 0.6)
STYLES = ("reverse underline $falling", "underline $falling", MUTED, "bold $rising", "bold reverse $rising")
"""From -1 to 1; without colours all of them still differ."""
WORDS = ("-1 … -.6", "-.6 … -.2", "-.2 … .2", ".2 … .6", ".6 … 1")
LIKELY = ((0.5, "bold reverse $success"), (0.2, "bold $success"), (0.05, "$success"), (0.0, MUTED))
COLUMN = 5
"""Cells of one character in the rows beneath the text."""
LIKELIEST = 5
"""Rows of expected characters."""


def activity(value: float | None) -> str:
    """The style of a character after which a unit has this value; None: it was not read."""
    return "" if value is None else STYLES[bisect_right(EDGES, value)]


def activity_legend(width: int) -> Row:
    """What the styles mean."""
    ranks = (1, 3, 4, 3, 1)
    slots = [Slot(rank, ((words, style),)) for rank, words, style in zip(ranks, WORDS, STYLES, strict=True)]
    return spread(width, [Slot(9, (("the unit's value", MUTED),)), *slots])


def unit_words(unit: Unit, layers: int, size: int, short: bool = False) -> str:
    """``layer 1 of 2 · unit 137 of 512 · output``, counted from 1."""
    if short:
        return f"layer {unit.layer + 1} unit {unit.index + 1}{' cell' if unit.part == 'c' else ''}"
    part = "cell" if unit.part == "c" else "output"
    return f"layer {unit.layer + 1} of {layers} · unit {unit.index + 1} of {size} · {part}"


def signed(value: float) -> str:
    """``+.83``, ``-.07``, ``+1``: four cells at most."""
    shown = f"{value:+.2f}"
    return shown.replace("0.", ".", 1) if shown[1] == "0" else shown[:2]


class Beneath:
    """Rows of columns, one for each place: its character, the unit's value, and what comes next, likeliest first."""

    def __init__(
        self,
        character: Callable[[int], str],
        value: Callable[[int], float | None],
        likeliest: Callable[[int], Likeliest | None],
    ) -> None:
        self._character, self._value, self._likeliest = character, value, likeliest

    def rows(self, places: range, cursor: int, cursor_style: str, height: int) -> list[Row]:
        """``height`` rows at most."""
        rows = [
            self._row(places, lambda place: self._name(place, cursor, cursor_style)),
            self._row(places, self._number),
            *(self._row(places, partial(self._next, rank)) for rank in range(LIKELIEST)),
        ]
        return rows[:height]

    def _row(self, places: range, cell: Callable[[int], Part]) -> Row:
        parts: list[Part] = []
        for text, style in map(cell, places):
            text = text if cell_len(text) < COLUMN else set_cell_size(text, COLUMN - 1)
            parts += [(text, style), (" " * (COLUMN - cell_len(text)), "")]
        return tuple(parts)

    def _name(self, place: int, cursor: int, cursor_style: str) -> Part:
        style = cursor_style if place == cursor else activity(self._value(place))
        return f" {named(self._character(place))} ", style

    def _number(self, place: int) -> Part:
        value = self._value(place)
        return ("", "") if value is None else (signed(value), activity(value))

    def _next(self, rank: int, place: int) -> Part:
        likeliest = self._likeliest(place + 1)
        if not self._character(place) or likeliest is None or rank >= len(likeliest.characters):
            return "", ""
        character, share = likeliest.characters[rank], likeliest.probabilities[rank]
        style = next(style for least, style in LIKELY if share >= least)
        came = " underline" if character == self._character(place + 1) else ""
        name = set_cell_size(named(character), 2)
        return f"{name}{min(99, round(100 * share)):>2}", f"{style}{came}"


def columns(width: int) -> int:
    """How many characters have room side by side."""
    return max(1, width // COLUMN)


def turned(first: int, cursor: int, count: int) -> int:
    """The first of ``count`` places, so that the cursor is among them: as before, or with a third beyond it."""
    if cursor < first:
        return max(0, cursor - (count - 1) * 2 // 3)
    return cursor - count // 3 if cursor >= first + count else first
