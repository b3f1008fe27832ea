"""What two curves say about a training: whether it falls apart, whether it learns its text by heart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean, median
from typing import NamedTuple

from tui_textgen.runs.snapshot import Point, Series

STRETCH_STEPS = 20
STRETCH_SHARE = 0.02
"""The last steps whose median is the loss by now: so many, or that share of all. A spike is shorter than half of it."""
FEWEST_POINTS = 5
LOST_SHARE = 0.25
LOST_NATS = 0.3
"""A training diverges once it has lost that share of what it had learned, and that many nats per character."""

PATIENCE = 3
"""Validations in a row that must be worse than the best one."""
WORSE = 0.003
"""By how much of the best loss the middle one of them must be worse; validations at rest differ by less."""
OLD_ENOUGH = 0.05
"""Share of the steps since the best validation; a few close ones tell little."""


class Divergence(NamedTuple):
    """Median training losses, nats per character."""

    loss: float
    best: float


def divergence(train: Series, distinct: int | None) -> Divergence | None:
    """How far the training loss is above its best, if that is far: medians of stretches, so that no spike counts.

    What was learned is counted from the loss of guessing among ``distinct`` characters.
    """
    medians = list(_medians(train))
    if len(medians) < 2:
        return None
    now, best = medians[0], min(medians[1:])
    learned = math.log(distinct) - best if distinct else 0.0
    return Divergence(now, best) if now - best > max(LOST_NATS, LOST_SHARE * learned) else None


def overfitting(train: Series, validation: Series) -> Point | None:
    """The best validation, if those after it rose while the training loss fell: from there on it learns by heart."""
    losses = [point for point in validation if math.isfinite(point.mean)]
    if not losses:
        return None
    best = min(losses, key=lambda point: point.mean)
    after = [point for point in losses if point.step > best.step][-PATIENCE:]
    if len(after) < PATIENCE or after[-1].step - best.step < OLD_ENOUGH * after[-1].step:
        return None
    # The last one rose still: losses that came down again from a bump are on their way to a new best.
    rose = median(point.mean for point in after) > best.mean * (1 + WORSE) and after[-1].mean >= after[0].mean
    return best if rose and _falls([point for point in train if point.step > best.step]) else None


def _medians(train: Series) -> Iterator[float]:
    """The median loss of each stretch of steps, the last stretch first."""
    if not train:
        return
    steps = max(STRETCH_STEPS, STRETCH_SHARE * train[-1].step)
    size = sum(point.step > train[-1].step - steps for point in train)
    if size < FEWEST_POINTS:
        return
    for end in range(len(train), size - 1, -size):
        yield median(point.mean for point in train[end - size : end])


def _falls(points: Sequence[Point]) -> bool:
    """Whether the later half is lower than the earlier one."""
    half = len(points) // 2
    return half > 0 and fmean(point.mean for point in points[half:]) < fmean(point.mean for point in points[:half])
