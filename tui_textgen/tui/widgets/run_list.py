"""All runs of this user: open one, resume one, delete one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui_textgen.errors import TextgenError
from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.tui.background import Repeated, in_background, while_open
from tui_textgen.tui.marks import FEWEST, MOST, Look, Marks
from tui_textgen.tui.remembering import remember
from tui_textgen.tui.renderables.run_columns import ORDERS, list_note, matching
from tui_textgen.tui.run_actions import RESUMABLE, why_not
from tui_textgen.tui.screens.question import Question
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.find_line import FindLine
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.no_runs import NoRuns
from tui_textgen.tui.widgets.run_table import RunTable
from tui_textgen.visible import visible_line

LIST_SECONDS = 2.0
ORDER_CHOICE = "runs.order"


class RunList(Vertical, can_focus=True):
    """The table of runs, kept fresh while :attr:`watching`; a part of it, where something is looked for."""

    BINDING_GROUP_TITLE = "Runs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,space", "mark", "Mark", key_display="m", tooltip="Mark the run for comparing, or unmark it"),
        Binding("v", "compare", "Compare", tooltip="Compare the marked runs"),
        Binding("v", "explain_compare", show=False),
        Binding("r", "resume", "Resume", tooltip="Go on from the last checkpoint"),
        Binding("r", "explain('resume')", show=False),
        Binding("d", "delete", "Delete", tooltip="Delete the run"),
        Binding("d", "explain('delete')", show=False),
        Binding("slash", "find", "Find", key_display="/", tooltip="Show the runs with a name, text or state"),
        Binding("o", "next_order", "Order", tooltip="Order the runs by another column"),
        Binding("escape", "show_all", "All", tooltip="Show all runs again"),
    ]
    DEFAULT_CSS = """
    RunList > #run-note { height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $foreground 60%; }
    """

    class Listed(Message):
        """The runs there are now."""

        def __init__(self, runs: Sequence[RunSummary]) -> None:
            super().__init__()
            self.runs = runs

    class Failed(Message):
        """The runs could not be listed; or (``asked``) one of them not deleted, or a choice not remembered."""

        def __init__(self, sentence: str, asked: bool = False) -> None:
            super().__init__()
            self.sentence, self.asked = sentence, asked

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

    class CompareRequested(Message):
        """These runs are to be compared; each is to look as it does in the list."""

        def __init__(self, looks: Mapping[str, Look]) -> None:
            super().__init__()
            self.looks = looks

    def __init__(self, services: Services) -> None:
        super().__init__(id="run-list")
        self._services = services
        self._poll = Repeated(self._list, LIST_SECONDS)
        self._runs: Sequence[RunSummary] = ()
        self._marks = Marks(services.preferences)
        self._chosen_order: str | None = None
        self._hint = ""
        self.watching = True

    def compose(self) -> ComposeResult:
        yield NoRuns()
        yield FindLine(placeholder="find a name, a text or a state")
        yield RunTable(self._services.clock)
        yield Static(Content(""), id="run-note", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self._poll.start)  # the first paint doesn't wait for the store's imports

    def on_unmount(self) -> None:
        self._poll.stop()

    @property
    def first_focus(self) -> Widget:
        """The table, unless there is nothing in it."""
        return table if (table := self.query_one(RunTable)).display else self

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
        self._runs = message.runs
        self._marks.keep({run.name for run in message.runs})
        self._show()
        if message.runs and self.has_focus:
            self.query_one(RunTable).focus()

    def _show(self) -> None:
        """The runs that are looked for, in the order that was chosen."""
        wanted, order = self.query_one(FindLine).value, self._order
        found = sorted(matching(self._runs, wanted), key=ORDERS[order])
        nothing = self.query_one(NoRuns)
        if found:
            nothing.hide()
        else:
            nothing.show_none(wanted if self._runs else "")
        table = self.query_one(RunTable)
        had_focus = table.has_focus
        table.display = bool(found)
        if had_focus:
            self.first_focus.focus()
        table.show(found, self._marks.looks, order)
        self._note()
        self.refresh_bindings()

    @property
    def _order(self) -> str:
        if self._chosen_order is None:
            self._chosen_order = self._services.preferences.get(ORDER_CHOICE, "age")
        return self._chosen_order if self._chosen_order in ORDERS else "age"

    @while_open
    def on_run_list_failed(self, message: Failed) -> None:
        if message.asked:
            self._explain(f"! {message.sentence}")
        else:
            self.query_one(NoRuns).show_error(message.sentence)

    def _note(self) -> None:
        """The last line: what a key has to say until the next one, else how many there are."""
        found = self.query_one(RunTable).row_count
        words = self._hint or list_note(found, len(self._runs), len(self._marks.looks))
        self.query_one("#run-note", Static).update(Content(visible_line(words)))

    def _explain(self, sentence: str) -> None:
        self._hint = sentence
        self._note()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        run = self.query_one(RunTable).current if self.is_mounted else None
        enough = len(self._marks.looks) >= FEWEST
        match action:
            case "resume":
                return run is not None and run.state in RESUMABLE
            case "delete":
                return run is not None and not run.state.live
            case "mark" | "explain":
                return run is not None
            case "compare":
                return enough
            case "explain_compare":
                return run is not None and not enough
            case "find" | "next_order":
                return len(self._runs) > 1 and not self.query_one(FindLine).has_focus
            case "show_all":
                return self.query_one(FindLine).is_open
        return True

    # Marks

    def action_mark(self) -> None:
        run = self.query_one(RunTable).current
        if run is None:
            return
        if self._marks.full and run.name not in self._marks.looks:
            self._explain(f"{MOST} runs are marked, as many as can be compared; unmark one of them with m first.")
            return
        self._marks.toggle(run.name)
        self._hint = ""
        remember(self, self._services.preferences, self._marks.choice)
        self._show()

    def on_run_table_mark_clicked(self) -> None:
        self.action_mark()

    def action_compare(self) -> None:
        self.post_message(self.CompareRequested(self._marks.looks))

    def action_explain_compare(self) -> None:
        self._explain(f"Mark {FEWEST} to {MOST} runs with m, then v compares them.")

    # What is looked for, and the order

    def action_find(self) -> None:
        self.query_one(FindLine).open()
        self.refresh_bindings()

    def on_input_changed(self, event: LineInput.Changed) -> None:
        event.stop()
        self._show()

    def on_find_line_left(self) -> None:
        self.first_focus.focus()
        self.refresh_bindings()

    def action_show_all(self) -> None:
        self.query_one(FindLine).clear_and_leave()
        self._show()

    def action_next_order(self) -> None:
        columns = list(ORDERS)
        self._choose_order(columns[(columns.index(self._order) + 1) % len(columns)])

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        if (column := event.column_key.value) in ORDERS:
            self._choose_order(str(column))

    def _choose_order(self, order: str) -> None:
        self._chosen_order = order
        self._show()
        remember(self, self._services.preferences, {ORDER_CHOICE: order})

    # One run

    def on_data_table_row_highlighted(self) -> None:
        self._hint = ""
        self._note()
        self.refresh_bindings()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if run := self.query_one(RunTable).current:
            self.post_message(self.Chosen(run.name))

    def action_resume(self) -> None:
        if run := self.query_one(RunTable).current:
            self.post_message(self.ResumeRequested(run.name))

    def action_explain(self, refused: str) -> None:
        if run := self.query_one(RunTable).current:
            self._explain(f"{why_not(refused, run.state)} Enter opens it.")

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
            self.post_message(self.Failed(str(error), asked=True))
        self._poll.hurry()
