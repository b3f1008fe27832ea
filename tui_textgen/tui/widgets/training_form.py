"""The settings of a run about to start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui_textgen.tui.services import Services


class TrainingForm(Vertical):
    """Every setting with its help and bounds, for a run on ``corpora``."""

    BINDING_GROUP_TITLE = "New run"

    class StartRequested(Message):
        """Start a run with these settings; ``name`` None: choose one."""

        def __init__(self, corpora: tuple[str, ...], preset: str, values: Mapping[str, Any], name: str | None) -> None:
            super().__init__()
            self.corpora, self.preset, self.values, self.name = corpora, preset, values, name

    class Cancelled(Message):
        """The form was left without starting a run."""

    def __init__(self, services: Services, corpora: tuple[str, ...]) -> None:
        super().__init__(id="form")
        self._services = services
        self._corpora = corpora

    def compose(self) -> ComposeResult:
        yield Static("New run on " + ", ".join(self._corpora), markup=False)

    def show_error(self, sentence: str) -> None:
        """Show why the run did not start; the form stays as it is."""
