"""Several runs against each other: their curves in one chart, and below it a table of what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from tui_textgen.tui.background import while_open
from tui_textgen.tui.marks import Look
from tui_textgen.tui.renderables.chart_view import ChartView, Plot
from tui_textgen.tui.renderables.comparison import Compared, comparison_lines, incomparable, overlaid, setting_titles
from tui_textgen.tui.renderables.quantities import counted
from tui_textgen.tui.runs_follower import RunsFollower
from tui_textgen.tui.services import Services, Watch
from tui_textgen.tui.widgets.comparison_table import ComparisonTable
from tui_textgen.tui.widgets.loss_chart import LossChart
from tui_textgen.tui.widgets.news_line import NewsLine
from tui_textgen.tui.widgets.with_parts import WithParts

LOW = 14
"""Rows under which the chart gives way to the table."""


def _chart_keys() -> list[BindingType]:
    """Those of the chart, but for the plots of a single run."""
    return [each for each in LossChart.KEYS if not (isinstance(each, Binding) and "'plot'" in each.action)]


class Comparison(Vertical, WithParts, can_focus=True):
    """Shows the runs of ``looks``, kept up to date while they learn."""

    BINDING_GROUP_TITLE = "Comparison"
    BINDINGS: ClassVar[list[BindingType]] = [*_chart_keys(), *ComparisonTable.KEYS]
    DEFAULT_CSS = """
    Comparison { height: 1fr; }
    Comparison > #comparison-title { height: auto; max-height: 2; }
    Comparison > #loss { height: 1fr; }
    Comparison > ComparisonTable { margin-top: 1; max-height: 40%; }
    .-high Comparison > ComparisonTable { max-height: 45%; }
    .-middling Comparison > ComparisonTable { margin-top: 0; }
    Comparison.-low > #loss { display: none; }
    Comparison.-low > ComparisonTable { max-height: 100%; margin-top: 0; }
    """

    class Chosen(Message):
        """The dashboard of the run ``name`` is to be opened."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, services: Services, looks: Mapping[str, Look]) -> None:
        super().__init__()
        self._services = services
        self._runs = {name: Compared(name, look) for name, look in looks.items()}
        self._unreadable: dict[str, str] = {}
        self._gone: list[str] = []
        self._follower = RunsFollower(list(looks), self._open, self.post_message)

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="comparison-title", markup=False)
        chart = LossChart(self._services.preferences)
        chart.set_reactive(LossChart.view, replace(chart.view, plot=Plot.LOSS))
        yield chart
        yield ComparisonTable()
        yield NewsLine()

    def on_mount(self) -> None:
        self.watch(self.query_one(LossChart), "view", self._view_changed, init=False)
        self.query_one(NewsLine).say("Opening …")
        self._show()
        self._follower.start()

    def on_unmount(self) -> None:
        self._follower.stop()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    def _open(self, name: str) -> Watch:
        setting_titles()  # brings pydantic: here, in the follower's thread, nothing on the screen waits for it
        return self._services.runs.watch(name)

    @while_open
    def on_runs_follower_seen(self, message: RunsFollower.Seen) -> None:
        message.stop()
        message.follower.taken()
        for name, snapshot in message.snapshots.items():
            self._runs[name] = replace(self._runs[name], snapshot=snapshot)
            self._unreadable.pop(name, None)
        for name in message.gone:
            del self._runs[name]
            self._unreadable.pop(name, None)
        self._gone += message.gone
        self._say()
        self._show()

    @while_open
    def on_runs_follower_failed(self, message: RunsFollower.Failed) -> None:
        message.stop()
        self._unreadable[message.name] = message.sentence
        self._say()

    def on_comparison_table_run_chosen(self, message: ComparisonTable.RunChosen) -> None:
        message.stop()
        self.post_message(self.Chosen(message.name))

    def _show(self) -> None:
        runs = list(self._runs.values())
        chart = self.query_one(LossChart)
        chart.curves = overlaid(runs)
        self._show_table(chart.view)
        warning = incomparable(runs)
        words = [("comparing " + counted(len(runs), "run"), "bold"), (f"  ! {warning}" if warning else "", "$warning")]
        self.query_one("#comparison-title", Static).update(Content.assemble(*words))
        self.refresh_bindings()

    def _show_table(self, view: ChartView) -> None:
        runs = list(self._runs.values())
        self.query_one(ComparisonTable).show(runs, comparison_lines(runs, view.unit))

    def _view_changed(self, before: ChartView, view: ChartView) -> None:
        if before.unit is not view.unit:
            self._show_table(view)

    def _say(self) -> None:
        """Which run cannot be read now, or else which ones are no more, or that some are still being opened."""
        line = self.query_one(NewsLine)
        if self._unreadable:
            line.say(next(reversed(self._unreadable.values())), alarm=True)
        elif self._gone:
            left = "Esc goes back to the list." if not self._runs else f"{counted(len(self._runs), 'run')} left."
            line.say(f"Deleted or renamed meanwhile: {', '.join(self._gone)}. {left}")
        elif all(run.snapshot for run in self._runs.values()):
            line.say("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.part_allows(parameters) if action == "at" else True
