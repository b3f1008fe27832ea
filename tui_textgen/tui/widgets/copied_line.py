"""How much of the passage above was copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.copied import match_row, meter_row
from tui_textgen.tui.renderables.rows import MUTED, Row, cells, crop
from tui_textgen.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from tui_textgen.corpus.matches import Copies


class CopiedLine(Painted):
    """The meter, and below it the match that was chosen; in one line where there is little room."""

    DEFAULT_CSS = """
    CopiedLine { height: 1; }
    CopiedLine.-chosen { height: 2; }
    """

    class Clicked(Message):
        """The next match is asked for."""

        def __init__(self, line: CopiedLine) -> None:
            super().__init__()
            self.line = line

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._passage = ""
        self.copies: Copies | None = None
        self.chosen: int | None = None

    def say(self, words: str) -> None:
        """Something in place of what is not known."""
        self.copies, self.chosen, self._words = None, None, words
        self._fit()

    def show(self, copies: Copies, passage: str) -> None:
        """What was found of ``passage``."""
        self.copies, self.chosen, self._passage = copies, None, passage
        self._fit()

    def choose(self, match: int) -> None:
        """Tell of one of the matches, by its number."""
        self.chosen = match
        self._fit()

    def on_click(self) -> None:
        self.post_message(self.Clicked(self))

    def paint(self, size: Size) -> Sequence[Row]:
        if self.copies is None:
            return [crop(((self._words, MUTED),), size.width)]
        meter = meter_row(self.copies, self.chosen, size.width)
        if self.chosen is None:
            return [meter]
        match = self.copies.matches[self.chosen]
        if size.height > 1:
            return [meter, match_row(match, self._passage, size.width)]
        number: Row = ((f"{self.chosen + 1}/{len(self.copies.matches)} ", "bold"),)
        return [(*number, *match_row(match, self._passage, size.width - cells(number)))]

    def _fit(self) -> None:
        self.set_class(self.chosen is not None, "-chosen")
        self.repaint()
