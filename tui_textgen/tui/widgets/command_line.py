"""The command that writes a passage again, under it."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class CommandLine(Static):
    """As much of the command as two lines hold; a click asks for all of it. It takes no room while there is none."""

    DEFAULT_CSS = """
    CommandLine { display: none; height: auto; max-height: 2; color: $text-muted; text-overflow: ellipsis; }
    CommandLine.-there { display: block; }
    """

    class Wanted(Message):
        """All of the command is to be shown."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.words = ""

    def show(self, command: str | None) -> None:
        """The command of the passage above; None: there is none for it."""
        words = "" if command is None else f"$ {command}"
        if words != self.words:
            self.words = words
            self.update(Content(words))
            self.set_class(bool(words), "-there")

    def on_click(self) -> None:
        self.post_message(self.Wanted())
