"""The table of compared runs as rows of styled text: a column for each run, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tui_textgen.tui.renderables.comparison import Compared, Line
from tui_textgen.tui.renderables.rows import MUTED, Part, Row, crop
from tui_textgen.visible import visible_line

GAP = 2
LONGEST_TITLE = 20
NARROWEST, WIDEST = 12, 26
"""Cells of a run's column, with the gap behind it."""
CHOSEN = "▸"


class Columns(NamedTuple):
    """Where the columns are, in cells; ``first`` is the run in the first of them."""

    titles: int
    each: int
    first: int
    shown: int

    def run_at(self, x: int) -> int | None:
        """The place of the run whose column holds cell ``x``."""
        place = (x - self.titles) // self.each
        return self.first + place if 0 <= place < self.shown else None


def columns_in(width: int, lines: Sequence[Line], runs: Sequence[Compared], chosen: int) -> Columns:
    """Columns of equal width; where not all of them fit, those that come with the chosen one."""
    longest = max((cell_len(line.title) for line in lines if line.cells), default=0)
    titles = min(longest, LONGEST_TITLE, max(1, width // 3)) + GAP
    room = max(1, width - titles)
    texts = [*(f"  {visible_line(run.name)}" for run in runs), *(cell for line in lines for cell in line.cells)]
    wanted = len(CHOSEN) + max(map(cell_len, texts), default=0) + GAP
    each = min(room, max(NARROWEST, min(WIDEST, wanted, room // max(1, len(runs)))))
    shown = max(1, min(len(runs), room // each))
    first = max(0, min(chosen // shown * shown, len(runs) - shown))
    return Columns(titles, each, first, shown)


def comparison_table(
    lines: Sequence[Line], runs: Sequence[Compared], chosen: int, top: int, width: int, height: int
) -> list[Row]:
    """``height`` rows of ``width`` cells: who they are, then the lines from ``top`` on."""
    if width < 1 or height < 1 or not runs:
        return []
    columns = columns_in(width, lines, runs, chosen)
    last = min(len(runs), columns.first + columns.shown)
    top = max(0, min(top, len(lines) - (height - 1)))
    below = len(lines) - top - (height - 1)
    head: list[Part] = [(_fit(_hint(columns, len(runs), top, below), columns.titles), MUTED)]
    for place in range(columns.first, last):
        run = runs[place]
        words = f"{CHOSEN if place == chosen else ' '}{run.look.sign} {visible_line(run.name)}"
        head.append((_fit(words, columns.each), f"bold {run.look.style}"))
    rows = [crop(tuple(head), width)]
    for line in lines[top : top + height - 1]:
        if not line.cells:
            rows.append(crop(((line.title, MUTED),), width))
            continue
        shown = [(" " + cell, "bold" if place == chosen else "") for place, cell in enumerate(line.cells)]
        parts = [(_fit(text, columns.each), style) for text, style in shown[columns.first : last]]
        rows.append(crop(((_fit(line.title, columns.titles), MUTED), *parts), width))
    return rows


def _hint(columns: Columns, runs: int, top: int, below: int) -> str:
    """What is not on the screen."""
    more = "↕" if top > 0 and below > 0 else "↓" if below > 0 else "↑" if top > 0 else ""
    which = f"{columns.first + 1}–{columns.first + columns.shown} of {runs}" if columns.shown < runs else ""
    return " ".join(part for part in (more, which) if part)


def _fit(text: str, width: int) -> str:
    """Exactly ``width`` cells, the last ones free where there is room for a gap; an ellipsis where it was cut."""
    room = max(1, width - 1)
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1) + "…"
    return set_cell_size(text, width)
