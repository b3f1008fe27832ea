"""Styled text as plain tuples: cheap to make, to compare and to test; a widget turns it into what Textual draws.

A style is the name of a theme colour with a dollar sign (``$accent``), ``bold``, or both; "" is the widget's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

Part = tuple[str, str]
"""A text without newlines, and its style."""
Row = tuple[Part, ...]

MUTED = "$foreground 60%"
"""Not ``$text-muted``: in a style of text that means plain white, brighter than what it should stand behind."""
LIVE = "$accent"
VALIDATION = "$warning"
ALARM = "$error"


class Slot(NamedTuple):
    """A part of a line that is left out when the line is too short: the highest rank goes first."""

    rank: int
    row: Row


class Span(NamedTuple):
    """``width`` cells of row ``y`` from ``x`` on."""

    y: int
    x: int
    width: int


def plain(row: Row) -> str:
    """The text alone."""
    return "".join(text for text, _ in row)


def cells(row: Row) -> int:
    """The row's width in terminal cells."""
    return sum(cell_len(text) for text, _ in row)


def crop(row: Row, width: int) -> Row:
    """At most ``width`` cells of the row, with an ellipsis where it was cut."""
    if cells(row) <= width:
        return row
    kept: list[Part] = []
    room = max(0, width - 1)
    for text, style in row:
        text = text if cell_len(text) <= room else set_cell_size(text, room)
        kept.append((text, style))
        room -= cell_len(text)
        if room <= 0:
            break
    return (*kept, ("…", MUTED)) if width > 0 else ()


def marked(row: Row) -> Row:
    """The row with the first words of it in reverse, which shows without colour too."""
    first = next((index for index, (text, _) in enumerate(row) if text.strip()), None)
    return tuple(
        (text, f"{style} reverse".strip() if index == first else style) for index, (text, style) in enumerate(row)
    )


def spread(width: int, left: Sequence[Slot], right: Sequence[Slot] = (), gap: int = 2) -> Row:
    """A line of ``width`` cells: as many of the slots as fit, ``gap`` cells apart, some of them at the right end."""
    kept = fitting(width, [*left, *right], gap)
    starts = _joined([slot.row for slot in kept if any(slot is each for each in left)], gap)
    ends = _joined([slot.row for slot in kept if any(slot is each for each in right)], gap)
    space = width - cells(starts) - cells(ends)
    return crop((*starts, (" " * max(0, space), ""), *ends), width)


def fitting(width: int, slots: Sequence[Slot], gap: int = 2) -> list[Slot]:
    """The slots that ``width`` cells hold, ``gap`` cells apart, in order; always at least one, if any has text."""
    kept = [slot for slot in slots if slot.row]
    while len(kept) > 1 and width_of(kept, gap) > width:
        worst = max(slot.rank for slot in kept)
        del kept[max(index for index, slot in enumerate(kept) if slot.rank == worst)]
    return kept


def width_of(slots: Sequence[Slot], gap: int = 2) -> int:
    """The cells that the slots take, ``gap`` cells apart."""
    return sum(cells(slot.row) + gap for slot in slots) - gap


def changed(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Span]:
    """For each row that differs, the cells from its first to its last difference."""
    for y, (before, after) in enumerate(zip_longest(old, new, fillvalue=())):
        if before != after:
            yield _difference(y, before, after)


def _joined(rows: Sequence[Row], gap: int) -> Row:
    parts: list[Part] = []
    for row in rows:
        parts += [(" " * gap, ""), *row] if parts else row
    return tuple(parts)


def _difference(y: int, before: Row, after: Row) -> Span:
    old, new = _characters(before), _characters(after)
    shorter = min(len(old), len(new))
    start = next((index for index in range(shorter) if old[index] != new[index]), shorter)
    while start and any(row[start : start + 1] and not cell_len(row[start][0]) for row in (old, new)):
        start -= 1  # a mark without a cell of its own changes the one it stands on
    x = cell_len("".join(text for text, _ in new[:start]))
    widths = cell_len(plain(before)), cell_len(plain(after))
    if widths[0] != widths[1]:
        return Span(y, x, max(widths) - x)
    end = next((index for index in range(shorter - start) if old[-1 - index] != new[-1 - index]), shorter - start)
    return Span(y, x, widths[1] - x - cell_len("".join(text for text, _ in new[len(new) - end :])))


def _characters(row: Row) -> list[Part]:
    return [(character, style) for text, style in row for character in text]


def runs_of(characters: Sequence[Part]) -> Row:
    """Single characters joined where their style is the same."""
    if not characters:
        return ()
    edges = [0, *(index + 1 for index, (a, b) in enumerate(pairwise(characters)) if a[1] != b[1]), len(characters)]
    return tuple(("".join(text for text, _ in characters[a:b]), characters[a][1]) for a, b in pairwise(edges))
