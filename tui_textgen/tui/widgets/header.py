"""The top line: the panes and the machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from tui_textgen.hardware import HardwareReading
from tui_textgen.tui.renderables.machine import machine_line
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted


class PaneTab(Static):
    """One pane's number and name; a click shows the pane."""

    class Chosen(Message):
        """A click on the tab of ``pane``."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, number: int, pane: str) -> None:
        super().__init__(f"{number} {pane.capitalize()}", markup=False, id=f"tab-{pane}", classes="tab")
        self.pane = pane

    def on_click(self) -> None:
        self.post_message(self.Chosen(self.pane))


class MachineLine(Painted):
    """The newest reading in a few words."""

    def __init__(self) -> None:
        super().__init__(id="machine-line")
        self._reading: HardwareReading | None = None

    def show_reading(self, reading: HardwareReading) -> None:
        self._reading = reading
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        return [machine_line(self._reading, size.width)]


class Header(Horizontal):
    """The app's name, its panes, and on the right one line about the machine."""

    PANES: ClassVar[tuple[str, ...]] = ("corpora", "training", "console")

    def compose(self) -> ComposeResult:
        yield Static("textgen-tui", markup=False, id="app-name")
        for number, pane in enumerate(self.PANES, start=1):
            yield PaneTab(number, pane)
        yield MachineLine()

    def mark(self, current: str) -> None:
        """Show ``current`` as the pane at the front."""
        for tab in self.query(PaneTab):
            tab.set_class(tab.pane == current, "-current")

    def show_reading(self, reading: HardwareReading) -> None:
        """Say how the machine is doing."""
        self.query_one(MachineLine).show_reading(reading)
