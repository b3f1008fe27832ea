"""Choosing one of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.visible import visible_line

T = TypeVar("T")


class Picker(ModalScreen[T | None]):
    """A list to choose from, ``items`` by their lines; typing narrows it. The result is an item, None after Escape."""

    AUTO_FOCUS = "LineInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay"),
        Binding("up", "move(-1)", "Line above", show=False, priority=True),
        Binding("down", "move(1)", "Line below", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Picker { align: center middle; }
    Picker > Vertical {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent;
    }
    Picker .hint { color: $text-muted; height: auto; }
    Picker OptionList { height: auto; max-height: 16; margin: 1 0; border: none; padding: 0; }
    """

    def __init__(self, items: Sequence[tuple[str, T]], placeholder: str, hint: str) -> None:
        super().__init__()
        self._items, self._placeholder, self._hint = items, placeholder, hint
        self._offered: list[T] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield LineInput(placeholder=self._placeholder)
            yield OptionList(markup=False, compact=True)
            yield Static(self._hint, classes="hint", markup=False)

    def typed(self, text: str) -> T | None:  # noqa: ARG002
        """What ``text``, which is on no line, stands for; None: for nothing."""
        return None

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._offer("")

    def _offer(self, typed: str) -> None:
        wanted = typed.strip().lower()
        found = [(line, item) for line, item in self._items if wanted in line.lower()]
        self._offered = [item for _, item in found]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(visible_line(line))) for line, _ in found)
        options.highlighted = 0 if found else None

    def action_move(self, by: int) -> None:
        """Mark another line."""
        options = self.query_one(OptionList)
        if self._offered:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._offered)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._offer(event.value)

    @on(Input.Submitted)
    def _take_typed(self, event: Input.Submitted) -> None:
        marked = self.query_one(OptionList).highlighted
        if marked is not None:
            self.dismiss(self._offered[marked])
        elif (found := self.typed(event.value.strip())) is not None:
            self.dismiss(found)

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._offered[event.option_index])
