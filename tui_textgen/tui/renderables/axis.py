"""Where numbers stand along an axis: pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

ENDS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Leading digits that an axis may end with: each is at most 1.5 times the one before."""
TICKS = (1.0, 2.0, 2.5, 5.0, 10.0)
LOG_TICKS = ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,))
"""Leading digits of the ticks of a logarithmic axis, from dense to sparse."""
CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
"""Round distances in seconds, up to a day."""
DAY = 86_400
SMALLEST = 1e-12
"""What is not above zero stands at the lower end of a logarithmic axis."""


@dataclass(frozen=True)
class Scale:
    """Maps ``low`` to position 0 and ``high`` to position ``last``; what is outside stays at the edge."""

    low: float
    high: float
    last: int
    log: bool = False

    def at(self, value: float) -> int:
        """The position of ``value`` (not NaN), rounded."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = _logarithm(low), _logarithm(high), _logarithm(value)
        if value >= high:
            return self.last if high > low else 0
        return round((value - low) / (high - low) * self.last) if value > low else 0


def _logarithm(value: float) -> float:
    return math.log10(max(value, SMALLEST))


def axis_end(reached: float, end: float | None, least: float = 1.0) -> float:
    """Where an axis from 0 ends so that a growing curve fills at least two thirds of it and seldom has to be redrawn.

    Never beyond ``end``, the curve's last value if that is known; ``least`` (> 0) is as short as it gets.
    """
    reached = max(least, reached)
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
    return _multiples(tick_step(high - low, most), low, high, most)


def clock_ticks(low: float, high: float, most: int) -> list[float]:
    """Round times from ``low`` to ``high`` (seconds), about ``most`` of them."""
    raw = (high - low) / max(1, most)
    step = next((each for each in CLOCK_STEPS if each >= raw), None)
    return _multiples(step or DAY * tick_step((high - low) / DAY, most), low, high, most)


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers for a logarithmic axis, at most ``most``; evenly spaced ones where its ends are near each other."""
    if not 0 < low < high:
        return []
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    for digits in LOG_TICKS:
        marks = [mark for power in powers for digit in digits if low <= (mark := digit * 10.0**power) <= high]
        if len(marks) <= max(2, most):
            return marks if len(marks) > 1 else ticks(low, high, most)
    every = -(-len(powers) // max(1, most))
    return [10.0**power for power in powers[::every] if low <= 10.0**power <= high]


def log_floor(value: float) -> float:
    """The largest number with one of the leading digits of LOG_TICKS that is not above ``value`` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return max((digit * power for digit in LOG_TICKS[0] if digit * power <= value * 1.000_001), default=power)


def log_ceiling(value: float) -> float:
    """The smallest such number that is not below ``value`` (> 0)."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((digit * power for digit in (*LOG_TICKS[0], 10) if digit * power >= value * 0.999_999), default=value)


def _multiples(step: float, low: float, high: float, most: int) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, min(last, first + 2 * max(1, most)) + 1)]
