"""The command lines that write the passages on the screen again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_textgen.tui.clipboard import COPIED, copy
from tui_textgen.tui.saving import save_text
from tui_textgen.tui.screens.save_as import SaveAs
from tui_textgen.tui.typed_path import shown_path
from tui_textgen.tui.widgets.notice import Notice

SUGGESTION = Path("passage.sh")


class Reproduce(ModalScreen[None]):
    """Shows the commands in full, without a frame at their sides, to be marked with the mouse, copied or saved."""

    BINDING_GROUP_TITLE = "Command"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("o", "copy", "Copy", tooltip="Copy to the terminal's clipboard"),
        Binding("ctrl+o", "save", "Save", tooltip="Save to a file"),
    ]
    DEFAULT_CSS = """
    Reproduce { align: left bottom; }
    Reproduce > Vertical {
        width: 100%; height: auto; max-height: 100%; background: $surface; border-top: round $accent;
        border-title-color: $accent;
    }
    Reproduce VerticalScroll { height: auto; max-height: 70vh; scrollbar-size-vertical: 1; }
    Reproduce Static { height: auto; }
    Reproduce Horizontal { height: 1; }
    Reproduce Button { height: 1; min-width: 0; width: auto; border: none; }
    Reproduce Button:focus { background: $accent; color: $background; text-style: bold; }
    """

    def __init__(self, commands: Sequence[str]) -> None:
        super().__init__()
        self._text = "\n".join(commands)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "writes the same again"
            with VerticalScroll():
                yield Static(Content(self._text), markup=False)
            yield Notice()
            with Horizontal():
                yield Button(Content("[ o copy ]"), id="copy", compact=True)
                yield Button(Content("[ ctrl+o save ]"), id="save", compact=True)
                yield Button(Content("[ esc back ]"), id="back", compact=True)

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Send the commands to the terminal's clipboard."""
        copy(self.app, self._text)
        self.query_one(Notice).say(COPIED)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Ask for a file to save the commands to."""

        def write(path: Path, overwrite: bool) -> None:
            save_text(path, self._text + "\n", overwrite)

        self.app.push_screen(SaveAs("Save the command to a file:", write, SUGGESTION), self._show_saved)

    @on(Button.Pressed, "#back")
    def _go_back(self) -> None:
        self.dismiss(None)

    def _show_saved(self, path: Path | None) -> None:
        if path is not None:
            self.query_one(Notice).say(f"Saved to {shown_path(path)}")
