"""What of a passage was copied: a line that measures it, a line about one match, and where the marks go."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

from tui_textgen.tui.renderables.quantities import count, counted
from tui_textgen.tui.renderables.rows import MUTED, Row, Slot, cells, crop, spread
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.corpus.matches import Copies, Match

STANDS, COPIED, CHOSEN = "stands", "copied", "chosen"
"""A short match, a long one, and the one that is looked at."""
METER = 10
"""Cells of the meter."""
WIDE, WIDEST = 64, 100
"""Cells from which on a line says more than numbers, and what the share is of."""


class Mark(NamedTuple):
    """The characters of a passage from ``start`` to before ``stop`` are of a ``kind``: STANDS, COPIED or CHOSEN."""

    start: int
    stop: int
    kind: str


def marks(copies: Copies, chosen: int | None) -> list[Mark]:
    """The marks of all matches, in order; where some overlap, the chosen one and then the longest is seen."""
    from tui_textgen.corpus.matches import COPIED as LONG

    kinds: list[str] = [""] * copies.passage
    shortest_first = sorted(range(len(copies.matches)), key=lambda index: copies.matches[index].length)
    for index in [*shortest_first, *([] if chosen is None else [chosen])]:
        match = copies.matches[index]
        kind = CHOSEN if index == chosen else COPIED if match.length >= LONG else STANDS
        kinds[match.start : match.stop] = [kind] * match.length
    return [mark for mark in _runs(kinds) if mark.kind]


def _runs(kinds: list[str]) -> Iterator[Mark]:
    start = 0
    for kind, run in groupby(kinds):
        stop = start + len(list(run))
        yield Mark(start, stop, kind)
        start = stop


def meter_row(copies: Copies, chosen: int | None, width: int) -> Row:
    """How much of the passage was copied, and the longest part that was."""
    from tui_textgen.corpus.matches import COPIED as LONG
    from tui_textgen.corpus.matches import SHORTEST

    if (longest := copies.longest) is None:
        none = f"no {SHORTEST} characters of it stand in {visible_line(copies.corpus)}"
        return spread(width, [Slot(0, (("nothing copied", "bold"),)), Slot(1, ((none, MUTED),))])
    wide = width >= WIDE
    length = counted(longest.length, "character") if wide else count(longest.length)
    told = Slot(1, (("longest match " if wide else "longest ", MUTED), (length, "bold")))
    full = round(METER * copies.share)
    meter = Slot(3, (("━" * full, "$warning"), ("─" * (METER - full), MUTED)))
    where = f" of the passage in matches of {LONG} or more" if width >= WIDEST else " copied"
    of = Slot(0, ((f"{100 * copies.share:.0f} %", "bold"), (where, MUTED)))
    matches = len(copies.matches)
    number = f"{matches} marked" if chosen is None else f"{chosen + 1}/{matches}"
    return spread(width, [told, of, meter] if wide else [of, told, meter], [Slot(2, ((number, MUTED),))])


def match_row(match: Match, passage: str, width: int) -> Row:
    """Where in the text the match stands, and what stands around it there."""
    head: Row = ((f"{count(match.length)} characters at {count(match.place)}: " if width >= WIDE else "", MUTED),)
    room = max(0, width - cells(head))
    text = _shortened(visible_line(passage[match.start : match.stop]), max(room // 2, 1))
    beside = max(0, room - cell_len(text)) // 2
    before = _end_of(visible_line(match.before), beside)
    after: Row = ((visible_line(match.after), MUTED),)
    whole: Row = (*head, (before, MUTED), (text, "bold underline"), *after)
    return crop(whole, width)


def _shortened(text: str, width: int) -> str:
    """Its begin and its end, where it is too wide."""
    if cell_len(text) <= width:
        return text
    end = _end_of(text, width // 2)
    return set_cell_size(text, width - cell_len(end)) + end


def _end_of(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    kept = text
    while kept and cell_len(kept) >= width:
        kept = kept[1:]
    return f"…{kept}" if width > 0 else ""
