"""Training: the list of all runs, the form of a new one, the dashboard of the open one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.errors import TextgenError
from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.commands import Command
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.baseline_reading import BaselineReading
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.run_follower import RunFollower
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.dashboard import Dashboard
from tui_textgen.tui.widgets.machine_column import MachineColumn
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.run_list import RunList
from tui_textgen.tui.widgets.run_table import RunTable
from tui_textgen.tui.widgets.sample_view import SampleView
from tui_textgen.tui.widgets.training_form import TrainingForm

Part = Literal["list", "form", "run"]


class TrainingPane(Pane):
    """Shows one of its parts; its class says which: ``-list``, ``-form``, ``-run``."""

    BORDER_TITLE = "Training"
    BINDING_GROUP_TITLE = "Training"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Runs", tooltip="Back to the list of runs"),
        Binding("n", "new_run", "New", tooltip="Choose a text for a new run"),
    ]

    class CorpusWanted(Message):
        """A text is to be chosen, for a new run."""

    class Launched(Message):
        """A trainer is at work on the run ``name``."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Refused(Message):
        """A run was not started or resumed."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, services: Services, run_name: str | None = None) -> None:
        super().__init__(id="training")
        self._services = services
        self._run_name = run_name
        self._may_attach = run_name is None
        self._follower: RunFollower | None = None
        self._baselines = BaselineReading(services.baselines, self.post_message)
        self._part: Part = "list"

    @property
    def open_run_name(self) -> str | None:
        """The run whose dashboard is open."""
        return self._follower.name if self._follower else None

    def compose(self) -> ComposeResult:
        yield RunList(self._services)
        yield Dashboard(self._services)

    def on_mount(self) -> None:
        self._show("list")
        if self._run_name:
            self.open_run(self._run_name)

    def on_unmount(self) -> None:
        self._stop_following()

    def first_focus(self) -> Widget | None:
        if self._part == "run":
            return self.query_one(Dashboard)
        if self._part == "form":
            return self.query_one(TrainingForm)
        table = self.query_one(RunTable)
        return table if table.display else self.query_one(RunList)

    def back(self) -> None:
        """From the dashboard and from the form to the list."""
        self.close_run()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "new_run":
            return self._part == "list"
        if action == "back":
            return self._part != "list"
        return True

    # The parts

    def open_form(self, text: ChosenText) -> None:
        """Show the settings of a new run on ``text``."""
        self._stop_following()
        self.query(TrainingForm).remove()
        self.mount(TrainingForm(text))
        self._show("form")

    def open_run(self, name: str) -> None:
        """Show the dashboard of the run ``name``, and follow it."""
        self._stop_following()
        self._may_attach = False
        self.query_one(Dashboard).open(name)
        self._follower = RunFollower(name, self._services.runs.watch, self.post_message)
        self.call_after_refresh(self._follower.start)  # the first paint doesn't wait for the store's imports
        self.call_after_refresh(self._baselines.read, name)
        self._show("run")

    def close_run(self) -> None:
        """Show the list again; the run goes on."""
        self._stop_following()
        self._show("list")

    def show_reading(self, reading: HardwareReading) -> None:
        """Draw one more reading of the hardware."""
        self.query_one(MachineColumn).show_reading(reading)

    def _show(self, part: Part) -> None:
        had_focus = self.screen.focused in (self, *self.query("*"))
        self._part = part
        for each in ("list", "form", "run"):
            self.set_class(each == part, f"-{each}")
        self.query_one(RunList).watch_runs(part == "list")
        if part != "form":
            self.query(TrainingForm).remove()
        if had_focus:
            self.call_after_refresh(self.take_focus)
        self.refresh_bindings()

    def _stop_following(self) -> None:
        self._baselines.stop()
        if self._follower:
            self._follower.stop()
            self._follower = None

    # What the parts ask for

    @while_open
    def on_run_list_listed(self, message: RunList.Listed) -> None:
        """At the first look, open the run that is being trained, if it is the only one."""
        live = [run.name for run in message.runs if run.state.live]
        if self._may_attach and len(live) == 1 and self._part == "list":
            self.open_run(live[0])
        self._may_attach = False

    def on_run_list_chosen(self, message: RunList.Chosen) -> None:
        self.open_run(message.name)

    def on_run_list_resume_requested(self, message: RunList.ResumeRequested) -> None:
        self._launch(partial(self._resume, message.name))

    def on_dashboard_resume_requested(self) -> None:
        if self._follower:
            self._launch(partial(self._resume, self._follower.name))

    def on_training_form_start_requested(self, message: TrainingForm.StartRequested) -> None:
        start = self._services.runs.start
        progress = message.starting.progress
        self._launch(partial(start, message.corpora, message.preset, message.values, message.name, progress))

    def on_training_form_cancelled(self) -> None:
        self._show("list")

    def on_dashboard_asked(self, message: Dashboard.Asked) -> None:
        if self._follower:
            self._follower.send(Command(message.kind))

    def on_sample_view_wanted(self, message: SampleView.Wanted) -> None:
        if self._follower:
            self._follower.fetch_sample(message.index)

    def action_new_run(self) -> None:
        self.post_message(self.CorpusWanted())

    # What comes back from threads

    @while_open
    def on_run_follower_seen(self, message: RunFollower.Seen) -> None:
        message.follower.taken()
        if message.follower is self._follower:
            self.query_one(Dashboard).snapshot = message.snapshot

    @while_open
    def on_run_follower_sample_fetched(self, message: RunFollower.SampleFetched) -> None:
        if message.follower is self._follower:
            self.query_one(SampleView).show_fetched(message.index, message.sample)

    @while_open
    def on_run_follower_failed(self, message: RunFollower.Failed) -> None:
        if message.follower is self._follower and message.lost:
            self.query_one(Dashboard).lose(message.sentence)
        elif message.follower is self._follower:
            self.query_one(Dashboard).say(message.sentence, alarm=True)

    @while_open
    def on_baseline_reading_measured(self, message: BaselineReading.Measured) -> None:
        if not self._follower or message.run != self._follower.name:
            return
        if isinstance(message.found, TextgenError):
            self.query_one(Dashboard).say(f"Its baselines are not known: {message.found}", alarm=True)
        else:
            self.query_one(Dashboard).show_baselines(message.found.named())

    @while_open
    def on_training_pane_launched(self, message: Launched) -> None:
        self.open_run(message.name)

    @while_open
    def on_training_pane_refused(self, message: Refused) -> None:
        """Say it where the launch was asked for."""
        if self._part == "form":
            self.query_one(TrainingForm).show_error(message.sentence)
        elif self._part == "run":
            self.query_one(Dashboard).say(message.sentence, alarm=True)
        else:
            self.say(message.sentence)

    def _resume(self, name: str) -> str:
        self._services.runs.resume(name)
        return name

    def _launch(self, job: Callable[[], str]) -> None:
        in_background(partial(self._try_launch, job))

    def _try_launch(self, job: Callable[[], str]) -> None:
        try:
            self.post_message(self.Launched(job()))
        except TextgenError as error:
            self.post_message(self.Refused(str(error)))
