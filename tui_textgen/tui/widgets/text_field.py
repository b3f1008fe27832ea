"""A label and a line to type in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tui_textgen.tui.widgets.line_input import LineInput


class TextField(Horizontal):
    """One line high: the label, a sign where the typing goes on, the input."""

    DEFAULT_CSS = """
    TextField { height: 1; width: 1fr; }
    TextField > .label { width: auto; padding-right: 1; color: $text-muted; }
    TextField:focus-within { color: $foreground; } /* without a rule of its own the label is not restyled */
    TextField:focus-within > .label { color: $text-accent; text-style: bold; }
    TextField > Input { width: 1fr; }
    """

    def __init__(self, label: str, field: LineInput, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self._input = field

    def compose(self) -> ComposeResult:
        yield Static(f"{self._label} ▸", classes="label", markup=False)
        yield self._input

    @property
    def value(self) -> str:
        return self._input.value

    @value.setter
    def value(self, value: str) -> None:
        self._input.value = value
        self._input.cursor_position = len(value)

    def focus(self, scroll_visible: bool = True) -> TextField:
        self._input.focus(scroll_visible)
        return self
