"""Runs: the list of all, the form of a new one, the dashboard of the open one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.pane import Pane


class TrainingPane(Pane):
    """Shows one of list, form and dashboard."""

    BORDER_TITLE = "Training"
    BINDING_GROUP_TITLE = "Training"

    def __init__(self, services: Services, run_name: str | None = None) -> None:
        super().__init__(id="training")
        self._services = services
        self._run_name = run_name

    def compose(self) -> ComposeResult:
        yield Static("Training", markup=False)

    def open_form(self, corpora: tuple[str, ...]) -> None:
        """Show the settings of a new run on ``corpora``."""

    def open_run(self, name: str) -> None:
        """Show the dashboard of the run ``name``."""
