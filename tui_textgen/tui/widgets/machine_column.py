"""The column beside the chart."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from textual.geometry import Size

from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.renderables.machine import machine_column
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted

REMEMBERED = 120
"""Readings kept for the histories: four minutes of them, as many as a run's snapshot has."""


class MachineColumn(Painted):
    """What the hardware tells, and the learning rate, the gradient and the best loss.

    The trainer's own readings come first, after its end too: it may have been at work on another machine, and knows
    what it has of a GPU. This machine's are shown where there are none.
    """

    def __init__(self) -> None:
        super().__init__(id="machine")
        self._readings: deque[HardwareReading] = deque(maxlen=REMEMBERED)
        self._snapshot: RunSnapshot | None = None

    def show_reading(self, reading: HardwareReading) -> None:
        """Draw one more reading."""
        self._readings.append(reading)
        self.repaint()

    def show(self, snapshot: RunSnapshot) -> None:
        """Draw the numbers of this snapshot."""
        self._snapshot = snapshot
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        snapshot = self._snapshot
        if snapshot is None or not snapshot.hardware:
            return machine_column(self._readings, snapshot, size.width, size.height, "this machine")
        title = "machine" if snapshot.summary.state.live else "machine, when it ended"
        return machine_column(snapshot.hardware, snapshot, size.width, size.height, title)
