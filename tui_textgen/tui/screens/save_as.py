"""Where something is to be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.saving import AlreadyThereError
from tui_textgen.tui.typed_path import expanded
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice


class SaveAs(ModalScreen[Path | None]):
    """Asks for a path and saves there; over a file only when Enter is pressed twice. The result is the file.

    ``write(path, overwrite)`` does it, in a thread; it raises AlreadyThereError unless ``overwrite``, and TextgenError.
    """

    AUTO_FOCUS = "LineInput"
    BINDING_GROUP_TITLE = "Save"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Don't save")]
    DEFAULT_CSS = """
    SaveAs { align: center middle; }
    SaveAs > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent;
    }
    SaveAs Static { height: auto; }
    SaveAs .hint { color: $text-muted; }
    """

    class Written(Message):
        """``path`` was saved to, unless there is an ``error``."""

        def __init__(self, path: Path, error: TextgenError | None) -> None:
            super().__init__()
            self.path, self.error = path, error

    def __init__(self, sentence: str, write: Callable[[Path, bool], None], suggestion: Path) -> None:
        super().__init__()
        self._sentence, self._write, self._suggestion = sentence, write, suggestion.absolute()
        self._asked_over: Path | None = None
        self._saving = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._sentence, markup=False)
            yield LineInput(str(self._suggestion))
            yield from self.choices()
            yield Notice()
            yield Static("enter saves; esc stays", classes="hint", markup=False)

    def choices(self) -> Iterable[Widget]:
        """What else can be chosen about the file."""
        return ()

    @on(Input.Submitted)
    def _save(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if typed and not self._saving:
            self._saving = True
            self.query_one(Notice).say("Saving …")
            path = Path(expanded(typed)).absolute()
            in_background(partial(self._try, path, path == self._asked_over))

    def _try(self, path: Path, overwrite: bool) -> None:
        try:
            self._write(path, overwrite)
        except TextgenError as error:
            self.post_message(self.Written(path, error))
        else:
            self.post_message(self.Written(path, None))

    @on(Written)
    @while_open
    def _conclude(self, message: Written) -> None:
        self._saving = False
        if message.error is None:
            self.dismiss(message.path)
        elif isinstance(message.error, AlreadyThereError):
            self._asked_over = message.path
            self.query_one(Notice).error(f"{message.error} Enter again writes over it; or change the name.")
        else:
            self.query_one(Notice).error(message.error)
