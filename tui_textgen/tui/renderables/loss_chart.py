"""The loss over the steps of a run, as rows of braille and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.axis import Scale, axis_end, tick_step, ticks
from tui_textgen.tui.renderables.braille import BrailleCanvas
from tui_textgen.tui.renderables.curve import Column, by_column, finite, smoothed
from tui_textgen.tui.renderables.quantities import short_count
from tui_textgen.tui.renderables.rows import LIVE, MUTED, VALIDATION, Part, Row, Slot, runs_of, spread

FAINT = "$accent 45%"
REFERENCE = "$foreground 35%"
GUTTER = 6
"""Columns of the y labels and the axis."""
ROWS_PER_TICK = 3
COLUMNS_PER_TICK = 18
SMOOTHING = 1 / 80
"""Half-life of the smoothed curve, as a share of the axis."""
LEAST_SPAN = 0.5
"""Nats that the y axis shows at least, so that a flat curve looks flat."""
HEADROOM = 1.3
"""Losses above this multiple of the uniform loss stay at the upper edge: one spike must not flatten the rest."""


class Reference(NamedTuple):
    """A loss, in nats per character, to hold a run's against."""

    name: str
    loss: float


@dataclass(frozen=True)
class Overlay:
    """Another run's losses, drawn over the chart's own; ``style`` and ``sign`` stay its own while it is shown."""

    name: str
    style: str
    train: Sequence[Point] = ()
    validation: Sequence[Point] = ()
    sign: str = ""
    """One cell, for its validations and the legend, beside the colour; empty: one of the chart's, by its place."""


OVERLAY_SIGNS = "△◇□▽✕◁▷☆"


@dataclass(frozen=True)
class LossCurves:
    """What the chart shows. Losses in nats per character."""

    train: Sequence[Point] = ()
    validation: Sequence[Point] = ()
    steps: int | None = None
    """Of the whole run."""
    distinct: int | None = None
    """Characters in the vocabulary: their logarithm is the loss of guessing."""
    references: Sequence[Reference] = ()
    others: Sequence[Overlay] = ()


@dataclass(frozen=True)
class Frame:
    """The chart's axes and its size in cells, without labels."""

    x: Scale
    y: Scale
    columns: int
    rows: int

    def dot_y(self, loss: float) -> int:
        """The dot row of a loss, counted from the top."""
        return self.y.last - self.y.at(loss)


def loss_chart(curves: LossCurves, width: int, height: int) -> list[Row]:
    """The chart in ``height`` rows of ``width`` cells: a title, the curves, the steps; nothing if it cannot be read."""
    columns, rows = width - GUTTER, height - 2
    if columns < 8 or rows < 2:
        return []
    train, validation = finite(curves.train), finite(curves.validation)
    frame = _frame(curves, train, validation, columns, rows)
    grid: list[list[Part]] = [[(" ", "")] * columns for _ in range(rows)]
    _draw_uniform(grid, frame, curves.distinct)
    _draw_training(grid, frame, train)
    _draw_validation(grid, frame, validation)
    labels = _y_labels(frame)
    body = [((labels.get(y, " " * (GUTTER - 1)) + ("┤" if y in labels else "│"), MUTED), *runs_of(cells))
            for y, cells in enumerate(grid)]  # fmt: skip
    return [_title(width), *body, _x_labels(frame, width)]


