"""Where a text is to be saved."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_textgen.errors import InputError
from tui_textgen.tui.saving import AlreadyThereError, save_text
from tui_textgen.tui.typed_path import expanded
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice


class SaveAs(ModalScreen[Path | None]):
    """Asks for a path and saves there; over a file only when Enter is pressed twice. The result is the file."""

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
    """

    def __init__(self, text: str, suggestion: Path) -> None:
        super().__init__()
        self._text, self._suggestion = text, suggestion
        self._asked_over: Path | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("Save the passage to a file:", markup=False)
            yield LineInput(str(self._suggestion))
            yield Notice()

    @on(Input.Submitted)
    def _save(self, event: Input.Submitted) -> None:
        if not (typed := event.value.strip()):
            return
        path = Path(expanded(typed)).absolute()
        try:
            save_text(path, self._text, overwrite=path == self._asked_over)
        except AlreadyThereError as error:
            self._asked_over = path
            self.query_one(Notice).error(f"{error} Enter again writes over it; or change the name.")
        except InputError as error:
            self.query_one(Notice).error(error)
        else:
            self.dismiss(path)
