"""The arithmetic of roll-ups: what a stretch of steps measured, in a few numbers.

A bin of level k covers ``width(k)`` steps and is written once, when it is whole: bins are never changed, and dropping
later steps just drops the bins that reach beyond. A reader takes whole bins of a coarse level and, for the steps
behind the last of them, those of ever finer levels down to the steps themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from tui_textgen.runs.schema import CURVES
from tui_textgen.runs.snapshot import Point, Series, StepRecord

FINEST = 8
"""Steps in a bin of level 1. All roll-ups together are then a sixth as many rows as the steps."""
FACTOR = 4
"""How many bins make one of the next level."""
MOST_POINTS = 1000


class Statistic(NamedTuple):
    """The finite ones of some values; with none of them (``size`` 0) the rest is NaN."""

    size: int
    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float) -> Statistic:
        return cls(1, value, value, value) if math.isfinite(value) else NOTHING

    def merged(self, other: Statistic) -> Statistic:
        """The statistic of both sets of values."""
        if not self.size or not other.size:
            return self if self.size else other
        count = self.size + other.size
        mean = self.mean * (self.size / count) + other.mean * (other.size / count)
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Statistic(count, min(max(mean, low), high), low, high)


NOTHING = Statistic(0, math.nan, math.nan, math.nan)


class Bin(NamedTuple):
    """Consecutive steps up to ``step``; one statistic for each of CURVES."""

    step: int
    epoch: float
    seconds: float
    statistics: tuple[Statistic, ...]

    @classmethod
    def of(cls, record: StepRecord) -> Bin:
        values = tuple(Statistic.of(getattr(record, curve)) for curve in CURVES)
        return cls(record.step, record.epoch, record.seconds, values)

    def merged(self, later: Bin) -> Bin:
        pairs = zip(self.statistics, later.statistics, strict=True)
        return Bin(later.step, later.epoch, later.seconds, tuple(mine.merged(theirs) for mine, theirs in pairs))


def width(level: int) -> int:
    """Steps in a bin of ``level``; level 0 is the steps themselves."""
    return FINEST * FACTOR ** (level - 1) if level else 1


class RollUp:
    """The bins that are still open, one a level: a whole one is handed out, and becomes part of the level above."""

    def __init__(self) -> None:
        self._open: dict[int, Bin] = {}

    def add(self, record: StepRecord) -> Iterator[tuple[int, int, Bin]]:
        """Take in a step; yields level, number and content of every bin that it makes whole."""
        yield from self.fold(1, Bin.of(record))

    def copy(self) -> RollUp:
        """One with the same open bins, which go their own ways from now on."""
        copy = RollUp()
        copy._open = dict(self._open)
        return copy

    def open(self, level: int, content: Bin) -> None:
        """Set the open bin of ``level``."""
        self._open[level] = content

    def fold(self, level: int, part: Bin) -> Iterator[tuple[int, int, Bin]]:
        """Take in a whole bin of the level below ``level``."""
        size = width(level)
        held = self._open.pop(level, None)
        if held is not None and held.step // size != part.step // size:  # its last steps are missing
            yield from self._whole(level, held)
            held = None
        grown = held.merged(part) if held else part
        if (part.step + 1) % size == 0:
            yield from self._whole(level, grown)
        else:
            self._open[level] = grown

    def _whole(self, level: int, content: Bin) -> Iterator[tuple[int, int, Bin]]:
        yield level, content.step // width(level), content
        yield from self.fold(level + 1, content)


class Curve:
    """A growing curve of at most MOST_POINTS points: when there are more, the bins double."""

    def __init__(self, width: int = 1) -> None:
        self._width = width
        self._points: list[Point] = []
        self._counts: list[int] = []

    def add(self, step: int, epoch: float, seconds: float, values: Statistic) -> None:
        """Take in later values; a part that holds no finite one is left out."""
        if values.size:
            self._take(Point(step, epoch, seconds, values.mean, values.low, values.high), values.size)
        while len(self._points) > MOST_POINTS:
            self._halve()

    def series(self) -> Series:
        return tuple(self._points)

    def _take(self, point: Point, count: int) -> None:
        values = Statistic(count, point.mean, point.low, point.high)
        if self._points and self._points[-1].step // self._width == point.step // self._width:
            held = self._points.pop()
            values = Statistic(self._counts.pop(), held.mean, held.low, held.high).merged(values)
        self._points.append(Point(point.step, point.epoch, point.seconds, values.mean, values.low, values.high))
        self._counts.append(values.size)

    def _halve(self) -> None:
        parts = list(zip(self._points, self._counts, strict=True))
        self._points, self._counts = [], []
        self._width *= 2
        for point, count in parts:
            self._take(point, count)
