"""One run as it learns: what a person looks at while a training goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Key, Resize
from textual.reactive import reactive

from tui_textgen.runs.alert_book import AlertBook
from tui_textgen.runs.snapshot import RunSnapshot, RunState
from tui_textgen.tui.renderables.log_lines import merged, told
from tui_textgen.tui.renderables.loss_chart import LossCurves, Reference
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.log_view import LogView
from tui_textgen.tui.widgets.loss_chart import LossChart
from tui_textgen.tui.widgets.machine_column import MachineColumn
from tui_textgen.tui.widgets.news_line import NewsLine
from tui_textgen.tui.widgets.run_controls import RunControls
from tui_textgen.tui.widgets.run_lines import RunLines
from tui_textgen.tui.widgets.sample_asking import SampleAsking
from tui_textgen.tui.widgets.sample_view import SampleView
from tui_textgen.tui.widgets.with_parts import WithParts

ROOMY = 92
"""Columns from which the machine has its column beside the chart."""
LOW = 14
"""Rows under which the chart gives way to the sample; the sparkline above stays."""
BEHIND_A_SAMPLE = ("loss", "log", "machine")
"""The parts whose keys rest while a sample has the dashboard to itself."""
STARTING = "The trainer is starting; its first steps come in a moment."
TICK_SECONDS = 1.0
"""Ages grow, and a trainer falls silent, without any news from the run."""


class Dashboard(Vertical, WithParts, can_focus=True):
    """Draws :attr:`snapshot`; its parts ask for what their keys stand for with messages."""

    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        *RunControls.KEYS,
        *RunControls.REFUSALS,
        *LossChart.KEYS,
        *SampleView.KEYS,
        *SampleAsking.KEYS,
        *LogView.KEYS,
        *MachineColumn.KEYS,
    ]

    snapshot: reactive[RunSnapshot | None] = reactive(None, repaint=False, always_update=True)

    def __init__(self, services: Services) -> None:
        super().__init__(id="dashboard")
        self._services, self._clock = services, services.clock
        self._book, self._book_of = AlertBook(told), ""
        self._lost = False
        self._references: Sequence[Reference] = ()

    def compose(self) -> ComposeResult:
        yield RunLines(self._clock)
        with Horizontal(id="curves"):
            yield LossChart(self._services.preferences)
            yield MachineColumn(self._services.preferences)
        yield SampleView()
        yield LogView(self._services.preferences, self._clock)
        yield NewsLine()
        yield RunControls(self._services, self.say)
        yield SampleAsking(self._services)

    def on_mount(self) -> None:
        self.set_interval(TICK_SECONDS, self._tick)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= ROOMY, "-roomy")
        self.set_class(event.size.height < LOW, "-low")

    def open(self, name: str) -> None:
        """Make room for the run ``name``, of which nothing is known yet."""
        self.snapshot = None
        self._references = ()
        self.query_one(SampleView).reset()
        self.query_one(LossChart).curves = LossCurves()
        self.query_one(RunLines).show(None)
        self.query_one(RunControls).show(None)
        self.query_one(MachineColumn).show(None)
        self.query_one(SampleAsking).show(None)
        self.query_one(LogView).show(())
        if name == self._book_of:
            self._book.reopen()
        else:
            self._book, self._book_of = AlertBook(told), name
        self.query_one(NewsLine).begin(f"Opening {name} …")

    def lose(self, sentence: str) -> None:
        """Say that the run cannot be read at the moment; what is on the screen is how it was."""
        if not (self.snapshot and self.snapshot.gone):  # then it is known why
            self._lost = True
            self.query_one(RunLines).lose()
            self.query_one(NewsLine).begin(sentence, alarm=True)

    def watch_snapshot(self, snapshot: RunSnapshot | None) -> None:
        if snapshot is None:
            return
        self._lost = False
        self.query_one(RunLines).show(snapshot)
        self.query_one(RunControls).show(snapshot)
        self._draw_curves(snapshot)
        self.query_one(MachineColumn).show(snapshot)
        self.query_one(SampleView).show(snapshot)
        self.query_one(SampleAsking).show(snapshot)
        self._look(snapshot)

    def show_baselines(self, losses: Mapping[str, float]) -> None:
        """Draw what simple means make of the run's text beside its losses, where it is better than guessing."""
        guessing = losses.get("uniform", 0.0)
        self._references = [Reference(name, loss) for name, loss in losses.items() if loss < guessing]
        if self.snapshot:
            self._draw_curves(self.snapshot)

    def _draw_curves(self, snapshot: RunSnapshot) -> None:
        self.query_one(LossChart).curves = LossCurves(
            snapshot.train, snapshot.validation, snapshot.summary.steps, snapshot.distinct, self._references,
            lr=snapshot.lr, grad_norm=snapshot.grad_norm, speed=snapshot.speed,
            steps_per_epoch=snapshot.steps_per_epoch, per=snapshot.summary.per,
        )  # fmt: skip

    def say(self, sentence: str, alarm: bool = False) -> None:
        """Put a sentence into the last line, until there is news."""
        self.query_one(NewsLine).say(sentence, alarm)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "at":
            hidden = parameters[0] in BEHIND_A_SAMPLE and self.has_class("-sample-full")
            return not hidden and self.part_allows(parameters)
        return True

    async def action_at(self, part: str, action: str) -> None:
        if part == "machine" and not self.has_class("-roomy"):
            self.say(f"There is room for the machine's column from {ROOMY} columns on.")
        else:
            await super().action_at(part, action)

    def on_key(self, event: Key) -> None:
        """Any key stops the playing of samples, and does nothing else."""
        if self.query_one(SampleView).stop():
            event.stop()
            event.prevent_default()

    def on_sample_view_full_toggled(self, message: SampleView.FullToggled) -> None:
        self.set_class(message.full, "-sample-full")
        self.refresh_bindings()

    def on_machine_column_toggled(self, message: MachineColumn.Toggled) -> None:
        self.set_class(message.shown, "-machine")

    def on_log_view_toggled(self, message: LogView.Toggled) -> None:
        self.set_class(message.shown, "-log")

    def _tick(self) -> None:
        if self.snapshot and not self.snapshot.gone and not self._lost:
            self.query_one(RunLines).repaint()
            self._look(self.snapshot)

    def _look(self, snapshot: RunSnapshot) -> None:
        """Tell what is new of the run, in the log and in the last line; ring once for what needs a person."""
        new = self._book.look(snapshot, self._clock())
        lines = merged(snapshot.log, self._book.lines)
        self.query_one(LogView).show(lines)
        if snapshot.summary.state is RunState.STARTING:
            self.say(STARTING)
        else:
            self.query_one(NewsLine).tell(lines)
        if new:
            self.app.bell()
