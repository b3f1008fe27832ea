"""A passage as it is being written."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

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
    """
    COMPONENT_CLASSES = {"passage--prime", "passage--hint"}  # noqa: RUF012 (Textual's own way)

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._raw: list[str] = []
        self._prime_length = 0
        self._wrapped = WrappedText(80)
        self._reserved = 0

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
        line = self._wrapped.lines[number].rstrip("\n")
        of_prime = max(0, min(self._prime_length - self._wrapped.starts[number], len(line)))
        prime = self.get_component_rich_style("passage--prime")
        segments = [Segment(line[:of_prime], prime), Segment(line[of_prime:], self.rich_style)]
        return Strip([each for each in segments if each.text]).adjust_cell_length(width, self.rich_style)

    def _hint_line(self, number: int) -> Strip:
        wrapped = WrappedText(self._text_width)
        wrapped.append(self._hint)
        style: Style = self.get_component_rich_style("passage--hint")
        line = wrapped.lines[number].rstrip("\n") if number < len(wrapped.lines) else ""
        return Strip([Segment(line, style)])
