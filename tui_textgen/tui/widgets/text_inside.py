"""The way from the library into a text, and back with settings that suit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.services import Portraits
from tui_textgen.tui.widgets.corpus_table import CorpusTable

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry


class TextInside(Widget):
    """Opens the portrait of the text under the cursor of ``table``.

    A part of the corpora pane without a place on the screen.
    """

    BINDING_GROUP_TITLE = "Text"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("i", "at('inside', 'look_inside')", "Look inside",
                tooltip="What the text consists of, and which network suits it"),
    ]  # fmt: skip
    DEFAULT_CSS = "TextInside { display: none; }"

    class Opened(Message):
        """A text is being looked through: nobody waits for its numbers elsewhere."""

    class Closed(Message):
        """Back from it; ``chosen`` is to be trained on."""

        def __init__(self, chosen: ChosenText | None) -> None:
            super().__init__()
            self.chosen = chosen

    def __init__(self, portraits: Portraits, table: CorpusTable, encoding: Callable[[], str]) -> None:
        super().__init__(id="inside")
        self._portraits, self._table, self._encoding = portraits, table, encoding

    @property
    def _entry(self) -> CorpusEntry | None:
        return self._table.entry(self._table.current or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return self._entry is not None and not self._entry.gettable

    def action_look_inside(self) -> None:
        """Open the portrait."""
        from tui_textgen.tui.screens.text_portrait import (
            TextPortrait,
        )  # brings pydantic, which the library does not need

        key, entry = self._table.current, self._entry
        if key and entry:
            self.post_message(self.Opened())
            self.app.push_screen(TextPortrait(self._portraits, key, self._encoding(), entry), self._close)

    def _close(self, chosen: ChosenText | None) -> None:
        self.post_message(self.Closed(chosen))
