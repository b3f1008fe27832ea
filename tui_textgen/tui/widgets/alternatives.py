"""What else could have come at a place of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.bars import alternative_at, alternative_rows, alternative_words, first_row
from tui_textgen.tui.renderables.rows import MUTED, Row
from tui_textgen.tui.widgets.painted import Painted
from tui_textgen.workers.protocol import MOST_ALTERNATIVES, Likeliest

LOW = 3
"""Rows under which the alternatives stand in one line."""


class Alternatives(Painted, can_focus=True):
    """The likeliest characters, as bars under a title, or in one line; one of them is marked.

    A digit or a click marks one, a click on the marked one takes it.
    """

    BINDING_GROUP_TITLE = "Alternatives"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "mark_next(-1)", "Other", key_display="↑↓", tooltip="Mark the likelier one"),
        Binding("down,right", "mark_next(1)", "Other", show=False, tooltip="Mark the less likely one"),
    ]
    DEFAULT_CSS = "Alternatives { height: 11; width: 1fr; }"

    class Taken(Message):
        """Somebody wants the marked one."""

    def __init__(self) -> None:
        super().__init__()
        self._likeliest: Likeliest | None = None
        self._came = ""
        self._title = ""
        self.marked = 0

    def show(self, title: str, likeliest: Likeliest | None, came: str) -> None:
        """Show those of another place, where ``came`` stands; None: not known yet."""
        if (title, came) != (self._title, self._came):
            self.marked = 0
        self._title, self._likeliest, self._came = title, likeliest, came
        self.repaint()

    @property
    def chosen(self) -> str | None:
        """The marked character; None where nothing is expected."""
        if self._likeliest is None or self.marked >= len(self._likeliest.characters):
            return None
        return self._likeliest.characters[self.marked]

    def mark(self, index: int) -> None:
        """Choose one, 0 is the likeliest."""
        if self._likeliest and 0 <= index < len(self._likeliest.characters):
            self.marked = index
            self.repaint()

    def action_mark_next(self, by: int) -> None:
        self.mark(self.marked + by)

    def on_click(self, event: Click) -> None:
        if self._likeliest is None:
            return
        if self.size.height < LOW:
            index = alternative_at(self._likeliest, self._came, self.marked, self.size.width, event.x)
        elif event.y == 0:
            return
        else:
            index = first_row(self._likeliest, self.marked, self.size.height - 1) + event.y - 1
        if index == self.marked and self.chosen:
            self.post_message(self.Taken())
        else:
            self.mark(index)

    def paint(self, size: Size) -> Sequence[Row]:
        title: Row = ((self._title[: size.width], "bold" if self._likeliest else MUTED),)
        if self._likeliest is None:
            return [title]
        if size.height < LOW:
            return [alternative_words(self._likeliest, self._came, self.marked, size.width)]
        height = min(size.height - 1, MOST_ALTERNATIVES)
        return [title, *alternative_rows(self._likeliest, self._came, self.marked, size.width, height)]
