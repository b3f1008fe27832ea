"""One sentence where it belongs: what is going on, or what went wrong."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui_textgen.visible import visible


class Notice(Static):
    """A sentence that takes no room while there is nothing to say; an error bears a sign as well as a colour."""

    DEFAULT_CSS = """
    Notice { display: none; height: auto; max-height: 4; color: $text-muted; }
    Notice.-said { display: block; }
    Notice.-error { color: $text-error; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self.sentence = ""

    def say(self, sentence: str) -> None:
        """Tell something that needs nobody."""
        self._show(sentence, error=False)

    def error(self, error: Exception | str) -> None:
        """Tell what went wrong."""
        self._show(f"! {error}", error=True)

    def clear(self) -> None:
        self._show("", error=False)

    def _show(self, sentence: str, error: bool) -> None:
        if sentence != self.sentence:
            self.sentence = sentence
            self.update(Content(visible(sentence)))
        self.set_class(bool(sentence), "-said")
        self.set_class(error, "-error")
