"""The console: give a model a prime, watch it write."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.pane import Pane


class ConsolePane(Pane):
    """A model, a prime, the settings of sampling, and the passage."""

    BORDER_TITLE = "Console"
    BINDING_GROUP_TITLE = "Console"

    def __init__(self, services: Services) -> None:
        super().__init__(id="console")
        self._services = services

    def compose(self) -> ComposeResult:
        yield Static("Console", markup=False)
