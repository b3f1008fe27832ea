"""A line to type in, over a list of what may be meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.visible import visible_line

T = TypeVar("T")
R = TypeVar("R")


class Offers(ModalScreen[R | None], Generic[T, R]):
    """Asks for one of several things of type T; what is offered follows what is typed. None after Escape."""

    AUTO_FOCUS = "LineInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay"),
        Binding("up", "move(-1)", "Line above", show=False, priority=True),
        Binding("down", "move(1)", "Line below", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Offers { align: center middle; }
    Offers > Vertical {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent; border-title-color: $accent;
    }
    Offers .hint { color: $text-muted; height: auto; }
    Offers OptionList {
        height: auto; max-height: 16; margin: 1 0; border: none; padding: 0; background: transparent;
    }
    Offers.-low OptionList { margin: 0; max-height: 4; }
    """

    def __init__(self, field: LineInput, hint: str) -> None:
        super().__init__()
        self._field, self._hint = field, hint
        self._offers: Sequence[tuple[str, T]] = ()

    def offered(self, typed: str) -> Sequence[tuple[str, T]]:
        """What could be meant, each with its line, the likeliest first."""
        raise NotImplementedError

    def take(self, offer: T) -> None:
        """``offer`` was chosen."""
        raise NotImplementedError

    def take_typed(self, typed: str) -> None:
        """``typed`` was entered, and nothing is offered for it."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._field
            yield OptionList(markup=False, compact=True)
            yield Notice()
            yield Static(self._hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.offer()

    def offer(self) -> None:
        """Show what is offered for what is typed."""
        self._offers = self.offered(self._field.value)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(visible_line(line))) for line, _ in self._offers)
        options.highlighted = 0 if self._offers else None

    def action_move(self, by: int) -> None:
        """Mark another one."""
        options = self.query_one(OptionList)
        if self._offers:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._offers)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Notice).clear()
        self.offer()

    @on(Input.Submitted)
    def _take_marked(self) -> None:
        marked = self.query_one(OptionList).highlighted
        if marked is not None:
            self.take(self._offers[marked][1])
        else:
            self.take_typed(self._field.value.strip())

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.take(self._offers[event.option_index][1])
