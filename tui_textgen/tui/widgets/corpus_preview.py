"""How a corpus begins, and the numbers that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_textgen.tui.renderables.quantities import count, size
from tui_textgen.visible import visible, visible_line

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry
    from tui_textgen.tui.services import CorpusDescription


class CorpusPreview(VerticalScroll):
    """Title, numbers and the first characters of one corpus; it keeps its place while they are being counted."""

    DEFAULT_CSS = """
    CorpusPreview { padding: 0 1; }
    CorpusPreview .title { text-style: bold; }
    CorpusPreview .numbers { color: $text-muted; margin-bottom: 1; }
    CorpusPreview .beginning { color: $foreground; }
    CorpusPreview:focus .title { text-style: bold underline; }
    """

    def compose(self) -> ComposeResult:
        yield Static(classes="title", markup=False)
        yield Static(classes="numbers", markup=False)
        yield Static(classes="beginning", markup=False)

    def show_entry(self, entry: CorpusEntry, doing: str) -> None:
        """Show a corpus that is not read yet; ``doing`` says what is going on."""
        self._show(entry, entry.url if entry.gettable else "", doing)

    def show_description(self, description: CorpusDescription) -> None:
        """Show a corpus that has been read."""
        self._show(description.entry, description.preview, visible_line(" ".join(description.notes)))

    def show_nothing(self, hint: str) -> None:
        """Show what to do while there is no corpus."""
        self._write("title", "")
        self._write("numbers", hint)
        self._write("beginning", "")

    def _show(self, entry: CorpusEntry, beginning: str, doing: str) -> None:
        self._write("title", visible_line(entry.title or entry.name))
        self._write("numbers", numbers(entry) + (f"\n{doing}" if doing else ""))
        self._write("beginning", visible(beginning))
        self.scroll_home(animate=False)

    def _write(self, place: str, text: str) -> None:
        self.query_one(f".{place}", Static).update(Content(text))


def numbers(entry: CorpusEntry) -> str:
    """One line: characters, distinct characters, bytes, settings that suit it, and a licence."""
    counts = [f"{count(entry.characters)} characters", f"{count(entry.distinct)} distinct"]
    known = entry.bytes is not None or not entry.gettable
    parts = [*([] if entry.gettable else counts), *([size(entry.bytes)] if known else [])]
    parts += [f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
              for name, value in entry.settings.items()]  # fmt: skip
    parts += [entry.licence] if entry.licence else []
    return visible_line(" · ".join(parts))
