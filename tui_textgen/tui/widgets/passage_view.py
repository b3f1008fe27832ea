"""A passage as it is being written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_textgen.tui.renderables.copied import Mark
from tui_textgen.tui.renderables.wrapping import WrappedText
from tui_textgen.visible import visible

RESERVED_PAGES = 3
"""Pages by which the room for text grows at once: a change of its size draws the whole widget again."""
TICKS_A_PAGE = 4
"""How often new text is drawn, at the least, before the page turns: each turn draws all of it again."""


class PassageView(ScrollView, can_focus=True):
    """Prime and passage, wrapped; new text draws the lines that it changes and nothing else.

    It stays at the end while text comes, unless somebody scrolled up.
    """

    DEFAULT_CSS = """
    PassageView { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto; }
    PassageView > .passage--prime { color: $text-accent; text-style: bold; }
    PassageView > .passage--hint { color: $text-muted; }
    PassageView > .passage--stands { text-style: underline; }
    PassageView > .passage--copied { color: $warning; text-style: bold underline; }
    PassageView > .passage--chosen { color: $warning; text-style: bold reverse; }
    """
    COMPONENT_CLASSES = {  # noqa: RUF012 (Textual's own way)
        "passage--prime", "passage--hint", "passage--stands", "passage--copied", "passage--chosen",
    }  # fmt: skip

    class MarkClicked(Message):
        """Somebody points at a mark, which begins at ``place``."""

        def __init__(self, view: PassageView, place: int) -> None:
            super().__init__()
            self.view, self.place = view, place

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._raw: list[str] = []
        self._prime_length = 0
        self._wrapped = WrappedText(80)
        self._reserved = 0
        self._marks: Sequence[Mark] = ()
        self._shown_marks: list[tuple[int, int]] = []
        """Where they are in the text as it is shown."""

    @property
    def raw(self) -> str:
        """Prime and passage as they are, for a file or for going on."""
        return "".join(self._raw)

    def show_hint(self, hint: str) -> None:
        """What to do, while there is no passage."""
        self._hint = hint
        self.refresh()

    def begin(self, prime: str) -> None:
        """Start anew with ``prime``."""
        self._raw = [prime]
        self._set_marks(())
        shown = visible(prime)
        self._prime_length = len(shown)
        self._wrap(shown)
        self._reserve(max(len(self._wrapped.lines), self.size.height))
        self.scroll_home(animate=False)

    def append(self, text: str) -> None:
        """Add what has been written."""
        if not text:
            return
        following = len(self._wrapped.lines) <= self.scroll_offset.y + self.size.height
        self._raw.append(text)
        first = self._wrapped.append(visible(text))
        lines = len(self._wrapped.lines)
        if lines > self._reserved:
            self._reserve(lines + RESERVED_PAGES * self.size.height)
        if following and lines > self.scroll_offset.y + self.size.height:
            self._turn(lines, lines - first)
        self.refresh(Region(0, first - self.scroll_offset.y, self.size.width, lines - first))

    def mark(self, marks: Sequence[Mark]) -> None:
        """Show these marks, which are in order and apart, and no others; the next passage has none."""
        if marks or self._marks:
            self._set_marks(marks)
            self.refresh()

    def bring(self, place: int) -> None:
        """Scroll to a character if its line is not seen."""
        line = bisect_right(self._wrapped.starts, len(visible(self.raw[:place]))) - 1
        height = self.size.height
        if not self.scroll_offset.y <= line < self.scroll_offset.y + height:
            self.scroll_to(y=max(0, line - height // 3), animate=False, force=True)

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and (line := at.y + self.scroll_offset.y) < len(self._wrapped.lines):
            place = self._wrapped.starts[line] + _characters(self._wrapped.lines[line], at.x)
            for mark, (start, stop) in zip(self._marks, self._shown_marks, strict=True):
                if start <= place < stop:
                    self.post_message(self.MarkClicked(self, mark.start))

    def _set_marks(self, marks: Sequence[Mark]) -> None:
        self._marks, self._shown_marks = marks, []
        raw, done, shown = self.raw if marks else "", 0, 0
        for mark in marks:
            start = shown + len(visible(raw[done : mark.start]))
            done, shown = mark.stop, start + len(visible(raw[mark.start : mark.stop]))
            self._shown_marks.append((start, shown))

    def _turn(self, lines: int, fresh: int) -> None:
        """Scroll on: a third of the page is left empty, and up to two where ``fresh`` lines come at once."""
        height = self.size.height
        room = min(max(height // 3, fresh * TICKS_A_PAGE), 2 * height // 3)
        self.scroll_to(y=max(0, lines + room - height), animate=False, force=True)

    def finish(self) -> None:
        """No more comes: the room that was left for it goes."""
        self._reserve(len(self._wrapped.lines))

    def _wrap(self, shown: str) -> None:
        self._wrapped = WrappedText(self._text_width)
        self._wrapped.append(shown)
        self._reserve(len(self._wrapped.lines))
        self.refresh()

    def _reserve(self, lines: int) -> None:
        self._reserved = lines
        self.virtual_size = Size(self._text_width, self._reserved)

    @property
    def _text_width(self) -> int:
        return max(1, self.container_size.width - 1)

    def on_resize(self) -> None:
        if self._wrapped.width != self._text_width:
            self._wrap(self._wrapped.text)

    def render_line(self, y: int) -> Strip:
        number, width = y + self.scroll_offset.y, self.size.width
        if not self._raw and self._hint:
            return self._hint_line(number).adjust_cell_length(width, self.rich_style)
        if number >= len(self._wrapped.lines):
            return Strip.blank(width, self.rich_style)
        line, start = self._wrapped.lines[number].rstrip("\n"), self._wrapped.starts[number]
        marked = [each for each in zip(self._marks, self._shown_marks, strict=True) if each[1][1] > start]
        marked = [each for each in marked if each[1][0] < start + len(line)]
        edges = {0, self._prime_length - start, *(edge - start for _, span in marked for edge in span), len(line)}
        segments = []
        for begin, end in pairwise(sorted(edge for edge in edges if 0 <= edge <= len(line))):
            style = self._style("prime") if start + begin < self._prime_length else self.rich_style
            for mark, (first, stop) in marked:
                if first <= start + begin < stop:
                    style += self._style(mark.kind)
            segments.append(Segment(line[begin:end], style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, what: str) -> Style:
        return self.get_component_rich_style(f"passage--{what}", partial=what != "prime")

    def _hint_line(self, number: int) -> Strip:
        wrapped = WrappedText(self._text_width)
        wrapped.append(self._hint)
        style: Style = self.get_component_rich_style("passage--hint")
        line = wrapped.lines[number].rstrip("\n") if number < len(wrapped.lines) else ""
        return Strip([Segment(line, style)])


def _characters(line: str, cells: int) -> int:
    """How many characters of ``line`` stand before the one in column ``cells``."""
    for index, character in enumerate(line):
        cells -= get_character_cell_size(character)
        if cells < 0:
            return index
    return len(line)
