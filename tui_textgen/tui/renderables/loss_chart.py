"""The losses of a run, or of several, as rows of braille and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len

from tui_textgen.tui.renderables.axis import log_ceiling, log_floor
from tui_textgen.tui.renderables.chart_view import ChartView
from tui_textgen.tui.renderables.chart_words import legend, title
from tui_textgen.tui.renderables.curve import Dot, on_axes, place_of, smoothed, within
from tui_textgen.tui.renderables.loss_curves import LossCurves as LossCurves
from tui_textgen.tui.renderables.loss_curves import Overlay as Overlay
from tui_textgen.tui.renderables.loss_curves import Reference as Reference
from tui_textgen.tui.renderables.loss_curves import sign_of
from tui_textgen.tui.renderables.plot import (
    EMPTY,
    GUTTER,
    REFERENCE,
    Frame,
    Grid,
    draw_cursor,
    draw_curve,
    draw_line,
    frame_of,
    linear_range,
    with_axes,
    write,
)
from tui_textgen.tui.renderables.rows import LIVE, VALIDATION, Row
from tui_textgen.tui.renderables.units import Unit
from tui_textgen.visible import visible_line

FAINT = "$accent 45%"
LEAST_SPAN = 0.5
"""Nats that the y axis shows at least of a whole run, so that a flat curve looks flat."""
LEAST_SPAN_OF_A_PART = 0.02
SMALLEST = 1e-9
"""The least that the y axis may end with."""
HEADROOM = 1.3
"""Losses above this multiple of the uniform loss stay at the upper edge: one spike must not flatten the rest."""
WIDENING = 0.25
"""Share of the y axis that may be added at its top for a reference."""
FLAT = 1.1
"""The ratio that a logarithmic y axis covers at least."""
APART = 4
"""Columns between two marks of validations."""
FARTHEST_WORDS = 5
"""Rows between a mark and its value, at most."""
SIGNS_APART = 16
"""Columns between two signs on another run's curve."""


def loss_chart(curves: LossCurves, width: int, height: int, view: ChartView | None = None) -> list[Row]:
    """The chart in ``height`` rows of ``width`` cells: a title, the other runs, the curves, the x axis.

    Nothing if it could not be read.
    """
    view = view or ChartView()
    heads = [title(curves, view, width)] + ([legend(curves, view, width)] if curves.others else [])
    columns, rows = width - GUTTER, height - len(heads) - 1
    if columns < 8 or rows < 2:
        return []
    shown = view.shown(curves.extent(view.axis))
    train, validation = (on_axes(each, view.axis, view.unit.convert) for each in (curves.train, curves.validation))
    others = [tuple(on_axes(each, view.axis, view.unit.convert) for each in (run.train, run.validation))
              for run in curves.others]  # fmt: skip
    low, high = _range(curves, view, shown, [train, validation, *(dots for run in others for dots in run)], rows)
    frame = frame_of(shown, low, high, columns, rows, view.log)
    grid = frame.empty()
    for index, (dots, marks) in enumerate(others):
        run = curves.others[index]
        _draw_other(grid, frame, dots, marks, sign_of(run, index), run.style)
    draw_curve(grid, frame, train, LIVE, FAINT)
    _draw_validation(grid, frame, validation)
    _draw_references(grid, frame, curves, view.unit)
    if view.cursor is not None:
        draw_cursor(grid, frame, place_of(curves.guide, view.axis, view.cursor))
    return [*heads, *with_axes(grid, frame, view.axis, width)]


# The y axis


def _range(
    curves: LossCurves, view: ChartView, shown: tuple[float, float], drawn: Sequence[Sequence[Dot]], rows: int
) -> tuple[float, float]:
    """The ends of the y axis: what is drawn decides, and a reference that is near above it."""
    values = [value for dots in drawn for dot in within(dots, *shown) for value in (dot.low, dot.high)]
    uniform = view.unit.convert(_uniform(curves) or 0.0) if _uniform(curves) else None
    high = max(values, default=0.0)
    if uniform:
        cap = view.unit.convert(HEADROOM * (_uniform(curves) or 0.0))
        high = min(high, cap) if min(values, default=0.0) < cap else high
        high = high if values else uniform
    high = high if high > SMALLEST else 1.0
    low = min((value for value in values if value <= high), default=0.0)
    if view.log:
        low = min((value for value in values if 0 < value <= high), default=high / 10)
        low = max(min(low, high / FLAT), high * 1e-9)
    else:
        span = LEAST_SPAN_OF_A_PART if view.window else LEAST_SPAN
        low = max(0.0, min(low, view.unit.convert(view.unit.nats(high) - span)))
    reach = high + WIDENING * (high - low)
    high = max([high, *(value for _, value in _known(curves, view.unit) if high < value <= reach)])
    return (log_floor(low), log_ceiling(high)) if view.log else linear_range(low, high, rows)


