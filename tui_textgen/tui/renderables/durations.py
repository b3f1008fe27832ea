"""Times as people read them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from tui_textgen.runs.snapshot import Point

MINUTE, HOUR, DAY = 60, 3600, 86_400
ENOUGH_STEPS = 5
"""The first steps are slower than those to come."""
RECENT = 0.2
"""Share of the last steps that tells how fast the next ones will go."""


def duration(seconds: float | None) -> str:
    """``0:07``, ``4:12``, ``1:04:12``, ``3 d 04 h``; ``–`` where it is not known."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return "–"
    whole = int(seconds)
    if whole >= 2 * DAY:
        return f"{whole // DAY} d {whole % DAY // HOUR:02} h"
    hours, minutes = whole // HOUR, whole % HOUR // MINUTE
    return f"{hours}:{minutes:02}:{whole % MINUTE:02}" if hours else f"{minutes}:{whole % MINUTE:02}"


def ago(seconds: float | None) -> str:
    """How long since, in one unit: ``5 s``, ``3 min``, ``2 h``, ``4 d``; seconds in steps of 5, to keep still."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole - whole % 5} s"
    for unit, name, limit in ((MINUTE, "min", HOUR), (HOUR, "h", 2 * DAY)):
        if whole < limit:
            return f"{whole // unit} {name}"
    return f"{whole // DAY} d"


def clock(moment: float, now: float) -> str:
    """The local time of day of ``moment``, with the day where it is not today's."""
    try:
        then, today = time.localtime(moment), time.localtime(now)
    except (OverflowError, ValueError, OSError):
        return "–"
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%a %H:%M" if moment - now < 6 * DAY else "%d %b", then)


def seconds_left(step: int, steps: int | None, seconds: float, curve: Sequence[Point] = ()) -> float | None:
    """What the rest of a run will take, at the speed of its recent steps; None while that cannot be told.

    ``seconds`` were spent on ``step`` steps; ``curve`` tells of the recent ones.
    """
    if steps is None or step < ENOUGH_STEPS or seconds <= 0:
        return None
    rate = seconds / step
    if len(curve) > 1:
        last = curve[-1]
        first = next(point for point in curve if point.step >= last.step * (1 - RECENT))
        if last.step > first.step and last.seconds > first.seconds:
            rate = (last.seconds - first.seconds) / (last.step - first.step)
    left = max(0, steps - step) * rate
    return left if math.isfinite(left) else None
