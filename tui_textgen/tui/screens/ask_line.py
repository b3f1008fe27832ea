"""One line to type, told at each key what would come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_textgen.errors import InputError
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.visible import visible_line

HINT = "enter takes it; esc stays"


class AskLine(ModalScreen[str | None]):
    """Asks ``sentence``; the result is what was typed, without spaces around it, None after Escape.

    ``outlook`` says what would come of a text, and raises InputError for one that cannot be taken.
    """

    AUTO_FOCUS = "LineInput"
    BINDING_GROUP_TITLE = "Question"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Stay")]
    DEFAULT_CSS = """
    AskLine { align: center middle; }
    AskLine > Vertical {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent; overflow-y: auto;
    }
    AskLine Static { height: auto; }
    AskLine .hint { color: $text-muted; margin-top: 1; }
    """

    def __init__(self, sentence: str, text: str, outlook: Callable[[str], str]) -> None:
        super().__init__()
        self._sentence, self._text, self._outlook = sentence, text, outlook

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(visible_line(self._sentence)), markup=False)
            yield LineInput(self._text)
            yield Notice()
            yield Static(HINT, classes="hint", markup=False)

    @on(Input.Changed)
    def _tell(self, event: Input.Changed) -> None:
        self._usable(event.value)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        if self._usable(event.value):
            self.dismiss(event.value.strip())

    def _usable(self, typed: str) -> bool:
        notice = self.query_one(Notice)
        try:
            notice.say(self._outlook(typed.strip()))
        except InputError as error:
            notice.error(error)
            return False
        return True
