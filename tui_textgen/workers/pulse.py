"""What a trainer does some times a second between two steps, pauses included."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from tui_textgen.hardware import HardwareReader
from tui_textgen.runs.commands import Command
from tui_textgen.runs.store import RunStore

COMMIT_SECONDS = 0.25
HARDWARE_SECONDS = 2.0


class Pulse:
    """Commits what is queued, reads the hardware, and answers what was asked: by ``signals`` and in the store.

    ``keep`` is called as often as the hardware is read: it sees to it that the run stays the trainer's.
    """

    def __init__(
        self,
        store: RunStore,
        hardware: HardwareReader,
        signals: Callable[[], Sequence[Command]],
        keep: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._hardware = hardware
        self._signals = signals
        self._keep = keep
        self._clock = clock
        self._committed_at = self._read_at = -float("inf")

    def __call__(self) -> list[Command]:
        now = self._clock()
        if now - self._read_at >= HARDWARE_SECONDS:
            self._keep()
            self._store.add_hardware(self._hardware.read())
            self._read_at = now
        if now - self._committed_at >= COMMIT_SECONDS:
            self._store.commit()
            self._committed_at = now
        return [*self._signals(), *self._store.commands()]
