"""The neighbourhood of the cursor, character by character, with what the network expects after each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Click
from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.activity import COLUMN, LIKELIEST, Beneath, columns, turned
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted
from tui_textgen.tui.widgets.text_heat import CURSOR


class LensStrip(Painted):
    """Columns from ``beneath``, for as many places as fit; a click puts the cursor there.

    They stay where they are until the cursor leaves them: most moves draw two cells.
    """

    DEFAULT_CSS = f"LensStrip {{ height: {LIKELIEST + 2}; }}"

    class Pointed(Message):
        """Somebody points at ``place``."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, beneath: Beneath) -> None:
        super().__init__()
        self._beneath = beneath
        self._first = self._cursor = self._last = 0

    def show(self, cursor: int, last: int) -> None:
        """Have the cursor among the columns; ``last`` is the place behind the text."""
        self._cursor, self._last = cursor, last
        self.repaint()

    @property
    def places(self) -> range:
        """Those that are shown."""
        count = columns(self.size.width)
        self._first = turned(self._first, self._cursor, count)
        return range(self._first, min(self._first + count, self._last + 1))

    def paint(self, size: Size) -> Sequence[Row]:
        return self._beneath.rows(self.places, self._cursor, CURSOR, size.height)

    def on_click(self, event: Click) -> None:
        place = self._first + event.x // COLUMN
        if place in self.places:
            self.post_message(self.Pointed(place))
