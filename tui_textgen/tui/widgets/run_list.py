"""All runs of this user: open one, resume one, delete one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Static

from tui_textgen.errors import TextgenError
from tui_textgen.runs.snapshot import RunState, RunSummary
from tui_textgen.tui.background import Repeated, in_background, while_open
from tui_textgen.tui.renderables.rows import ALARM, LIVE, MUTED
from tui_textgen.tui.screens.question import Question
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.run_table import RunTable
from tui_textgen.visible import visible_line

LIST_SECONDS = 2.0
RESUMABLE = (RunState.INTERRUPTED, RunState.STOPPED, RunState.FAILED)
NO_RUNS = Content.assemble(
    ("No runs yet.\n\n", "bold"),
    "Press ", ("1", f"bold {LIVE}"), ", choose a text and press ", ("Enter", f"bold {LIVE}"),
    ": its training opens here.\n\n",
    ("A training goes on when you leave, and when the line drops; it is listed here when you come back.",
     MUTED),
)  # fmt: skip


class RunList(Vertical, can_focus=True):
    """The table of runs, kept fresh while :attr:`watching`."""

    BINDING_GROUP_TITLE = "Runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resume", "Resume", tooltip="Go on from the last checkpoint"),
        Binding("d", "delete", "Delete", tooltip="Delete the run"),
    ]

    class Listed(Message):
        """The runs there are now."""

        def __init__(self, runs: Sequence[RunSummary]) -> None:
            super().__init__()
            self.runs = runs

    class Failed(Message):
        """The runs could not be listed, or one of them not deleted."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class Chosen(Message):
        """The run ``name`` is to be opened."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class ResumeRequested(Message):
        """The run ``name`` is to go on from its last checkpoint."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, services: Services) -> None:
        super().__init__(id="run-list")
        self._services = services
        self._poll = Repeated(self._list, LIST_SECONDS)
        self.watching = True

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Looking for runs …", MUTED), id="no-runs", markup=False)
        yield RunTable(self._services.clock)

    def on_mount(self) -> None:
        self.call_after_refresh(self._poll.start)  # the first paint doesn't wait for the store's imports

    def on_unmount(self) -> None:
        self._poll.stop()

    def watch_runs(self, watching: bool) -> None:
        """Keep the list fresh, or leave it as it is."""
        self.watching = watching
        if watching:
            self._poll.hurry()

    def _list(self) -> None:
        if not self.watching:
            return
        try:
            self.post_message(self.Listed(self._services.runs.summaries()))
        except TextgenError as error:
            self.post_message(self.Failed(str(error)))

    @while_open
    def on_run_list_listed(self, message: Listed) -> None:
        self._say(NO_RUNS if not message.runs else None)
        table = self.query_one(RunTable)
        table.show(message.runs)
        table.display = bool(message.runs)
        if message.runs and self.has_focus:
            table.focus()
        self.refresh_bindings()

    @while_open
    def on_run_list_failed(self, message: Failed) -> None:
        self._say(Content.styled(visible_line(message.sentence), ALARM))

    def _say(self, words: Content | None) -> None:
        place = self.query_one("#no-runs", Static)
        place.display = words is not None
        if words is not None:
            place.update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        run = self.query_one(RunTable).current if self.is_mounted else None
        if action == "resume":
            return run is not None and run.state in RESUMABLE
        if action == "delete":
            return run is not None and not run.state.live
        return True

    def on_data_table_row_highlighted(self) -> None:
        self.refresh_bindings()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if run := self.query_one(RunTable).current:
            self.post_message(self.Chosen(run.name))

    def action_resume(self) -> None:
        if run := self.query_one(RunTable).current:
            self.post_message(self.ResumeRequested(run.name))

    def action_delete(self) -> None:
        if run := self.query_one(RunTable).current:
            question = Question(f"Delete the run {run.name}, its samples and its checkpoints?", {"d": "delete it"})
            self.app.push_screen(question, partial(self._delete_if, run.name))

    def _delete_if(self, name: str, answer: str | None) -> None:
        if answer == "d":
            in_background(partial(self._delete, name))

    def _delete(self, name: str) -> None:
        try:
            self._services.runs.delete(name)
        except TextgenError as error:
            self.post_message(self.Failed(str(error)))
        self._poll.hurry()
