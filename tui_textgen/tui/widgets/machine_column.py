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

REMEMBERED = 60
"""Readings kept for the sparkline: two minutes of them."""


class MachineColumn(Painted):
    """What the hardware tells, and the learning rate, the gradient and the best loss.

    While a trainer lives, its own readings come first: it may be at work on another machine, or know a device that
    only its libraries can read.
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
        theirs = snapshot.hardware if snapshot and snapshot.summary.state.live else ()
        return machine_column(theirs or self._readings, snapshot, size.width, size.height)
