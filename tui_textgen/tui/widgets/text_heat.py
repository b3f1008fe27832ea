"""A text whose characters are coloured one by one, with a cursor in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.laid_out import LaidOut
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.renderables.samples import window
from tui_textgen.tui.widgets.painted import Painted

CURSOR = "bold underline $background on $accent"
"""Underlined too: without colours only that tells it from a character in bold and reverse."""
WHEEL_LINES = 3


class TextHeat(Painted, can_focus=True):
    """Shows ``text``, each place in the style that ``style`` says, and the page that the cursor is on.

    A move of the cursor draws the cells where it was and is; only at the edge of the page the next third comes.
    """

    BINDING_GROUP_TITLE = "Text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Walk", key_display="←→↑↓", tooltip="A character back"),
        Binding("right", "move(1)", "On", show=False, tooltip="A character on"),
        Binding("up", "move_lines(-1)", "Up", show=False, tooltip="A line up"),
        Binding("down", "move_lines(1)", "Down", show=False, tooltip="A line down"),
        Binding("pageup", "move_pages(-1)", "Page up", show=False, tooltip="A page up"),
        Binding("pagedown", "move_pages(1)", "Page down", show=False, tooltip="A page down"),
        Binding("home", "move_in_line(-1)", "Begin", show=False, tooltip="To the beginning of the line"),
        Binding("end", "move_in_line(1)", "End", show=False, tooltip="To the end of the line"),
        Binding("ctrl+home", "go(0)", "First", show=False, tooltip="To the beginning of the text"),
        Binding("ctrl+end", "go(-1)", "Last", show=False, tooltip="To the end of the text"),
    ]
    DEFAULT_CSS = "TextHeat { height: 1fr; min-height: 1; }"

    class Moved(Message):
        """The cursor stands at ``place``: at a character, or behind the last."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, style: Callable[[int], str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._style = style
        self._text = ""
        self._laid = LaidOut("", 80)
        self._top = 0
        self.cursor = 0

    def show(self, text: str, cursor: int = 0) -> None:
        """Show another text."""
        self._text, self._top, self.cursor = text, 0, min(cursor, len(text))
        self._lay(self.size.width)
        self.repaint()

    @property
    def page(self) -> range:
        """The places on the screen."""
        lines = self._laid.lines[self._top : self._top + max(1, self.size.height)]
        return range(lines[0].start, lines[-1].stop) if lines else range(0)

    # Keys and the mouse

    def action_move(self, by: int) -> None:
        self.action_go(max(0, self.cursor + by))

    def action_move_lines(self, by: int) -> None:
        """To the same column in another line."""
        line, cell = self._laid.line_of(self.cursor), self._laid.cell_of(self.cursor)
        if 0 <= line + by < len(self._laid.lines):
            self.action_go(self._laid.place_at(line + by, cell))

    def action_move_pages(self, by: int) -> None:
        line = self._laid.line_of(self.cursor) + by * max(1, self.size.height - 1)
        line = max(0, min(line, len(self._laid.lines) - 1))
        self.action_go(self._laid.place_at(line, self._laid.cell_of(self.cursor)))

    def action_move_in_line(self, towards: int) -> None:
        line = self._laid.lines[self._laid.line_of(self.cursor)]
        self.action_go(line.start if towards < 0 else line.stop - 1)

    def action_go(self, place: int) -> None:
        """Put the cursor at ``place``; -1: behind the last character."""
        place = len(self._text) if place < 0 else min(place, len(self._text))
        if place != self.cursor:
            self.cursor = place
            self._follow()
            self.repaint()
            self.post_message(self.Moved(place))

    def on_click(self, event: Click) -> None:
        if event.y < self.size.height:
            self.action_go(self._laid.place_at(self._top + event.y, event.x))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._scroll(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._scroll(-WHEEL_LINES)

    def _scroll(self, by: int) -> None:
        """Show other lines; the cursor stays where it is."""
        top = self._within(self._top + by)
        if top != self._top:
            self._top = top
            self.repaint()

    def _follow(self) -> None:
        """Have the cursor on the page; where it left it, a third of the page beyond it."""
        line, height = self._laid.line_of(self.cursor), max(1, self.size.height)
        if line < self._top:
            self._top = self._within(line - (height - 1) * 2 // 3)
        elif line >= self._top + height:
            self._top = self._within(line - height // 3)

    def _within(self, top: int) -> int:
        return max(0, min(top, len(self._laid.lines) - self.size.height))

    # Drawing

    def on_resize(self) -> None:
        self._lay(self.size.width)
        super().on_resize()

    def _lay(self, width: int) -> None:
        self._laid = LaidOut(self._text, width - 1)
        self._top = self._within(self._top)
        self._follow()

    def paint(self, size: Size) -> Sequence[Row]:
        page = range(self._top, self._top + size.height)
        rows = [self._laid.row(line, self._styled) if line in page else () for line in range(len(self._laid.lines))]
        return window(rows, self._top, size.width, size.height)

    def _styled(self, place: int) -> str:
        return CURSOR if place == self.cursor else self._style(place)

    def _rows(self) -> Sequence[Row]:
        return self.paint(self.size)  # the cursor shows the focus, not the first line in reverse
