"""The run's own log and its alerts, newest last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_textgen.errors import TextgenError
from tui_textgen.runs.snapshot import LogLine
from tui_textgen.tui.background import in_background
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.renderables.log_lines import log_rows
from tui_textgen.tui.renderables.rows import MUTED

CHOICE = "log"
EMPTY = "Nothing has happened yet: what the trainer says and what needs you is written here."


class LogView(VerticalScroll, can_focus=True):
    """Stays at its end while lines come, unless somebody scrolled up. Hidden or not is remembered."""

    BINDING_GROUP_TITLE = "Log"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("l", "at('log', 'show_or_hide')", "Log", tooltip="Show or hide the log and the alerts"),
    ]
    DEFAULT_CSS = """
    LogView { scrollbar-size-vertical: 1; }
    LogView > Static { height: auto; }
    """

    class Toggled(Message):
        """The log is to be seen, or not."""

        def __init__(self, shown: bool) -> None:
            super().__init__()
            self.shown = shown

    def __init__(self, preferences: Preferences, clock: Callable[[], float]) -> None:
        super().__init__(id="log")
        self._preferences, self._clock = preferences, clock
        self._lines: Sequence[LogLine] = ()
        self._wanted = preferences.get(CHOICE, False)

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(EMPTY, MUTED), markup=False)

    def on_mount(self) -> None:
        self.post_message(self.Toggled(self._wanted))

    def show(self, lines: Sequence[LogLine]) -> None:
        """Draw these lines, oldest first."""
        if lines != self._lines:
            self._lines = lines
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_show_or_hide(self) -> None:
        """Show the log, or hide it."""
        self._wanted = not self._wanted
        self.post_message(self.Toggled(self._wanted))
        in_background(partial(self._remember, self._wanted))

    def _draw(self) -> None:
        at_end = self.scroll_offset.y >= self.max_scroll_y
        rows = log_rows(self._lines, max(1, self.scrollable_content_region.width), self._clock())
        content = Content("\n").join(Content.assemble(*row) for row in rows)
        self.query_one(Static).update(content if rows else Content.styled(EMPTY, MUTED))
        if at_end:
            self.scroll_end(animate=False)

    def _remember(self, shown: bool) -> None:
        try:
            self._preferences.set(CHOICE, shown)
        except TextgenError as error:
            self.app.call_from_thread(self.app.notify, str(error), severity="error", markup=False)