def _frame(curves: LossCurves, train: Sequence[Point], validation: Sequence[Point], columns: int, rows: int) -> Frame:
    reached = max((points[-1].step for points in (train, validation) if points), default=1)
    x = Scale(0, axis_end(reached, curves.steps), 2 * columns - 1)
    uniform = math.log(curves.distinct) if curves.distinct and curves.distinct > 1 else None
    values = [value for point in (*train, *validation) for value in (point.low, point.high)]
    high = max((*values, uniform or 0.0), default=0.0) or 1.0
    if uniform:
        high = min(high, uniform * HEADROOM)
    low = min((value for value in values if value <= high), default=0.0)
    low = max(0.0, min(low, high - LEAST_SPAN))
    step = tick_step(high - low, max(2, rows // ROWS_PER_TICK)) / 2
    return Frame(x, Scale(math.floor(low / step) * step, math.ceil(high / step) * step, 4 * rows - 1), columns, rows)


def _draw_uniform(grid: list[list[Part]], frame: Frame, distinct: int | None) -> None:
    if distinct and distinct > 1:
        words = f" uniform over {distinct} "
        line = ("┄" * frame.columns + words)[-frame.columns :]
        grid[frame.dot_y(math.log(distinct)) // 4] = [(character, REFERENCE) for character in line]


def _draw_training(grid: list[list[Part]], frame: Frame, train: Sequence[Point]) -> None:
    half_life = (frame.x.high - frame.x.low) * SMOOTHING
    raw, smooth = BrailleCanvas(frame.columns, frame.rows), BrailleCanvas(frame.columns, frame.rows)
    columns = by_column(train, frame.x.at)
    for column in columns:
        raw.upright(column.x, frame.dot_y(column.high), frame.dot_y(column.low))
    _join(raw, frame, columns)
    _join(smooth, frame, by_column(smoothed(train, half_life), frame.x.at))
    for y, row in enumerate(grid):
        for x in range(frame.columns):
            if strong := smooth.character(x, y):
                row[x] = (strong, LIVE)
            elif faint := raw.character(x, y):
                row[x] = (faint, FAINT)


def _join(canvas: BrailleCanvas, frame: Frame, columns: Sequence[Column]) -> None:
    for column in columns[:1]:
        canvas.dot(column.x, frame.dot_y(column.mean))
    for before, after in pairwise(columns):
        canvas.line(before.x, frame.dot_y(before.mean), after.x, frame.dot_y(after.mean))


def _draw_validation(grid: list[list[Part]], frame: Frame, validation: Sequence[Point]) -> None:
    for point in validation:
        x, y = frame.x.at(point.step) // 2, frame.dot_y(point.mean) // 4
        grid[y][x] = ("○", VALIDATION)
    if validation:
        _write_beside(grid, frame, validation[-1])


def _write_beside(grid: list[list[Part]], frame: Frame, last: Point) -> None:
    """The value of the last validation at the first place by its mark that is free: right, above, below."""
    x, y = frame.x.at(last.step) // 2, frame.dot_y(last.mean) // 4
    words = f"{last.mean:.3f}"
    end = min(x + 2, frame.columns - len(words))
    for row, start in ((y, x + 2), (y - 1, end), (y + 1, end), (y - 2, end)):
        cells = grid[row][start : start + len(words)] if 0 <= row < frame.rows and start >= 0 else []
        if len(cells) == len(words) and all(character == " " for character, _ in cells):
            grid[row][start : start + len(words)] = [(character, VALIDATION) for character in words]
            return


def _y_labels(frame: Frame) -> dict[int, str]:
    marks = ticks(frame.y.low, frame.y.high, max(2, frame.rows // ROWS_PER_TICK))
    places = 1 if all(abs(mark * 10 - round(mark * 10)) < 1e-6 for mark in marks) else 2
    words = (short_count(mark) if abs(mark) >= 1000 else f"{mark:.{places}f}" for mark in marks)
    return {frame.dot_y(mark) // 4: f"{word:>{GUTTER - 1}}" for mark, word in zip(marks, words, strict=True)}


def _x_labels(frame: Frame, width: int) -> Row:
    line = [" "] * (width + 2)
    line[: GUTTER + 1] = " step  "[: GUTTER + 1]
    free = GUTTER
    for mark in ticks(0, frame.x.high, max(1, frame.columns // COLUMNS_PER_TICK)):
        if mark != round(mark):
            continue
        words = f"{mark:,.0f}"
        at = min(GUTTER + frame.x.at(mark) // 2 - len(words) // 2, width - len(words))
        if at >= free:
            line[at : at + len(words)] = words
            free = at + len(words) + 2
    return ((("".join(line)[:width]), MUTED),)


def _title(width: int) -> Row:
    key: Row = (("━", LIVE), (" train  ", MUTED), ("○", VALIDATION), (" validation", MUTED))
    return spread(width, [Slot(0, (("loss", "bold"), (", nats per character", MUTED)))], [Slot(1, key)])
