"""The curves of an open run, kept up with the rows that join them."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator

from tui_textgen.runs import rows
from tui_textgen.runs.rollup import MOST_POINTS, Bin, Curve, Statistic, width
from tui_textgen.runs.schema import CURVES
from tui_textgen.runs.snapshot import Point, Series, Stretch

MOST_ROWS = 4 * MOST_POINTS
"""Of the level that a run is opened with; the next coarser one would give fewer than 500 points."""

NAMES = {"train_loss": "train", "lr": "lr", "grad_norm": "grad_norm", "chars_per_second": "speed"}
"""What a snapshot calls each of CURVES."""


class Curves:
    """Everything drawn over steps. A run of a million steps opens with a few thousand rows of roll-ups."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        (last,) = connection.execute("SELECT max(step) FROM steps").fetchone()
        self._level = 0
        while (last or 0) > MOST_ROWS * width(self._level):
            self._level += 1
        self._steps = tuple(Curve(width(self._level)) for _ in CURVES)
        self._validation = Curve()
        self._next_step = 0
        self._next_validation = 0
        self._series: dict[str, Series] = {}
        self._changed = True

    def behind(self, connection: sqlite3.Connection) -> bool:
        """Whether so much is new that opening anew is quicker than folding it in."""
        (last,) = connection.execute("SELECT max(step) FROM steps").fetchone()
        return (last or 0) > self._next_step + MOST_ROWS

    def update(self, connection: sqlite3.Connection) -> None:
        """Fold in what is new, from roll-ups as far as they are whole, then from ever finer ones."""
        for level in range(self._level, -1, -1):
            for part in rows.read_bins(connection, level, self._next_step):
                self._add(part)
            whole = rows.last_whole(connection, level) if level else self._next_step
            self._next_step = max(self._next_step, whole)
        self._level = 0  # from now on, steps join one by one
        self._add_validations(connection)

    def series(self) -> dict[str, Series]:
        """By the names of a snapshot."""
        if self._changed:
            curves = zip(NAMES.values(), self._steps, strict=True)
            self._series = {name: curve.series() for name, curve in curves}
            self._series["validation"] = self._validation.series()
            self._changed = False
        return self._series

    def _add(self, part: Bin) -> None:
        for curve, statistic in zip(self._steps, part.statistics, strict=True):
            curve.add(part.step, part.epoch, part.seconds, statistic)
        self._next_step = part.step + 1
        self._changed = True

    def _add_validations(self, connection: sqlite3.Connection) -> None:
        query = "SELECT step, epoch, seconds, loss FROM validations WHERE step >= ? ORDER BY step"
        for step, epoch, seconds, loss in connection.execute(query, (self._next_validation,)):
            self._validation.add(step, rows.number(epoch), rows.number(seconds), Statistic.of(rows.number(loss)))
            self._next_validation = step + 1
            self._changed = True


def read_stretch(connection: sqlite3.Connection, first: int, last: int) -> Stretch:
    """The steps from ``first`` to ``last``, in bins of the finest level that has at most MOST_POINTS for them."""
    first, last = max(0, first), min(last, rows.LATEST)
    level = 0
    while last - first >= MOST_POINTS * width(level):
        level += 1
    bins = list(_finest_bins(connection, level, first, last))
    series = {
        name: tuple(
            Point(part.step, part.epoch, part.seconds, values.mean, values.low, values.high)
            for part in bins
            if (values := part.statistics[index]).size
        )
        for index, name in enumerate(NAMES.values())
    }
    return Stretch(first, last, **series, validation=_validations(connection, first, last))


def _finest_bins(connection: sqlite3.Connection, level: int, first: int, last: int) -> Iterator[Bin]:
    """Whole bins of ``level``, and behind the last of them those of ever finer levels."""
    for finer in range(level, -1, -1):
        yield from rows.read_bins(connection, finer, first, last)
        first = max(first, rows.last_whole(connection, finer))
        if first > last:
            break


def _validations(connection: sqlite3.Connection, first: int, last: int) -> Series:
    query = """SELECT max(step), max(epoch), max(seconds), avg(loss), min(loss), max(loss) FROM validations
        WHERE step BETWEEN ? AND ? GROUP BY (step - ?) / ? ORDER BY step"""
    together = max(1, (last - first) // MOST_POINTS + 1)
    points = (Point(step, *map(rows.number, rest)) for step, *rest in
              connection.execute(query, (first, last, first, together)))  # fmt: skip
    return tuple(point for point in points if math.isfinite(point.mean))
