"""The input that every field here is made of."""

from __future__ import annotations

from rich.text import Text
from textual.suggester import Suggester
from textual.widgets import Input

from tui_textgen.visible import visible_line


class LineInput(Input):
    """One line without a border or a blinking cursor; what it holds is kept raw and shown harmless."""

    def __init__(
        self, value: str = "", placeholder: str = "", *, suggester: Suggester | None = None, id: str | None = None
    ) -> None:
        super().__init__(value, placeholder, compact=True, select_on_focus=False, suggester=suggester, id=id)
        self.cursor_blink = False

    @property
    def _value(self) -> Text:
        # Textual writes pasted control characters to the terminal as they are (8.2.8).
        return Text(one_for_one(self.value), no_wrap=True, overflow="ignore", end="")


def one_for_one(text: str) -> str:
    """``text`` made safe to show with as many characters as before, so that a cursor stands where it stood."""
    if text.isprintable() and text.isascii():
        return text
    shown = (visible_line(character) for character in text)
    return "".join(character if len(character) == 1 else "�" for character in shown)
