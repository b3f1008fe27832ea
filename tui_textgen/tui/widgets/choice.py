"""A choice among a few words, one line high."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    """Shows ``‹ word ›``; left and right, space or a click take another."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Other choice", show=False),
        Binding("right,space", "turn(1)", "Other choice", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice:focus { background: $surface; color: $text-accent; text-style: bold; }
    """

    value: reactive[str] = reactive("")

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: Choice, value: str) -> None:
            super().__init__()
            self.choice, self.value = choice, value

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(self, options: Sequence[str], value: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self.set_reactive(Choice.value, value)

    def render(self) -> Content:
        return Content(f"‹ {self.value} ›")

    def watch_value(self, value: str) -> None:
        self.post_message(self.Changed(self, value))

    def action_turn(self, by: int) -> None:
        """Take the next word, or the one before; past the end it starts again."""
        at = self._options.index(self.value) if self.value in self._options else 0
        self.value = self._options[(at + by) % len(self._options)]

    def on_click(self, event: Click) -> None:
        self.action_turn(-1 if event.x < 2 else 1)
