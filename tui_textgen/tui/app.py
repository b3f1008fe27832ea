"""The app: three panes under one header, and the way between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import DescendantFocus
from textual.widgets import Footer

from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.corpora_pane import CorporaPane
from tui_textgen.tui.widgets.header import Header, PaneTab
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.training_pane import TrainingPane

if TYPE_CHECKING:
    from tui_textgen.paths import Home

WIDTHS = [(0, "-narrow"), (80, "-medium"), (110, "-broad"), (180, "-side-by-side")]
HEIGHTS = [(0, "-low"), (20, "-middling"), (30, "-high")]
"""Columns and rows from which the screen has the class; it has one of each."""


class TextgenApp(App[None]):
    """Corpora, training and console; ``run_name`` opens that run, ``pane`` comes to the front first."""

    TITLE = "textgen-tui"
    CSS_PATH = "textgen.tcss"
    BINDING_GROUP_TITLE = "Everywhere"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show_pane('corpora')", "Corpora", show=False),
        Binding("2", "show_pane('training')", "Training", show=False),
        Binding("3", "show_pane('console')", "Console", show=False),
        Binding("question_mark", "keys", "Keys"),
        Binding("q", "leave", "Leave"),
    ]

    def __init__(self, services: Services, run_name: str | None = None, pane: str = "corpora") -> None:
        super().__init__()
        self.services = services
        self._run_name = run_name
        self._first_pane = "training" if run_name else pane

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal(id="panes"):
            yield CorporaPane(self.services)
            yield TrainingPane(self.services, self._run_name)
            yield ConsolePane(self.services)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.action_show_pane(self._first_pane)

    def action_show_pane(self, pane: str) -> None:
        """Bring a pane to the front and give it the keys."""
        self._mark(pane)
        self.query_one(f"#{pane}", Pane).take_focus()

    def _mark(self, pane: str) -> None:
        self.query_one(Header).mark(pane)
        for each in self.query(Pane):
            each.set_class(each.id == pane, "-current")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Pane) and node.id:
                self._mark(node.id)

    def on_pane_tab_chosen(self, message: PaneTab.Chosen) -> None:
        self.action_show_pane(message.pane)

    def on_corpora_pane_train_requested(self, message: CorporaPane.TrainRequested) -> None:
        self.action_show_pane("training")
        self.query_one(TrainingPane).open_form(message.corpora)

    def action_keys(self) -> None:
        """Show the keys that work here."""

    def action_leave(self) -> None:
        """Leave; asks first while a run is live."""
        self.exit()


def run(home: Home, run_name: str | None, mouse: bool) -> None:
    """Open the app on this user's home until it is left; running trainers stay."""
    from tui_textgen.tui.live import live_services

    app = TextgenApp(live_services(home), run_name)
    app.run(mouse=mouse)
