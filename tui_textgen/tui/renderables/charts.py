"""The room of the curves: the loss, with the other plots small below it where there is room, or one of those alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.axis import log_ceiling, log_floor
from tui_textgen.tui.renderables.chart_view import ChartView, Plot
from tui_textgen.tui.renderables.chart_words import choices, cursor_values, newest, small
from tui_textgen.tui.renderables.curve import nearest, on_axes, place_of, within
from tui_textgen.tui.renderables.loss_chart import FAINT, LossCurves, loss_chart
from tui_textgen.tui.renderables.plot import GUTTER, draw_cursor, draw_curve, frame_of, linear_range, with_axes
from tui_textgen.tui.renderables.rows import LIVE, MUTED, Row, Slot, spread

ROWS_FOR_ALL = 22
"""Rows from which the other plots are shown below the loss."""
SMALL_ROWS = 6
COLUMNS_FOR_ALL = 54
BETWEEN = 2
"""Columns between two small plots."""
LARGEST = 1e14
SMALLEST = 1e-12
"""The least that a y axis may end with."""
TINY = 0.1
"""Values up to this are labelled as multiples of a power of ten."""
OTHERS = (Plot.RATE, Plot.GRADIENT, Plot.SPEED)
SHORT = {Plot.RATE: "lr", Plot.GRADIENT: "gradient", Plot.SPEED: "chars/s"}


def charts(curves: LossCurves, width: int, height: int, view: ChartView) -> list[Row]:
    """What ``view`` shows in ``height`` rows of ``width`` cells."""
    if view.plot is not Plot.LOSS:
        return plot(curves, view.plot, width, height, view)
    rows = loss_chart(curves, width, loss_rows(curves, width, height), view)
    if len(rows) == height or not rows:
        return rows
    each = (width - BETWEEN * (len(OTHERS) - 1)) // len(OTHERS)
    plots = [plot(curves, which, each, SMALL_ROWS - 1, view, brief=True) for which in OTHERS]
    gap: Row = ((" " * BETWEEN, ""),)
    beside = [sum((gap + row for row in parts[1:]), parts[0]) for parts in zip(*plots, strict=False)]
    return [*rows, (), *beside]


def loss_rows(curves: LossCurves, width: int, height: int) -> int:
    """Rows that the loss has of ``height``."""
    known = curves.lr or curves.grad_norm or curves.speed
    return height - SMALL_ROWS if height >= ROWS_FOR_ALL and width >= COLUMNS_FOR_ALL and known else height


def plot(curves: LossCurves, which: Plot, width: int, height: int, view: ChartView, brief: bool = False) -> list[Row]:
    """One of the other curves; ``brief``: a short title and no x axis. Nothing if it could not be read."""
    columns, rows = width - GUTTER, height - (1 if brief else 2)
    if columns < 8 or rows < 2:
        return []
    series = _series(curves, which)
    dots = on_axes(series, view.axis, largest=LARGEST)
    shown = view.shown(curves.extent(view.axis))
    means = [dot.mean for dot in within(dots, *shown)]
    high = max(means, default=0.0)
    high = high if high > SMALLEST else 1.0
    log = view.log and which is Plot.GRADIENT
    low = min((mean for mean in means if mean > 0), default=high / 10) if log else min(0.0, *means, 0.0)
    scale = 10.0 ** math.floor(math.log10(high)) if high <= TINY else 1.0
    if log:
        low, high = log_floor(max(low, high * 1e-9)), log_ceiling(high * 1.001)
    else:
        low, high = linear_range(low, high, rows)
    frame = frame_of(shown, low, high, columns, rows, log)
    grid = frame.empty()
    draw_curve(grid, frame, dots, LIVE, None if brief else FAINT)
    if view.cursor is not None:
        draw_cursor(grid, frame, place_of(curves.train, view.axis, view.cursor))
    body = with_axes(grid, frame, view.axis, width, scale)
    return [_title(curves, which, series, scale, view, width, brief), *(body[:-1] if brief else body)]


def _title(
    curves: LossCurves, which: Plot, series: Sequence[Point], scale: float, view: ChartView, width: int, brief: bool
) -> Row:
    there = nearest(series, view.cursor) if view.cursor is not None else None
    value = small(there.mean if there else newest(series))
    power = f" ×1e{round(math.log10(scale))}" if scale < 1 else ""
    name: Row = ((SHORT[which] if brief else which.value, "bold"), (power, MUTED))
    if brief:
        return spread(width, [Slot(0, name)], [Slot(1, ((value, LIVE),))])
    if view.cursor is not None:
        return spread(width, [Slot(0, name), *(slot._replace(rank=slot.rank + 1) for slot in
                              cursor_values(curves, view, view.cursor))])  # fmt: skip
    return spread(width, [Slot(0, name), *choices(curves, view)], [Slot(1, ((f"now {value}", LIVE),))])


def _series(curves: LossCurves, which: Plot) -> Sequence[Point]:
    return {Plot.RATE: curves.lr, Plot.GRADIENT: curves.grad_norm, Plot.SPEED: curves.speed}[which]
