"""A plot in braille with its axes: the frame, and what is drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui_textgen.tui.renderables.axis import Scale, clock_ticks, log_ticks, tick_step, ticks
from tui_textgen.tui.renderables.braille import BrailleCanvas
from tui_textgen.tui.renderables.chart_view import Axis
from tui_textgen.tui.renderables.curve import Column, Dot, by_column, smoothed, within
from tui_textgen.tui.renderables.durations import duration
from tui_textgen.tui.renderables.quantities import short_count
from tui_textgen.tui.renderables.rows import MUTED, Part, Row, runs_of

GUTTER = 6
"""Columns of the y labels and the axis."""
ROWS_PER_TICK = 3
COLUMNS_PER_TICK = 18
SMOOTHING = 1 / 80
"""Half-life of the smoothed curve, as a share of the axis."""
CURSOR = "$foreground 70%"
REFERENCE = "$foreground 35%"

Grid = list[list[Part]]
"""Characters and their styles, a list for each row."""
EMPTY: Part = (" ", "")


@dataclass(frozen=True)
class Frame:
    """A plot's axes and its size in cells, without labels."""

    x: Scale
    y: Scale
    columns: int
    rows: int

    def dot_y(self, value: float) -> int:
        """The dot row of a value, counted from the top."""
        return self.y.last - self.y.at(value)

    def row(self, value: float) -> int:
        """The row of cells."""
        return self.dot_y(value) // 4

    def column(self, x: float) -> int:
        """The column of cells."""
        return self.x.at(x) // 2

    def holds(self, x: float) -> bool:
        """Whether a place on the x axis is shown."""
        return self.x.low <= x <= self.x.high

    def empty(self) -> Grid:
        return [[EMPTY] * self.columns for _ in range(self.rows)]

    def half_life(self) -> float:
        """Of a smoothed curve, along x."""
        return (self.x.high - self.x.low) * SMOOTHING


def frame_of(shown: tuple[float, float], low: float, high: float, columns: int, rows: int, log: bool) -> Frame:
    """The frame of the part ``shown`` of the x axis, its values from ``low`` to ``high``."""
    return Frame(Scale(*shown, 2 * columns - 1), Scale(low, high, 4 * rows - 1, log), columns, rows)


def draw_curve(grid: Grid, frame: Frame, dots: Sequence[Dot], strong: str, faint: str | None = None) -> None:
    """The smoothed curve; and behind it, in the style ``faint``, the raw one with its extremes."""
    if faint:
        columns = _columns(frame, dots)
        raw = _joined(frame, columns)
        for column in columns:
            raw.upright(column.x, frame.dot_y(column.high), frame.dot_y(column.low))
        _lay(grid, raw, faint)
    _lay(grid, _joined(frame, _columns(frame, smoothed(dots, frame.half_life()))), strong)


def draw_line(grid: Grid, frame: Frame, dots: Sequence[Dot], style: str) -> None:
    """The curve as it is, where nothing has been drawn yet."""
    _lay(grid, _joined(frame, _columns(frame, dots)), style, over=False)


def draw_cursor(grid: Grid, frame: Frame, x: float) -> None:
    """An upright line through whatever is empty, or but a reference."""
    if frame.holds(x):
        for row in grid:
            if row[frame.column(x)][1] in ("", REFERENCE):
                row[frame.column(x)] = ("│", CURSOR)


def write(grid: Grid, y: int, x: int, words: str, style: str) -> bool:
    """Put words into cells that are empty; whether they were."""
    cells = grid[y][x : x + len(words)] if 0 <= y < len(grid) and x >= 0 else []
    if len(cells) < len(words) or any(cell != EMPTY for cell in cells):
        return False
    grid[y][x : x + len(words)] = [(character, style) for character in words]
    return True


def with_axes(grid: Grid, frame: Frame, axis: Axis, width: int, scale: float = 1.0) -> list[Row]:
    """The grid with labels at its left, divided by ``scale``, and below it."""
    labels = y_labels(frame, scale)
    body: list[Row] = [
        ((labels.get(y, " " * (GUTTER - 1)) + ("┤" if y in labels else "│"), MUTED), *runs_of(cells))
        for y, cells in enumerate(grid)
    ]
    return [*body, x_labels(frame, axis, width)]


def y_labels(frame: Frame, scale: float = 1.0) -> dict[int, str]:
    """The label of each row that has one, ``GUTTER - 1`` wide."""
    low, high, most = frame.y.low / scale, frame.y.high / scale, max(2, frame.rows // ROWS_PER_TICK)
    marks = log_ticks(low, high, most) if frame.y.log else ticks(low, high, most)
    if len(marks) < 2:  # one number says nothing about the distances; half the step has at least two
        marks = ticks(low, high, 2 * most)
    places = next((n for n in (1, 2, 3) if all(abs(mark - round(mark, n)) < 1e-9 for mark in marks)), 3)
    words = (short_count(mark) if abs(mark) >= 1000 else f"{mark:.{places}f}"[: GUTTER - 1] for mark in marks)
    return {frame.row(mark * scale): f"{word:>{GUTTER - 1}}" for mark, word in zip(marks, words, strict=True)}


def x_labels(frame: Frame, axis: Axis, width: int) -> Row:
    """The line below the plot: what the axis counts, and its numbers."""
    line = [" "] * (width + 2)
    head = f"{axis.value:>{GUTTER - 1}} "
    line[: len(head)] = head
    free = GUTTER
    most = max(1, frame.columns // COLUMNS_PER_TICK)
    low, high = frame.x.low, frame.x.high
    for mark in clock_ticks(low, high, most) if axis is Axis.TIME else ticks(low, high, most):
        words = place_words(axis, mark, tick_step(high - low, most))
        at = min(GUTTER + frame.column(mark) - len(words) // 2, width - len(words))
        if words and at >= free:
            line[at : at + len(words)] = words
            free = at + len(words) + 2
    return (("".join(line)[:width], MUTED),)


def place_words(axis: Axis, place: float, step: float = 0.01) -> str:
    """A place on the x axis; "" for one between two steps. ``step`` is the distance that is to be seen."""
    if axis is Axis.STEPS:
        return f"{place:,.0f}" if place == round(place) else ""
    if axis is Axis.TIME:
        return duration(place)
    places = 0 if step >= 1 and place == round(place) else 1 if step >= 0.1 else 2 if step >= 0.01 else 3
    return f"{place:,.{places}f}"


def linear_range(low: float, high: float, rows: int) -> tuple[float, float]:
    """Ends of an axis that move in steps, so that what is drawn mostly stays where it is."""
    step = tick_step(high - low, max(2, rows // ROWS_PER_TICK)) / 2
    bottom, top = (low // step) * step, -((-high) // step) * step
    return bottom, top if top > bottom else bottom + step


def _columns(frame: Frame, dots: Sequence[Dot]) -> list[Column]:
    return by_column(within(dots, frame.x.low, frame.x.high), frame.x.at)


def _joined(frame: Frame, columns: Sequence[Column]) -> BrailleCanvas:
    canvas = BrailleCanvas(frame.columns, frame.rows)
    for column in columns[:1]:
        canvas.dot(column.x, frame.dot_y(column.mean))
    for before, after in pairwise(columns):
        canvas.line(before.x, frame.dot_y(before.mean), after.x, frame.dot_y(after.mean))
    return canvas


def _lay(grid: Grid, canvas: BrailleCanvas, style: str, over: bool = True) -> None:
    for y, row in enumerate(grid):
        for x in range(canvas.columns):
            if (character := canvas.character(x, y)) and (over or row[x] == EMPTY):
                row[x] = (character, style)
