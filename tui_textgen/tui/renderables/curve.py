"""What is done to a curve before it is drawn: pure arithmetic."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.chart_view import Axis

LARGEST = 1e6
"""A value beyond this is as good as infinite, and would overflow what is computed from it."""
FARTHEST = 1e15
"""The same for a place on the x axis."""


class Dot(NamedTuple):
    """A point of a curve on its axes; ``low`` and ``high`` are the extremes of what it stands for."""

    x: float
    mean: float
    low: float
    high: float


class Column(NamedTuple):
    """What falls into one column of dots."""

    x: int
    mean: float
    low: float
    high: float


def on_axes(
    series: Sequence[Point], axis: Axis, convert: Callable[[float], float] = float, largest: float = LARGEST
) -> list[Dot]:
    """The points that have a place and a mean, their values converted and within ``largest``."""
    return [
        Dot(
            axis.of(point),
            *(_bounded(value, mean, largest) for value in (mean, convert(point.low), convert(point.high))),
        )
        for point in series
        if 0 <= axis.of(point) <= FARTHEST and math.isfinite(mean := convert(point.mean))
    ]


def smoothed(dots: Sequence[Dot], half_life: float) -> list[Dot]:
    """The mean of one exponential mean from each end, so that a falling curve does not lag; ``half_life`` along x."""
    forward = _exponential(dots, half_life)
    backward = _exponential(dots[::-1], half_life)[::-1]
    means = ((there + back) / 2 for there, back in zip(forward, backward, strict=True))
    return [Dot(dot.x, mean, mean, mean) for dot, mean in zip(dots, means, strict=True)]


def _exponential(dots: Sequence[Dot], half_life: float) -> list[float]:
    total = weight = 0.0
    means = []
    for before, dot in zip((None, *dots), dots, strict=False):
        keep = 0.5 ** (abs(dot.x - before.x) / half_life) if before and half_life > 0 else 0.0
        total, weight = keep * total + dot.mean, keep * weight + 1
        means.append(total / weight)
    return means


def within(dots: Sequence[Dot], low: float, high: float) -> list[Dot]:
    """Those from ``low`` to ``high`` on the x axis."""
    return [dot for dot in dots if low <= dot.x <= high]


def by_column(dots: Sequence[Dot], at: Callable[[float], int]) -> list[Column]:
    """``dots`` (in order) gathered by the column that ``at`` puts them in."""
    return [_column(x, list(group)) for x, group in groupby(dots, key=lambda dot: at(dot.x))]


def _column(x: int, dots: Sequence[Dot]) -> Column:
    mean = sum(dot.mean for dot in dots) / len(dots)
    return Column(x, mean, min(dot.low for dot in dots), max(dot.high for dot in dots))


def place_of(series: Sequence[Point], axis: Axis, step: float) -> float:
    """Where ``step`` stands on the axis: between the points, and behind the last as if it went on like that."""
    return _between([(point.step, axis.of(point)) for point in series], step)


def step_at(series: Sequence[Point], axis: Axis, place: float) -> float:
    """The step at a place on the axis, as :func:`place_of` the other way round."""
    return _between([(axis.of(point), point.step) for point in series], place)


def nearest(series: Sequence[Point], step: int) -> Point | None:
    """The point next to ``step``."""
    after = bisect_left(series, step, key=lambda point: point.step)
    beside = series[max(0, after - 1) : after + 1]
    return min(beside, key=lambda point: abs(point.step - step), default=None)


def _between(pairs: Sequence[tuple[float, float]], x: float) -> float:
    """Straight lines from (0, 0) through the pairs, and from the last of them on in the direction of all."""
    known = [(0.0, 0.0), *((a, b) for a, b in pairs if 0 < a <= FARTHEST and 0 <= b <= FARTHEST)]
    after = bisect_left(known, x, key=lambda pair: pair[0])
    if after == len(known):
        a, b = known[-1]
        return x * b / a if a > 0 else x
    (a0, b0), (a1, b1) = known[max(0, after - 1)], known[after]
    return b0 + (b1 - b0) * (x - a0) / (a1 - a0) if a1 > a0 else b1


def _bounded(value: float, otherwise: float, largest: float) -> float:
    return max(-largest, min(largest, value if math.isfinite(value) else otherwise))
