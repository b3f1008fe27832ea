"""Who else was at work while something was measured."""

from __future__ import annotations

import os
import time

import psutil


class Company:
    """Counts from its making on what the machine computed beyond this process and its children that have ended."""

    def __init__(self) -> None:
        self._busy, self._own, self._begun = _busy_seconds(), _own_seconds(), time.monotonic()

    def cores(self) -> float:
        """Cores that others kept busy meanwhile, on average: much above 0, the numbers are theirs too."""
        others = (_busy_seconds() - self._busy) - (_own_seconds() - self._own)
        return max(0.0, others / (time.monotonic() - self._begun))


def _busy_seconds() -> float:
    """Of all cores, since the machine started; what a host took away for other guests counts too."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
