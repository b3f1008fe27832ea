"""The app: three panes under one header, and the way between them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import AppFocus, DescendantFocus, Event, InputEvent
from textual.filter import LineFilter
from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.attention import Attention
from tui_textgen.tui.background import Repeated, while_open
from tui_textgen.tui.endings import Endings, ending
from tui_textgen.tui.leaving import Leaving
from tui_textgen.tui.palette import Actions
from tui_textgen.tui.preferences import Choice
from tui_textgen.tui.remembering import NotKept, remember
from tui_textgen.tui.screens.keys import Keys
from tui_textgen.tui.screens.question import Question, leave_question
from tui_textgen.tui.services import Services
from tui_textgen.tui.theme import CHOICES, DARK, theme_for
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.corpora_pane import CorporaPane
from tui_textgen.tui.widgets.header import Header, PaneTab
from tui_textgen.tui.widgets.key_footer import KeyFooter
from tui_textgen.tui.widgets.machine_column import MachineColumn
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.training_pane import LAST_RUN, TrainingPane
from tui_textgen.tui.without_colour import WithoutColour
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.paths import Home

WIDTHS = [(0, "-narrow"), (70, "-medium"), (110, "-broad"), (180, "-side-by-side")]
HEIGHTS = [(0, "-low"), (16, "-middling"), (30, "-high")]
"""Columns and rows from which the screen has the class; it has one of each."""
READING_SECONDS = 2.0
HANG_UP_SECONDS = 2.0
"""What an orderly end may take when the terminal is gone; writing to it can block for ever."""


class TextgenApp(App[None]):
    """Corpora, training and console; ``run_name`` opens that run.

    At first ``pane`` comes to the front, later the one that was there when the app was left.
    """

    TITLE = "textgen-tui"
    CSS_PATH = "textgen.tcss"
    BINDING_GROUP_TITLE = "Everywhere"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    COMMANDS = {Actions}  # noqa: RUF012 (Textual's own way)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show_pane('corpora')", "Corpora", show=False, tooltip="Show the corpora"),
        Binding("2", "show_pane('training')", "Training", show=False, tooltip="Show the trainings"),
        Binding("3", "show_pane('console')", "Console", show=False, tooltip="Show the console"),
        Binding("question_mark", "keys", "Keys", tooltip="This list of keys"),
        Binding("q", "leave", "Leave", tooltip="Leave; trainings go on"),
        Binding("ctrl+c", "notify('q leaves (in a field, Esc comes first); trainings go on.')", show=False),
        Binding(
            "ctrl+g", "command_palette", "Actions", show=False, priority=True, tooltip="Find an action by its name"
        ),
    ]

    class Read(Message):
        """The hardware was read."""

        def __init__(self, reading: HardwareReading) -> None:
            super().__init__()
            self.reading = reading

    def __init__(self, services: Services, run_name: str | None = None, pane: str = "corpora") -> None:
        super().__init__()
        self.services = services
        self._set_theme(services.preferences.get("theme", DARK.name))
        self._attention = Attention()
        self._panes: dict[str, Pane] = {
            "corpora": CorporaPane(services),
            "training": TrainingPane(services, self._attention, run_name),
            "console": ConsolePane(services),
        }
        remembered = services.preferences.get("pane", pane)
        self._front = "training" if run_name else remembered if remembered in self._panes else pane
        self._readings = Repeated(self._read, READING_SECONDS)
        self._endings = Endings(services.runs.summaries, self.post_message)
        self._leaving = Leaving(services.runs, self.post_message)

    def compose(self) -> ComposeResult:
        yield Header()
        yield Horizontal(self._panes[self._front], id="panes")
        yield KeyFooter()

    def on_mount(self) -> None:
        self._mark(self._front)
        self.call_after_refresh(self._complete)
        if not self.is_headless:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up)

    async def _complete(self) -> None:
        """What the first paint need not wait for (it would cost a third more): the other panes, readings, the focus."""
        place = self.query_one("#panes")
        for index, pane in enumerate(self._panes.values()):
            if not pane.is_attached:
                await place.mount(pane, before=index if index < len(place.children) else None)
        self.action_show_pane(self._front)
        self._readings.start()
        self._endings.start()

    def on_unmount(self) -> None:
        self._readings.stop()
        self._endings.stop()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent | AppFocus):
            self._attention.caught()
        await super().on_event(event)

    def on_app_focus(self) -> None:
        """What had the focus may be gone since somebody looked at another window."""
        self.call_after_refresh(self._find_focus)

    def _find_focus(self) -> None:
        if len(self.screen_stack) == 1 and self.focused is None and self._panes[self._front].is_attached:
            self._panes[self._front].take_focus()

    # Panes

    def action_show_pane(self, pane: str) -> None:
        """Bring a pane to the front and give it the keys."""
        self._mark(pane)
        if self._panes[pane].is_attached:
            self._panes[pane].take_focus()

    def _mark(self, pane: str) -> None:
        if pane != self._front:
            self._front = pane
            self.remember("pane", pane)
        self.query_one(Header).mark(pane)
        for name, each in self._panes.items():
            each.set_class(name == pane, "-current")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Pane) and node.id and self.is_running:
                self._mark(node.id)

    def on_pane_tab_chosen(self, message: PaneTab.Chosen) -> None:
        self.action_show_pane(message.pane)

    def on_corpora_pane_train_requested(self, message: CorporaPane.TrainRequested) -> None:
        self.query_one(TrainingPane).open_form(message.text)
        self.action_show_pane("training")

    def on_training_pane_corpus_wanted(self) -> None:
        self.action_show_pane("corpora")

    def on_training_pane_turned(self, message: TrainingPane.Turned) -> None:
        self.remember(LAST_RUN, message.name)

    # Colours, bell and choices

    @property
    def rings(self) -> bool:
        """Whether alerts, and trainings that end, ring the terminal's bell."""
        return self.services.preferences.get("bell", True)

    def bell(self) -> None:
        if self.rings:
            super().bell()

    def choose_bell(self, rings: bool) -> None:
        """Ring, or keep quiet, now and at the next start."""
        self.remember("bell", rings)

    @property
    def may_choose_theme(self) -> bool:
        """Whether the terminal can show more than one theme."""
        return self.theme in CHOICES

    def choose_theme(self, name: str) -> None:
        """Show the colours of this theme, now and at the next start."""
        self._set_theme(name)
        self.remember("theme", name)

    def _set_theme(self, name: str) -> None:
        theme = theme_for(name, self.console.color_system, self.no_color)
        self.register_theme(theme)
        self.theme = theme.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [WithoutColour()] if self.no_color else super().get_line_filters()

    def remember(self, choice: str, value: Choice) -> None:
        """Keep a choice for the next start."""
        remember(self, self.services.preferences, {choice: value})

    @on(NotKept)
    @while_open
    def _tell_not_kept(self, message: NotKept) -> None:
        self.notify(visible_line(str(message.error)), severity="error", markup=False)

    # The machine

    def _read(self) -> None:
        try:
            self.post_message(self.Read(self.services.hardware()))
        except TextgenError as error:
            self.call_from_thread(self.notify, visible_line(str(error)), severity="error", markup=False)
            self._readings.stop()

    @while_open
    def on_textgen_app_read(self, message: Read) -> None:
        self.screen_stack[0].query_one(Header).show_reading(message.reading)
        self.screen_stack[0].query_one(MachineColumn).show_reading(message.reading)

    @while_open
    def on_endings_noticed(self, message: Endings.Noticed) -> None:
        """Tell of trainings that ended out of sight; the open one tells of itself."""
        in_sight = self.screen_stack[0].query_one(TrainingPane).open_run_name
        for run in message.runs:
            if run.name != in_sight:
                finished = run.state is RunState.FINISHED
                words = visible_line(ending(run))
                self.notify(words, severity="information" if finished else "error", markup=False)
                self.bell()

    # Keys and leaving

    def action_keys(self) -> None:
        """Show what the keys do, first those of the place that has the focus."""
        if not isinstance(self.screen, Keys):
            here = self.screen.focused.ancestors_with_self if self.screen.focused else []
            self.push_screen(Keys([*here, self, *self.screen.walk_children()]))

    def action_leave(self) -> None:
        """Leave; ask first while runs are being trained."""
        self._leaving.look()

    @while_open
    def on_leaving_looked(self, message: Leaving.Looked) -> None:
        if not message.live:
            self.exit()
        elif not isinstance(self.screen, Question):
            self.push_screen(leave_question(message.live), partial(self._leave, message.live))

    def _leave(self, live: Sequence[str], answer: str | None) -> None:
        if answer == "l":
            self.exit()
        elif answer == "x":
            self._leaving.stop(live)

    @while_open
    def on_leaving_asked(self, message: Leaving.Asked) -> None:
        """Leave, unless a training goes on that was to stop."""
        for sentence in message.refusals:
            self.notify(visible_line(sentence), severity="error", markup=False)
        if not message.refusals:
            self.exit()

    def _hang_up(self) -> None:
        """The terminal is gone: end in order, or without order where that blocks."""
        end = threading.Timer(HANG_UP_SECONDS, os._exit, (128 + signal.SIGHUP,))
        end.daemon = True
        end.start()
        self.exit(return_code=128 + signal.SIGHUP)


def run(home: Home, run_name: str | None, mouse: bool) -> int:
    """Open the app on this user's home until it is left; trainers go on. The exit status."""
    from tui_textgen.tui.live import live_services

    for fixed in ("COLUMNS", "LINES"):  # where a shell exports them, they would hide the terminal's own size
        os.environ.pop(fixed, None)
    pane = "training" if any(home.runs.glob("*/run.sqlite")) else "corpora"
    with live_services(home) as services:
        app = TextgenApp(services, run_name, pane)
        app.run(mouse=mouse)
    return app.return_code or 0
