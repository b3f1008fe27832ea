"""A sample's title, its lines, and the bar to go through all of them with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui_textgen.runs.snapshot import Point, RunSnapshot, Sample
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.rows import (
    LIVE,
    MUTED,
    VALIDATION,
    Part,
    Row,
    Slot,
    cells,
    fitting,
    runs_of,
    spread,
    width_of,
)
from tui_textgen.tui.renderables.wrapping import WrappedText
from tui_textgen.visible import visible

PRIME = "bold $text-accent"
HERE, PINNED = "●", "◆"
SHORTEST_TRACK = 12


class Losses(NamedTuple):
    """Nats per character at a step; None where none is known."""

    train: float | None
    validation: float | None


def losses_at(snapshot: RunSnapshot, step: int) -> Losses:
    """The training loss of the bin that ``step`` is in, and the last validation up to it."""
    train = snapshot.train[at] if (at := bisect_left(snapshot.train, step, key=_step)) < len(snapshot.train) else None
    before = bisect_right(snapshot.validation, step, key=_step)
    validation = snapshot.validation[before - 1] if before else None
    return Losses(train.mean if train and step else None, validation.mean if validation else None)


def sample_title(sample: Sample, losses: Losses, where: str, width: int, pinned: bool = False) -> Row:
    """Where in the run it was written, what the losses were there, and at the right end ``where`` among the others."""
    name: Row = ((f"{PINNED} pinned" if pinned else "sample", "bold"), (f" at step {count(sample.step)}", ""))
    slots = [
        Slot(0, name),
        Slot(4, ((f"epoch {sample.epoch:.1f}", MUTED),)),
        Slot(3, _loss("loss", losses.train, LIVE)),
        Slot(5, _loss("val", losses.validation, VALIDATION)),
        Slot(2, (("asked for", MUTED),) if sample.asked else ()),
        Slot(6, ((f"temperature {sample.temperature:g}", MUTED),) if sample.asked else ()),
    ]
    return spread(width, slots, [Slot(4 if pinned else 1, ((where, MUTED),))])


def whereabouts(index: int, of: int, tell_newer: bool = True) -> str:
    """``8 of 11, 3 newer``."""
    newer = of - 1 - index
    return f"{count(index + 1)} of {count(of)}{f', {count(newer)} newer' if tell_newer and newer > 0 else ''}"


def sample_lines(prime: str, text: str, width: int) -> list[Row]:
    """Prime and text, made harmless and wrapped to ``width`` cells."""
    shown = visible(prime)
    wrapped = WrappedText(width)
    wrapped.append(shown + visible(text))
    return [
        _line(line.rstrip("\n"), len(shown) - start, width)
        for line, start in zip(wrapped.lines, wrapped.starts, strict=True)
    ]


def window(lines: Sequence[Row], first: int, width: int, height: int) -> list[Row]:
    """``height`` of the lines from ``first`` on, with a bar in the last column where they are not all of them.

    The lines are at most ``width - 1`` cells wide.
    """
    seen = list(lines[first : first + height])
    if len(lines) <= height:
        return seen
    thumb = max(1, height * height // len(lines))
    top = round(first * (height - thumb) / (len(lines) - height))
    bars: list[Part] = [("┃", LIVE) if top <= y < top + thumb else ("│", "$foreground 25%") for y in range(height)]
    return [(*line, (" " * (width - 1 - cells(line)), ""), bar) for line, bar in zip(seen, bars, strict=True)]


class Button(NamedTuple):
    """Words that do an action when they are clicked."""

    key: str
    words: str
    action: str


class Track(NamedTuple):
    """The bar of a scrubber: ``cells`` of the line stand for all samples."""

    cells: range
    samples: int

    def index_at(self, x: int) -> int:
        """The sample that column ``x`` stands for; the nearest for columns beside the bar."""
        last = len(self.cells) - 1
        along = min(max(x - self.cells.start, 0), last)
        return round(along * (self.samples - 1) / last) if last > 0 and self.samples > 1 else 0

    def cell_of(self, index: int) -> int:
        """The cell of the bar, 0 the first, in which a sample's mark stands."""
        return round(index * (len(self.cells) - 1) / (self.samples - 1)) if self.samples > 1 else 0


class Scrubber(NamedTuple):
    """A line to go through the samples with, and what is where in it."""

    row: Row
    track: Track
    buttons: tuple[tuple[range, str], ...]
    """Columns, and the action of a click there."""


def scrubber(of: int, here: int, pinned: int | None, buttons: Sequence[Button], width: int) -> Scrubber:
    """``◀ ━━━━●──── ▶`` for ``of`` samples, and as many of the buttons as leave the bar its room."""
    slots = [Slot(rank, ((key, "bold"), (f" {words}", MUTED))) for rank, (key, words, _) in enumerate(buttons, 1)]
    kept = fitting(width, [Slot(0, ((" " * (SHORTEST_TRACK + 4), ""),)), *slots])[1:]
    room = width_of(kept) + 2 if kept else 0
    track = Track(range(2, max(3, width - 2 - room)), of)
    older, newer = ("◀", LIVE) if here > 0 else ("·", MUTED), ("▶", LIVE) if here < of - 1 else ("·", MUTED)
    row: list[Part] = [older, (" ", ""), *_bar(track, here, pinned), (" ", ""), newer]
    places = [(range(2), "move(-1)"), (range(track.cells.stop, track.cells.stop + 2), "move(1)")]
    for slot, button in zip(kept, buttons, strict=False):
        start = cells(tuple(row)) + 2
        row += [("  ", ""), *slot.row]
        places.append((range(start, start + cells(slot.row)), button.action))
    return Scrubber(tuple(row), track, tuple(places))


def _bar(track: Track, here: int, pinned: int | None) -> Row:
    parts: list[Part] = [("─", "$foreground 25%")] * len(track.cells)
    mark = track.cell_of(here)
    parts[:mark] = [("━", LIVE)] * mark
    if pinned is not None:
        parts[track.cell_of(pinned)] = (PINNED, "bold")
    parts[mark] = (HERE, f"bold {LIVE}")
    return runs_of(parts)


def _loss(word: str, loss: float | None, style: str) -> Row:
    return ((f"{word} ", MUTED), (f"{loss:.3f}", style)) if loss is not None else ()


def _line(line: str, of_prime: int, width: int) -> Row:
    if cell_len(line) > width:  # a space that hangs over the edge
        line = line[:-1]
    parts: list[Part] = [(line[: max(0, of_prime)], PRIME), (line[max(0, of_prime) :], "")]
    return tuple(part for part in parts if part[0])


def _step(point: Point) -> int:
    return point.step
