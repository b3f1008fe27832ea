"""A text in which every character has cells of its own, and the way from a cell back to the character."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate

from rich.cells import cell_len

from tui_textgen.tui.renderables.rows import Row, runs_of
from tui_textgen.visible import visible_line

MERGING = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
"""Letters of flags and tones of skin: a terminal draws them together with their neighbour."""
END = " "
"""What is drawn behind the last character: the place where the text would go on."""


@lru_cache(8192)
def glyph(character: str) -> str:
    """One character as it is shown: harmless, a newline as ``⏎``, and what would sit upon another one upon ``◌``."""
    if MERGING.match(character):
        return f"⟨{ord(character):x}⟩"
    shown = visible_line(character)
    return shown if cell_len(shown) else f"◌{shown}"


def named(character: str) -> str:
    """One character where it stands by itself, so that a blank is seen too."""
    return {" ": "␣", "\t": "⇥"}.get(character) or glyph(character) if character else ""


class LaidOut:
    """``text`` in lines of at most ``width`` cells; its places are its characters' and the one behind the last.

    A line ends behind a newline, else behind a space, else where it is full.
    """

    def __init__(self, text: str, width: int) -> None:
        self.width = max(2, width)
        self.glyphs = [*map(glyph, text), END]
        self._widths = [1 if len(each) == 1 and each.isascii() else cell_len(each) for each in self.glyphs]
        self.lines = _lines(f"{text}{END}", self._widths, self.width)
        """The places of each line."""
        self._starts = [line.start for line in self.lines]

    def line_of(self, place: int) -> int:
        """The number of the line that holds ``place``."""
        return bisect_right(self._starts, place) - 1

    def cell_of(self, place: int) -> int:
        """The column where ``place`` begins in its line."""
        return sum(self._widths[self._starts[self.line_of(place)] : place])

    def place_at(self, line: int, cell: int) -> int:
        """The place that is drawn in column ``cell`` of a line; the nearest for columns and lines beside the text."""
        places = self.lines[max(0, min(line, len(self.lines) - 1))]
        ends = list(accumulate(self._widths[places.start : places.stop]))
        return min(places.start + bisect_right(ends, max(0, cell)), places.stop - 1)

    def row(self, line: int, style: Callable[[int], str]) -> Row:
        """A line, each place in its ``style``."""
        return runs_of([(self.glyphs[place], style(place)) for place in self.lines[line]])


def _lines(text: str, widths: Sequence[int], width: int) -> list[range]:
    lines: list[range] = []
    begin = used = behind_space = 0
    for place, character in enumerate(text):
        used += widths[place]
        room = width if character in " \n" else width - 1  # a space or newline may hang over the edge
        while used > room and place > begin:
            edge = behind_space if behind_space > begin else place
            lines.append(range(begin, edge))
            begin, used = edge, sum(widths[edge : place + 1])
        if character == "\n":
            lines.append(range(begin, place + 1))
            begin, used = place + 1, 0
        elif character == " ":
            behind_space = place + 1
    return [*lines, range(begin, len(text))]
