"""The run's own log and its alerts, newest last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tui_textgen.runs.snapshot import LogLine
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.remembering import remember
from tui_textgen.tui.renderables.log_lines import log_rows
from tui_textgen.tui.renderables.rows import MUTED, Row

CHOICE = "log"
EMPTY = "Nothing has happened yet: what the trainer says and what needs you is written here."


class LogText(Widget):
    """The lines, as high as they are at the width there is."""

    DEFAULT_CSS = "LogText { height: auto; min-height: 100%; }"

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(markup=False)
        self._clock = clock
        self._lines: Sequence[LogLine] = ()

    def show(self, lines: Sequence[LogLine]) -> None:
        """Draw these lines."""
        self._lines = lines
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return max(1, len(self._rows(width)))

    def render(self) -> Content:
        if not self._lines:
            return Content.styled(EMPTY, MUTED)
        return Content("\n").join(Content.assemble(*row) for row in self._rows(self.size.width))

    def _rows(self, width: int) -> Sequence[Row]:
        return log_rows(self._lines, max(1, width), self._clock())


class LogView(VerticalScroll, can_focus=True):
    """Stays at its end while lines come, unless somebody scrolled up. Hidden or not is remembered."""

    BINDING_GROUP_TITLE = "Log"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("l", "at('log', 'show_or_hide')", "Log", tooltip="Show or hide the log and the alerts"),
    ]
    DEFAULT_CSS = """
    LogView { scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
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
        yield LogText(self._clock)

    def on_mount(self) -> None:
        self.anchor()
        self.post_message(self.Toggled(self._wanted))

    def show(self, lines: Sequence[LogLine]) -> None:
        """Draw these lines, oldest first."""
        if lines != self._lines:
            self._lines = lines
            self.query_one(LogText).show(lines)

    def action_show_or_hide(self) -> None:
        """Show the log, or hide it."""
        self._wanted = not self._wanted
        self.post_message(self.Toggled(self._wanted))
        remember(self, self._preferences, {CHOICE: self._wanted})
