"""The column beside the chart."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.remembering import remember
from tui_textgen.tui.renderables.machine import machine_column
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted

CHOICE = "machine"
REMEMBERED = 120
"""Readings kept for the histories: four minutes of them, as many as a run's snapshot has."""


class MachineColumn(Painted):
    """What the hardware tells, and the learning rate, the gradient and the best loss.

    The trainer's own readings come first, after its end too: it may have been at work on another machine, and knows
    what it has of a GPU. This machine's are shown where there are none. Hidden or not is remembered.
    """

    KEYS: ClassVar[list[BindingType]] = [
        Binding("m", "at('machine', 'show_or_hide')", "Machine", show=False,
                tooltip="Show or hide the column beside the chart"),
    ]  # fmt: skip

    class Toggled(Message):
        """The column is to be seen where there is room for it, or not."""

        def __init__(self, shown: bool) -> None:
            super().__init__()
            self.shown = shown

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(id="machine")
        self._preferences = preferences
        self._wanted = preferences.get(CHOICE, True)
        self._readings: deque[HardwareReading] = deque(maxlen=REMEMBERED)
        self._snapshot: RunSnapshot | None = None

    def on_mount(self) -> None:
        self.post_message(self.Toggled(self._wanted))

    def action_show_or_hide(self) -> None:
        """Give the column's room to the chart, or take it back."""
        self._wanted = not self._wanted
        self.post_message(self.Toggled(self._wanted))
        remember(self, self._preferences, {CHOICE: self._wanted})

    def show_reading(self, reading: HardwareReading) -> None:
        """Draw one more reading."""
        self._readings.append(reading)
        self.repaint()

    def show(self, snapshot: RunSnapshot | None) -> None:
        """Draw the numbers of this snapshot; of a run of which nothing is known yet there are none."""
        self._snapshot = snapshot
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        snapshot = self._snapshot
        if snapshot is None or not snapshot.hardware:
            return machine_column(self._readings, snapshot, size.width, size.height, "this machine")
        title = "machine" if snapshot.summary.state.live else "machine, when it ended"
        return machine_column(snapshot.hardware, snapshot, size.width, size.height, title)
