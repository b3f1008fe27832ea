"""How fast a run goes, and when it will be done: from its own seconds, so that what it does between steps is in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tui_textgen.runs.snapshot import Point, Series

WARM_UP = 5
"""Steps that are slower than those to come: memory is taken, kernels are chosen."""
STRETCHES = 5
"""How many of the last stretches of steps tell the pace; the slowest and the fastest don't count."""
SHORTEST = 20
"""Steps in a stretch, at the least."""
SHARE = 0.04
"""Of the steps so far, in a stretch: the last fifth of a run tells how it goes on."""


def seconds_left(
    step: int, steps: int | None, seconds: float, curve: Series = (), validations: int = 0
) -> float | None:
    """What the rest of a run will take, validations, samples and checkpoints included; None while it cannot be told.

    ``seconds`` were spent on ``step`` steps with ``validations`` in between; ``curve`` tells of the recent ones.
    """
    if steps is None or step < WARM_UP or seconds <= 0:
        return None
    rate = pace(curve, step / validations if validations else 0.0) or seconds / step
    left = max(0, steps - step) * rate
    return left if math.isfinite(left) else None


def pace(curve: Series, cycle: float = 0.0) -> float | None:
    """Seconds a step takes of late; ``cycle``: steps from one validation to the next.

    A mean over several stretches of the last steps, each long enough to hold its share of validations. An hour in
    which the machine slept is in one of them, and that one is left out.
    """
    warm = [point for point in curve if point.step > WARM_UP]
    if len(warm) < 2:
        return None
    length = max(SHORTEST, 2 * cycle, SHARE * warm[-1].step)
    rates = sorted(_rates(warm, length))
    middle = rates[1:-1] if len(rates) > 2 else rates
    return sum(middle) / len(middle) if middle and math.isfinite(sum(middle)) and sum(middle) > 0 else None


def steady(speeds: Sequence[float]) -> float | None:
    """What equal steps at these speeds come to (the harmonic mean), without the slowest and the fastest tenth."""
    useful = sorted(speed for speed in speeds if 1e-300 < speed < 1e300)  # what a reciprocal survives
    left_out = len(useful) // 10
    middle = useful[left_out : len(useful) - left_out]
    return len(middle) / sum(1 / speed for speed in middle) if middle else None


def _rates(points: Sequence[Point], length: float) -> Iterator[float]:
    """Seconds a step, for each of the last stretches of ``length`` steps; for what there is where that is less."""
    end = len(points) - 1
    for number in range(STRETCHES):
        start = end
        while start > 0 and points[end].step - points[start].step < length:
            start -= 1
        steps = points[end].step - points[start].step
        if steps <= 0 or (number > 0 and steps < length):
            return
        yield (points[end].seconds - points[start].seconds) / steps
        end = start
