"""Whether somebody is at the app: what nobody looks at closely need not be read so often."""

from __future__ import annotations

import time
from collections.abc import Callable

PRESENT_SECONDS = 60.0
"""How long after a key, a click or a move of the mouse somebody counts as being there."""
SOON, LATER = 0.4, 1.0
"""Seconds between two looks at an open run while somebody is there, and else.

Measured on a training of 17 steps a second: a look takes 0.7 ms from its cores, and 13 with drawing what it found.
"""


class Attention:
    """One for the app; any thread may ask."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()

    def caught(self) -> None:
        """Somebody did something."""
        self._last = self._clock()

    def poll_seconds(self) -> float:
        """How long an open run may stay unread now."""
        return SOON if self._clock() - self._last < PRESENT_SECONDS else LATER
