"""The alerts of one run as somebody watches it: each occurrence once."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from tui_textgen.runs.alerts import Alert, Kind, alerts, end_of
from tui_textgen.runs.snapshot import LogLine, RunSnapshot

CALM_SECONDS = 60.0
"""What has not been the case for so long is new when it comes back: a temperature goes up and down about its limit."""
LINES = 200
"""Kept of what comes up again and again, for as long as somebody watches: weeks, it may be."""


class AlertBook:
    """Knows which alerts were there before, and keeps a line for each, with the time it was noticed."""

    def __init__(self, told: Callable[[Alert], str] = lambda alert: alert.text) -> None:
        """``told`` makes an alert's sentence."""
        self._told = told
        self._lines: deque[LogLine] = deque(maxlen=LINES)
        self._last_seen: dict[tuple[Kind, object], float] = {}
        self._opened = False

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """One for each of the last occurrences, in the order they were noticed; the level is the alert's."""
        return tuple(self._lines)

    def reopen(self) -> None:
        """Keep what is written; what is the case at the next look is not new."""
        self._opened = False

    def look(self, snapshot: RunSnapshot, now: float) -> list[Alert]:
        """Note what is the case; returns what has come up since the last look, nothing at the first."""
        found = alerts(snapshot, now)
        new = [alert for alert in found if now - self._last_seen.get(alert.key, -math.inf) > CALM_SECONDS]
        recent = {key: seen for key, seen in self._last_seen.items() if now - seen <= CALM_SECONDS}
        self._last_seen = recent | {alert.key: now for alert in found}
        moment = now if snapshot.summary.state.live else end_of(snapshot, now)
        self._lines += [LogLine(moment, alert.level, self._told(alert)) for alert in new]
        before, self._opened = self._opened, True
        return new if before else []
