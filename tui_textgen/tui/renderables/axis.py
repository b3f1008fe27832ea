"""Where numbers stand along an axis: pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

ENDS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Leading digits that an axis may end with: each is at most 1.5 times the one before."""
TICKS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Maps ``low`` to position 0 and ``high`` to position ``last``; what is outside stays at the edge."""

    low: float
    high: float
    last: int

    def at(self, value: float) -> int:
        """The position of ``value`` (not NaN), rounded."""
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.0
        return round(min(max(share, 0.0), 1.0) * self.last)


def axis_end(reached: float, end: float | None) -> float:
    """Where an axis from 0 ends so that a growing curve fills at least two thirds of it and seldom has to be redrawn.

    Never beyond ``end``, the curve's last value if that is known.
    """
    reached = max(1.0, reached)
    power = 10.0 ** math.floor(math.log10(reached))
    nice = next((digit * power for digit in ENDS if digit * power >= reached), 10 * power)
    return nice if end is None or not end >= reached else min(nice, end)


def tick_step(span: float, most: int) -> float:
    """The smallest round distance that puts at most ``most`` ticks on ``span``."""
    if not (span > 0 and math.isfinite(span)):
        return 1.0
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((digit * power for digit in TICKS if digit * power >= raw * 0.999_999), 10 * power)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``most`` of them."""
    step = tick_step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, min(last, first + 2 * max(1, most)) + 1)]
