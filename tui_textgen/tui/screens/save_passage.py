"""Where a passage is to be saved, and what of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from tui_textgen.tui.saving import save_text
from tui_textgen.tui.screens.save_as import SaveAs
from tui_textgen.tui.widgets.choice import Choice


class SavePassage(SaveAs):
    """Saves one of ``texts``, by what they are called: the first, unless another is chosen."""

    def __init__(self, texts: Mapping[str, str], suggestion: Path) -> None:
        super().__init__("Save to a file:", self._save_chosen, suggestion)
        self._texts = texts
        self._chosen = next(iter(texts))

    def choices(self) -> Iterable[Widget]:
        if len(self._texts) > 1:
            yield Choice(tuple(self._texts), self._chosen)
            yield Static("tab, then ← →, or a click chooses what is saved", classes="hint", markup=False)

    @on(Choice.Changed)
    def _choose(self, event: Choice.Changed) -> None:
        self._chosen = event.value

    def _save_chosen(self, path: Path, overwrite: bool) -> None:
        save_text(path, self._texts[self._chosen], overwrite)
