"""A curve in one row of block characters."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """``values`` as at most ``width`` blocks, each the mean of its share; what is not finite leaves a gap."""
    width = min(width, len(values))
    if width <= 0:
        return ""
    means = [_mean(values[index * len(values) // width : (index + 1) * len(values) // width]) for index in range(width)]
    known = [mean for mean in means if mean is not None]
    if not known:
        return " " * width
    low, high = min(known), max(known)
    return "".join(" " if mean is None else _block(mean, low, high) for mean in means)


def gauge_line(values: Sequence[float], width: int, high: float) -> str:
    """The last ``width`` of ``values`` between 0 and ``high``, one block each."""
    recent = values[-width:] if width > 0 else ()
    return "".join(_block(min(max(value, 0.0), high), 0.0, high) if math.isfinite(value) else " " for value in recent)


def history(values: Sequence[float | None], width: int, high: float) -> str:
    """All ``values`` between 0 and ``high``, oldest first, in at most ``width`` blocks: each the mean of equally many,
    the first of what is left. A gap where none is known."""
    if width <= 0 or not values:
        return ""
    share = math.ceil(len(values) / width)
    starts = range(len(values) % share - share if len(values) % share else 0, len(values), share)
    means = (_mean([value for value in values[max(0, at) : at + share] if value is not None]) for at in starts)
    return gauge_line([math.nan if mean is None else mean for mean in means], width, high)


def _mean(values: Sequence[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    mean = sum(value / len(finite) for value in finite)
    return mean if math.isfinite(mean) else None


def _block(value: float, low: float, high: float) -> str:
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return BLOCKS[0]
    return BLOCKS[min(len(BLOCKS) - 1, int((value - low) / span * len(BLOCKS)))]
