"""Asks what to write side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.remembering import remember

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry
    from tui_textgen.tui.variants import Variant

TEMPERATURES = "beside.temperatures"
"""The choice that is remembered: which were written with last."""


class VariantChoice(Widget):
    """Shows the dialog and remembers what was typed in it; it has no look of its own."""

    DEFAULT_CSS = "VariantChoice { display: none; }"

    class Chosen(Message):
        """These are to be written."""

        def __init__(self, variants: Sequence[Variant]) -> None:
            super().__init__()
            self.variants = variants

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences

    def ask(self, entries: Sequence[ModelEntry], held: Path | None) -> None:
        """Let somebody choose temperatures, or some of the models ``entries``; ``held`` is the one they have."""
        from tui_textgen.tui.screens.beside import Beside
        from tui_textgen.tui.variants import USUAL

        self.app.push_screen(Beside(entries, held, self._preferences.get(TEMPERATURES, USUAL)), self._take)

    def _take(self, chosen: tuple[Sequence[Variant], str] | None) -> None:
        if chosen is not None:
            variants, typed = chosen
            self.post_message(self.Chosen(variants))
            remember(self, self._preferences, {TEMPERATURES: typed})
