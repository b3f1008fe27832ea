"""Where passages can go from the desk: into a file, to the clipboard, to a shell as the command that writes them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.tui.typed_path import shown_path
from tui_textgen.tui.widgets.desk import Desk

NO_COMMAND = "No command line can hold this prime: it is too long, or has characters that none can have."


class WaysOut(Widget):
    """What can be done with the passages on ``desk``; it has no look of its own."""

    BINDING_GROUP_TITLE = "Passage"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "at('ways-out', 'save')", "Save", tooltip="Save to a file, with the command if wanted"),
        Binding("o", "at('ways-out', 'copy')", "Copy", show=False, tooltip="Copy to the terminal's clipboard"),
        Binding("ctrl+r", "at('ways-out', 'show_commands')", "Command", tooltip="Show the command that writes it"),
    ]
    """For the pane around it."""
    DEFAULT_CSS = "WaysOut { display: none; }"

    class Noted(Message):
        """What became of it."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="ways-out")
        self._desk = desk

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return self._desk.begun is not None or action not in ("copy", "show_commands")

    def action_save(self) -> None:
        """Ask for a file to save to."""
        from tui_textgen.tui.screens.save_passage import SavePassage

        passage = self._text()
        if not self._desk.begun or not passage:
            self._note("There is no passage to save yet.")
            return
        several = len(self._desk.columns) > 1
        texts = {"all passages" if several else "passage": passage}
        if commands := self._commands():
            lines = "".join(f"$ {command}\n" for command in commands)
            texts["with the commands" if several else "with the command"] = f"{lines}\n{passage}\n"
            texts["commands alone" if several else "command alone"] = "".join(f"{each}\n" for each in commands)
        suggestion = Path(f"passage{'s' if several else ''}-seed-{self._desk.begun.seed}.txt")
        self.app.push_screen(SavePassage(texts, suggestion), self._show_saved)

    def action_copy(self) -> None:
        """Send the passage to the terminal's clipboard; of several the current one."""
        from tui_textgen.tui.clipboard import COPIED, copy

        copy(self.app, self._desk.current.raw)
        self._note(COPIED)

    def action_show_commands(self) -> None:
        """Show the commands that write the passages again."""
        from tui_textgen.tui.screens.reproduce import Reproduce

        if commands := self._commands():
            self.app.push_screen(Reproduce(commands))
        else:
            self._note(NO_COMMAND)

    def _text(self) -> str:
        columns = self._desk.columns
        if len(columns) == 1:
            return columns[0].raw
        return "\n\n".join(f"── {column.title}\n{column.raw}" for column in columns)

    def _commands(self) -> list[str]:
        """None for a passage that has none."""
        return [command for column in self._desk.columns if (command := column.command)]

    def _show_saved(self, path: Path | None) -> None:
        if path is not None:
            self._note(f"Saved to {shown_path(path)}")

    def _note(self, sentence: str) -> None:
        self.post_message(self.Noted(sentence))
