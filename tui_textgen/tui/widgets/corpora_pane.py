"""The library of texts: choose one, look into it, train on it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.pane import Pane


class CorporaPane(Pane):
    """The corpora as a table, with a preview of the chosen one."""

    BORDER_TITLE = "Corpora"
    BINDING_GROUP_TITLE = "Corpora"

    class TrainRequested(Message):
        """Train on these corpora: library names or paths, joined in this order."""

        def __init__(self, corpora: tuple[str, ...]) -> None:
            super().__init__()
            self.corpora = corpora

    def __init__(self, services: Services) -> None:
        super().__init__(id="corpora")
        self._services = services

    def compose(self) -> ComposeResult:
        yield Static("Corpora", markup=False)
