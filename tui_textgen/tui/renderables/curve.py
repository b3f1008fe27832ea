"""What is done to a curve before it is drawn: pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui_textgen.runs.snapshot import Point

LARGEST = 1e6
"""A loss beyond this is as good as infinite, and would overflow what is computed from it."""


class Column(NamedTuple):
    """What falls into one column of dots."""

    x: int
    mean: float
    low: float
    high: float


def finite(series: Sequence[Point]) -> list[Point]:
    """The points that have a mean, all of their values within ``LARGEST``."""
    return [
        point._replace(
            mean=_bounded(point.mean), low=_bounded(point.low, point.mean), high=_bounded(point.high, point.mean)
        )
        for point in series
        if math.isfinite(point.mean)
    ]


def smoothed(points: Sequence[Point], half_life: float) -> list[Point]:
    """The mean of one exponential mean from each end, so that a falling curve does not lag; ``half_life`` in steps."""
    forward = _exponential(points, half_life)
    backward = _exponential(points[::-1], half_life)[::-1]
    means = ((there + back) / 2 for there, back in zip(forward, backward, strict=True))
    return [point._replace(mean=mean, low=mean, high=mean) for point, mean in zip(points, means, strict=True)]


def _exponential(points: Sequence[Point], half_life: float) -> list[float]:
    total = weight = 0.0
    means = []
    for before, point in zip((None, *points), points, strict=False):
        keep = 0.5 ** (abs(point.step - before.step) / half_life) if before and half_life > 0 else 0.0
        total, weight = keep * total + point.mean, keep * weight + 1
        means.append(total / weight)
    return means


def by_column(points: Sequence[Point], at: Callable[[float], int]) -> list[Column]:
    """``points`` (finite, in order) gathered by the column that ``at`` puts their step in."""
    columns: list[Column] = []
    count = 0
    for point in points:
        x = at(point.step)
        if columns and columns[-1].x == x:
            last, count = columns[-1], count + 1
            mean = last.mean + (point.mean - last.mean) / count
            columns[-1] = Column(x, mean, min(last.low, point.low), max(last.high, point.high))
        else:
            columns.append(Column(x, point.mean, point.low, point.high))
            count = 1
    return columns


def _bounded(value: float, otherwise: float = 0.0) -> float:
    return max(-LARGEST, min(LARGEST, value if math.isfinite(value) else otherwise))
