"""Where the crosshair stands, and how it and a part of the run keep their place on another axis: pure arithmetic."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.chart_view import Axis, ChartView
from tui_textgen.tui.renderables.curve import place_of, step_at
from tui_textgen.tui.renderables.loss_curves import LossCurves


def first_cursor(series: Sequence[Point], axis: Axis, shown: tuple[float, float]) -> int | None:
    """The newest step of those that are shown; where none is, the newest of all."""
    low, high = shown
    inside = [point.step for point in series if low <= axis.of(point) <= high]
    return inside[-1] if inside else series[-1].step if series else None


def moved_cursor(
    series: Sequence[Point], axis: Axis, shown: tuple[float, float], columns: int, step: int, by: int
) -> int:
    """The next step that stands in another column than ``step``, earlier for a negative ``by``; else the first or
    last step."""
    low, high = shown

    def column(point: Point) -> float:
        place = axis.of(point)
        return math.floor((place - low) / (high - low) * columns) if high > low and math.isfinite(place) else math.nan

    here = min(bisect_left(series, step, key=lambda point: point.step), len(series) - 1)
    if here < 0:
        return step
    way = series[here + 1 :] if by > 0 else series[:here][::-1]
    at = column(series[here])
    return next((point.step for point in way if column(point) != at), way[-1].step if way else series[here].step)


def on_axis(view: ChartView, axis: Axis, curves: LossCurves) -> ChartView:
    """The same part of the run, counted on another axis."""
    if view.window is None:
        return replace(view, axis=axis)
    steps = [step_at(curves.guide, view.axis, end) for end in view.shown(curves.extent(view.axis))]
    low, high = (place_of(curves.guide, axis, step) for step in steps)
    return replace(view, axis=axis, window=(low, high)) if high > low else replace(view.whole(), axis=axis)
