"""Where a text is typed in that the library has not: its path, and the encoding that texts are read in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.text_field import TextField


class TypedText(Horizontal):
    """One line: ``#path`` and ``#encoding``; the class ``-narrow`` leaves the latter's label out."""

    DEFAULT_CSS = """
    TypedText { height: 1; }
    TypedText #path { width: 1fr; }
    TypedText #encoding { width: 22; margin-left: 1; }
    TypedText.-narrow #encoding { width: 10; }
    TypedText.-narrow #encoding .label { display: none; }
    """

    def compose(self) -> ComposeResult:
        yield TextField("path", LineInput(placeholder="a text's file; Enter adds it"), id="path")
        yield TextField("encoding", LineInput("utf-8", "utf-8"), id="encoding")

    @property
    def encoding(self) -> str:
        return self.query_one("#encoding", TextField).value.strip() or "utf-8"

    def type_into(self, field: str) -> None:
        """Put the cursor into ``#path`` or ``#encoding``."""
        self.query_one(field, TextField).focus()

    def clear_path(self) -> None:
        self.query_one("#path", TextField).value = ""
