"""One run as it learns: what a person looks at while a training goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import LogLine, RunSnapshot, RunState
from tui_textgen.tui.renderables.loss_chart import LossCurves, Reference
from tui_textgen.tui.renderables.rows import ALARM, MUTED
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.loss_chart import LossChart
from tui_textgen.tui.widgets.machine_column import MachineColumn
from tui_textgen.tui.widgets.run_lines import RunLines
from tui_textgen.tui.widgets.run_list import RESUMABLE
from tui_textgen.tui.widgets.sample_view import SampleView
from tui_textgen.visible import visible_line

ROOMY = 92
"""Columns from which the machine has its column beside the chart."""
LOW = 14
"""Rows under which the chart gives way to the sample; the sparkline above stays."""
ASKED = {
    CommandKind.PAUSE: "Asked the trainer to pause.",
    CommandKind.CONTINUE: "Asked the trainer to go on.",
    CommandKind.STOP: "Asked the trainer to stop after a checkpoint.",
    CommandKind.CHECKPOINT: "Asked for a checkpoint.",
    CommandKind.SAMPLE: "Asked for a sample.",
}

BROKEN_OFF = "The trainer ended without a word; press r to go on from the last checkpoint."


class Dashboard(Vertical, can_focus=True):
    """Draws :attr:`snapshot`; asks for what its keys stand for with messages."""

    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "ask('pause')", "Pause", tooltip="Pause"),
        Binding("space", "ask('continue')", "Continue", tooltip="Continue"),
        Binding("r", "resume", "Resume", tooltip="Go on from the last checkpoint"),
        Binding("x", "ask('stop')", "Stop", tooltip="Stop after a checkpoint"),
        Binding("s", "ask('sample')", "Sample", tooltip="Write a sample now"),
        Binding("c", "ask('checkpoint')", "Save", tooltip="Save a checkpoint now"),
        *SampleView.KEYS,
    ]

    class Asked(Message):
        """The trainer is to do something."""

        def __init__(self, kind: CommandKind) -> None:
            super().__init__()
            self.kind = kind

    class ResumeRequested(Message):
        """Training is to go on from the last checkpoint."""

    snapshot: reactive[RunSnapshot | None] = reactive(None, repaint=False)

    def __init__(self, services: Services) -> None:
        super().__init__(id="dashboard")
        self._clock = services.clock
        self._references: Sequence[Reference] = ()
        self._said: str | None = None

    def compose(self) -> ComposeResult:
        yield RunLines(self._clock)
        with Horizontal(id="curves"):
            yield LossChart(id="loss")
            yield MachineColumn()
        yield SampleView()
        yield Static(Content(""), id="message", markup=False)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= ROOMY, "-roomy")
        self.set_class(event.size.height < LOW, "-low")

    def open(self, name: str) -> None:
        """Make room for the run ``name``, of which nothing is known yet."""
        self.snapshot = None
        self._references = ()
        self.query_one(SampleView).reset()
        self.query_one(LossChart).curves = LossCurves()
        self.say(f"Opening {name} …")

    def watch_snapshot(self, before: RunSnapshot | None, snapshot: RunSnapshot | None) -> None:
        if snapshot is None:
            return
        self.query_one(RunLines).show(snapshot)
        self._draw_curves(snapshot)
        self.query_one(MachineColumn).show(snapshot)
        self.query_one(SampleView).show(snapshot)
        self._say_news(before, snapshot)
        if before is None or before.summary.state is not snapshot.summary.state:
            self.refresh_bindings()

    def show_baselines(self, losses: Mapping[str, float]) -> None:
        """Draw what simple means make of the run's text beside its losses, where it is better than guessing."""
        guessing = losses.get("uniform", 0.0)
        self._references = [Reference(name, loss) for name, loss in losses.items() if loss < guessing]
        if self.snapshot:
            self._draw_curves(self.snapshot)

    def _draw_curves(self, snapshot: RunSnapshot) -> None:
        self.query_one(LossChart).curves = LossCurves(
            snapshot.train, snapshot.validation, snapshot.summary.steps, snapshot.distinct, self._references
        )

    def say(self, sentence: str, alarm: bool = False) -> None:
        """Put a sentence into the last line."""
        if sentence != self._said:
            self._said = sentence
            self.query_one("#message", Static).update(Content.styled(visible_line(sentence), ALARM if alarm else MUTED))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "at":
            part, name = parameters[0], str(parameters[1]).partition("(")[0]
            return self.query_one(f"#{part}").check_action(name, ()) if self.is_mounted else False
        state = self.snapshot.summary.state if self.snapshot else None
        working = state in (RunState.RUNNING, RunState.PAUSED)
        if action == "resume":
            return state in RESUMABLE
        if action == "ask":
            return {
                "pause": state is RunState.RUNNING,
                "continue": state is RunState.PAUSED,
                "stop": working or state is RunState.STARTING,
            }.get(str(parameters[0]), working)
        return True

    def action_ask(self, kind: str) -> None:
        command = CommandKind(kind)
        self.say(ASKED[command])
        self.post_message(self.Asked(command))

    def action_resume(self) -> None:
        self.say("Starting the trainer again …")
        self.post_message(self.ResumeRequested())

    async def action_at(self, part: str, action: str) -> None:
        """Do an action of one of the parts: their keys are heard wherever the focus is in the dashboard."""
        await self.app.run_action(action, self.query_one(f"#{part}"))

    def _say_news(self, before: RunSnapshot | None, snapshot: RunSnapshot) -> None:
        """When something happened: the run's message if it has one, else the newest line of its log."""
        if before is not None and _news(before) == _news(snapshot):
            return
        facts, last = snapshot.summary, snapshot.log[-1] if snapshot.log else None
        if facts.message:
            self.say(facts.message, alarm=facts.state in (RunState.FAILED, RunState.INTERRUPTED))
        elif facts.state is RunState.INTERRUPTED:
            self.say(BROKEN_OFF, alarm=True)
        else:
            self.say(last.text if last else "", alarm=_alarming(last))


def _news(snapshot: RunSnapshot) -> tuple[RunState, str | None, tuple[LogLine, ...]]:
    return snapshot.summary.state, snapshot.summary.message, snapshot.log


def _alarming(line: LogLine | None) -> bool:
    return line is not None and line.level in ("warning", "error")