def _uniform(curves: LossCurves) -> float | None:
    return math.log(curves.distinct) if curves.distinct and curves.distinct > 1 else None


def _known(curves: LossCurves, unit: Unit) -> list[tuple[str, float]]:
    """The references by name, in the unit, the greatest first."""
    uniform = _uniform(curves)
    guess = [(f"uniform over {curves.distinct}", uniform)] if uniform else []
    known = [*guess, *((_single(name), loss) for name, loss in curves.references if math.isfinite(loss))]
    return sorted(((name, unit.convert(loss)) for name, loss in known), key=lambda each: -each[1])


def _single(name: str) -> str:
    """A name of which each character takes one cell."""
    return "".join(character if cell_len(character) == 1 else "?" for character in visible_line(name))


# What is drawn


def _draw_other(grid: Grid, frame: Frame, dots: Sequence[Dot], marks: Sequence[Dot], sign: str, style: str) -> None:
    """Another run's smoothed curve with its sign on it, and its sign at its validations in bold."""
    draw_curve(grid, frame, dots, style)
    curve = within(smoothed(dots, frame.half_life()), frame.x.low, frame.x.high)
    for dot in _apart(frame, curve, SIGNS_APART):
        grid[frame.row(dot.mean)][frame.column(dot.x)] = (sign, style)
    for dot in _apart(frame, within(marks, frame.x.low, frame.x.high), APART):
        grid[frame.row(dot.mean)][frame.column(dot.x)] = (sign, f"bold {style}")


def _draw_validation(grid: Grid, frame: Frame, validation: Sequence[Dot]) -> None:
    """A line through all, marks on it, the best with its value, and the newest where it is seen to be worse."""
    draw_line(grid, frame, validation, VALIDATION)
    shown = within(validation, frame.x.low, frame.x.high)
    for dot in _apart(frame, shown, APART):
        grid[frame.row(dot.mean)][frame.column(dot.x)] = ("○", VALIDATION)
    if not shown:
        return
    best = min(validation, key=lambda dot: dot.mean)
    if frame.holds(best.x):
        grid[frame.row(best.mean)][frame.column(best.x)] = ("●", VALIDATION)
        _write_beside(grid, frame, best, f"best {best.mean:.3f}")
    if not frame.holds(best.x) or frame.row(shown[-1].mean) != frame.row(best.mean):
        _write_beside(grid, frame, shown[-1], f"{shown[-1].mean:.3f}")


def _apart(frame: Frame, dots: Sequence[Dot], columns: int) -> list[Dot]:
    """The last of the dots, and from there back those that are at least ``columns`` cells from each other."""
    kept: list[Dot] = []
    for dot in reversed(dots):
        if not kept or frame.column(kept[-1].x) - frame.column(dot.x) >= columns:
            kept.append(dot)
    return kept


def _write_beside(grid: Grid, frame: Frame, dot: Dot, words: str) -> None:
    """Words at the first place by a dot that is free: right, left, and ever further above and below."""
    x, y = frame.column(dot.x), frame.row(dot.mean)
    end = min(x + 2, frame.columns - len(words))
    level = [(y, x + 2), (y, x - 1 - len(words))]
    beyond = [(y + sign * rows, end) for rows in range(1, FARTHEST_WORDS) for sign in (-1, 1)]
    any(write(grid, row, start, words, VALIDATION) for row, start in (*level, *beyond))


def _draw_references(grid: Grid, frame: Frame, curves: LossCurves, unit: Unit) -> None:
    """Each a line where nothing else is, named as far right as there is room; those of one row share it."""
    rows: dict[int, list[str]] = {}
    for name, value in _known(curves, unit):
        if frame.y.low <= value <= frame.y.high:
            told = name if name.startswith("uniform") else f"{name} {value:.2f}"
            rows.setdefault(frame.row(value), []).append(told)
    for y, names in rows.items():
        words = f" {' · '.join(names)} "
        any(write(grid, y, x, words, REFERENCE) for x in range(frame.columns - len(words), -1, -1))
        grid[y] = [("┄", REFERENCE) if cell == EMPTY else cell for cell in grid[y]]
