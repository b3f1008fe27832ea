"""Training: the list of all runs, the form of a new one, the dashboard of the open one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.errors import SettingsError, TextgenError
from tui_textgen.runs.commands import CommandKind
from tui_textgen.tui.attention import Attention
from tui_textgen.tui.background import while_open
from tui_textgen.tui.baseline_reading import BaselineReading
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.launching import Launching
from tui_textgen.tui.marks import Look
from tui_textgen.tui.run_follower import RunFollower
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.comparison import Comparison
from tui_textgen.tui.widgets.dashboard import Dashboard
from tui_textgen.tui.widgets.fork_form import ForkForm
from tui_textgen.tui.widgets.loss_chart import LossChart
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.run_controls import RunControls
from tui_textgen.tui.widgets.run_list import RunList
from tui_textgen.tui.widgets.sample_asking import SampleAsking
from tui_textgen.tui.widgets.sample_view import SampleView
from tui_textgen.tui.widgets.training_form import TrainingForm
from tui_textgen.visible import visible_line

Part = Literal["list", "form", "run", "compare"]
LAST_RUN = "run"
"""The choice that keeps which run is open."""


class TrainingPane(Pane):
    """Shows one of its parts; its class says which: ``-list``, ``-form``, ``-run``, ``-compare``."""

    BORDER_TITLE = "Training"
    BINDING_GROUP_TITLE = "Training"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Runs", tooltip="Back to the list of runs"),
        Binding("n", "new_run", "New", tooltip="Choose a text for a new run"),
    ]

    class CorpusWanted(Message):
        """A text is to be chosen, for a new run."""

    class Turned(Message):
        """The run ``name`` is open now; none if it is empty."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, services: Services, attention: Attention, run_name: str | None = None) -> None:
        super().__init__(id="training")
        self._services, self._attention = services, attention
        self._run_name = run_name
        self._may_attach = run_name is None
        self._follower: RunFollower | None = None
        self._launching = Launching(services.runs, self.post_message)
        self._baselines = BaselineReading(services.baselines, self.post_message)
        self._part: Part = "list"
        self._form: TrainingForm | None = None

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
            return self._form
        if self._part == "compare":
            return self.query(Comparison).last()
        return self.query_one(RunList).first_focus

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
        self._open(TrainingForm(text, self._services))

    def _open(self, form: TrainingForm) -> None:
        self._stop_following()
        self.query(TrainingForm).remove()
        self._form = form
        self.mount(form)
        self._show("form")

    def open_run(self, name: str) -> None:
        """Show the dashboard of the run ``name``, and follow it."""
        self._stop_following()
        self._may_attach = False
        self.query_one(Dashboard).open(name)
        self._follower = RunFollower(name, self._services.runs.watch, self.post_message, self._attention.poll_seconds)
        self.call_after_refresh(self._follower.start)  # the first paint doesn't wait for the store's imports
        self.call_after_refresh(self._baselines.read, name)
        self._show("run")
        self.post_message(self.Turned(name))

    def open_comparison(self, looks: Mapping[str, Look]) -> None:
        """Show these runs against each other."""
        self._stop_following()
        self._may_attach = False
        self.query(Comparison).remove()
        self.mount(Comparison(self._services, looks))
        self._show("compare")

    def close_run(self) -> None:
        """Show the list again; the run goes on."""
        self._stop_following()
        self._show("list")
        self.post_message(self.Turned(""))

    def _show(self, part: Part) -> None:
        had_focus = self.screen.focused in (self, *self.query("*"))
        self._part = part
        self._launching = Launching(self._services.runs, self.post_message)  # of what is shown now
        for each in ("list", "form", "run", "compare"):
            self.set_class(each == part, f"-{each}")
        self.query_one(RunList).watch_runs(part == "list")
        if part != "form":
            self.query(TrainingForm).remove()
        if part != "compare":
            self.query(Comparison).remove()
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
        """At the first look, open the run that was open when the app was left, or the only one that is trained."""
        live = [run.name for run in message.runs if run.state.live]
        last = [run.name for run in message.runs if run.name == self._services.preferences.get(LAST_RUN, "")]
        wanted = last or (live if len(live) == 1 else [])
        if self._may_attach and wanted and self._part == "list":
            self.open_run(wanted[0])
        self._may_attach = False

    def on_run_list_chosen(self, message: RunList.Chosen | Comparison.Chosen) -> None:
        self.open_run(message.name)

    on_comparison_chosen = on_run_list_chosen

    def on_run_list_compare_requested(self, message: RunList.CompareRequested) -> None:
        self.open_comparison(message.looks)

    def on_run_list_resume_requested(self, message: RunList.ResumeRequested) -> None:
        self._launching.resume(message.name)

    def on_run_controls_resume_requested(self, message: RunControls.ResumeRequested) -> None:
        if self._follower:
            self._launching.resume(self._follower.name, message.epochs)

    def on_run_controls_asked(self, message: RunControls.Asked | SampleAsking.Asked) -> None:
        if self._follower:
            self._follower.send(message.command)
            if message.command.kind is CommandKind.SAMPLE:
                self.query_one(SampleView).expect_asked()

    on_sample_asking_asked = on_run_controls_asked

    def on_run_controls_fork_wanted(self, message: RunControls.ForkWanted) -> None:
        try:
            self._open(ForkForm(message.snapshot))
        except SettingsError as error:  # of another version's run
            self.query_one(Dashboard).say(f"Its settings are not of this version: {error}", alarm=True)

    @while_open
    def on_run_controls_renamed(self, message: RunControls.Renamed) -> None:
        if message.before == self.open_run_name:
            self.open_run(message.name)

    @while_open
    def on_run_controls_deleted(self, message: RunControls.Deleted) -> None:
        if message.name == self.open_run_name:
            self.close_run()

    def on_fork_form_fork_requested(self, message: ForkForm.ForkRequested) -> None:
        self._launching.fork(message.source, message.values, message.name, message.best)

    def on_training_form_start_requested(self, message: TrainingForm.StartRequested) -> None:
        self._launching.start(
            message.corpora, message.preset, message.values, message.name, message.starting.progress, message.init_from
        )

    def on_training_form_cancelled(self) -> None:
        """Back to where the form was opened from."""
        if isinstance(self._form, ForkForm):
            self.open_run(self._form.source)
        else:
            self._show("list")
            self.post_message(self.CorpusWanted())

    def on_sample_view_wanted(self, message: SampleView.Wanted) -> None:
        if self._follower:
            self._follower.fetch_sample(message.index)

    def on_loss_chart_stretch_wanted(self, message: LossChart.StretchWanted) -> None:
        if self._follower:
            self._follower.fetch_stretch(message.first, message.last)

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
    def on_run_follower_stretch_fetched(self, message: RunFollower.StretchFetched) -> None:
        if message.follower is self._follower:
            self.query_one(LossChart).show_stretch(message.stretch)

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
    def on_launching_launched(self, message: Launching.Launched) -> None:
        """Open the run, unless somebody has gone on to something else."""
        if message.launching is self._launching:
            self.open_run(message.name)
        else:
            self.app.notify(f"{visible_line(message.name)} is being trained.", markup=False)

    @while_open
    def on_launching_refused(self, message: Launching.Refused) -> None:
        """Say it where the launch was asked for, if that is still to be seen."""
        here = self._part if message.launching is self._launching else None
        if here == "form" and self._form:
            self._form.show_error(message.sentence)
        elif here == "run":
            self.query_one(Dashboard).say(message.sentence, alarm=True)
        else:
            self.say(message.sentence)
