"""The line that says what is looked for in a list."""

from __future__ import annotations

from textual.events import Key
from textual.message import Message

from tui_textgen.tui.widgets.line_input import LineInput


class FindLine(LineInput):
    """On the screen while something is looked for; Enter and ↓ lead from it to what was found."""

    DEFAULT_CSS = "FindLine { display: none; } FindLine.-open { display: block; }"

    class Left(Message):
        """The list may have the focus again."""

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def open(self) -> None:
        """Appear, and take the focus."""
        self.add_class("-open")
        self.focus()

    def clear_and_leave(self) -> None:
        """Look for nothing any more."""
        self.value = ""
        self._leave()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        event.stop()
        self._leave()

    def on_key(self, event: Key) -> None:
        if event.key == "down":
            event.stop()
            self._leave()

    def _leave(self) -> None:
        self.set_class(bool(self.value), "-open")
        self.post_message(self.Left())
