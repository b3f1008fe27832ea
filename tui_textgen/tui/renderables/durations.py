"""Times as people read them."""

from __future__ import annotations

import math
import time

MINUTE, HOUR, DAY = 60, 3600, 86_400


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


def clock(moment: float, now: float, seconds: bool = False) -> str:
    """The local time of day of ``moment``, with the day where it is not today's; ``seconds`` with those too."""
    try:
        then, today = time.localtime(moment), time.localtime(now)
    except (OverflowError, ValueError, OSError):
        return "–"
    of_day = "%H:%M:%S" if seconds else "%H:%M"
    if then[:3] == today[:3]:
        return time.strftime(of_day, then)
    near = abs(moment - now) < 6 * DAY
    return time.strftime(f"%a {of_day}" if near else f"%d %b {of_day}" if seconds else "%d %b", then)
