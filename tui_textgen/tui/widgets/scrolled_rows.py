"""Rows under a title that stays, of which as many are drawn as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Size

from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.rows import MUTED, Row, Slot, spread
from tui_textgen.tui.widgets.painted import Painted

WHEEL = 3
"""Rows that a turn of the wheel moves."""


class ScrolledRows(Painted, can_focus=True):
    """Shows what ``make`` gives for a width; thousands of rows cost no more than those on the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home", "end(False)", "To the top", show=False),
        Binding("end", "end(True)", "To the end", show=False),
    ]
    BINDING_GROUP_TITLE = "List"
    DEFAULT_CSS = "ScrolledRows { height: 1fr; width: 1fr; }"

    def __init__(self, title: Callable[[], str], make: Callable[[int], Sequence[Row]], *, id: str) -> None:
        super().__init__(id=id)
        self._title, self._make = title, make
        self._made: tuple[int, Sequence[Row]] | None = None
        self._first = 0

    def make_anew(self) -> None:
        """Draw what there is to show now, from the same row on."""
        self._made = None
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        rows = self._all(size.width)
        room = max(0, size.height - 1)
        self._first = max(0, min(self._first, len(rows) - room))
        last = min(len(rows), self._first + room)
        more = "" if room >= len(rows) else f"{count(self._first + 1)}–{count(last)} of {count(len(rows))}"
        title = spread(size.width, [Slot(0, ((self._title(), "bold"),))], [Slot(1, ((more, MUTED),))])
        return [title, *rows[self._first : last]]

    def action_move(self, by: int) -> None:
        self._first += by
        self.repaint()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 2))

    def action_end(self, last: bool) -> None:
        self._first = len(self._all(self.size.width)) if last else 0
        self.repaint()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_move(WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_move(-WHEEL)

    def _all(self, width: int) -> Sequence[Row]:
        if self._made is None or self._made[0] != width:
            self._made = (width, self._make(width))
        return self._made[1]
