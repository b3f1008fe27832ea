"""Passages beside each other, or below each other, or one at a time, as the room allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import DescendantFocus

from tui_textgen.tui.widgets.passage_column import PassageColumn
from tui_textgen.tui.widgets.passage_view import PassageView

NARROWEST = 24
"""Columns of text that a passage needs to stand beside others."""
LOWEST = 5
"""Rows that a passage needs to stand above others, its title and its last line among them."""
LAYOUTS = ("-row", "-stack", "-paged")


class SideBySide(Container):
    """Some passages. One of them is the current one: that with the focus, or with the last focus."""

    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Passage before", show=False, priority=True, tooltip="To the passage before"),
        Binding("right", "turn(1)", "Other passage", priority=True, tooltip="To the next passage"),
    ]
    DEFAULT_CSS = """
    SideBySide { height: 1fr; display: none; }
    SideBySide.-row { layout: horizontal; }
    SideBySide.-row > PassageColumn { margin-right: 1; }
    SideBySide.-row > PassageColumn:last-child { margin-right: 0; }
    SideBySide.-stack, SideBySide.-paged { layout: vertical; }
    SideBySide.-paged > PassageColumn { display: none; }
    SideBySide.-paged > PassageColumn.-current { display: block; }
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self.columns: list[PassageColumn] = []
        self._current = 0

    @property
    def current(self) -> PassageColumn:
        """There must be columns."""
        return self.columns[self._current]

    async def show(self, titles: Sequence[str]) -> None:
        """Empty passages with these titles in place of those there were; none of them hides all of it."""
        self.columns = []
        await self.remove_children()
        self.display = bool(titles)
        columns = [PassageColumn(self._clock, title=title) for title in titles]
        await self.mount_all(columns)
        self.columns = columns
        if columns:
            self._arrange()
            self._mark(0)

    def rename(self, column: PassageColumn, title: str) -> None:
        """Another title for one of them."""
        column.title = title
        self._number()

    def action_turn(self, by: int) -> None:
        """Go to another passage."""
        self._mark((self._current + by) % len(self.columns))
        self.current.query_one(PassageView).focus()

    def on_resize(self) -> None:
        if self.columns:
            self._arrange()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        for place, column in enumerate(self.columns):
            if column in event.widget.ancestors:
                self._mark(place)

    @on(PassageColumn.TitleClicked)
    def _go_to(self, message: PassageColumn.TitleClicked) -> None:
        """A click on a title goes there; where one passage is shown at a time, to the next."""
        if self.has_class("-paged"):
            self.action_turn(1)
        else:
            message.column.query_one(PassageView).focus()

    def _arrange(self) -> None:
        number = len(self.columns)
        if self.size.width // number >= NARROWEST:
            chosen = "-row"
        else:
            chosen = "-stack" if self.size.height // number >= LOWEST else "-paged"
        for each in LAYOUTS:
            self.set_class(each == chosen, each)
        self._number()

    def _mark(self, place: int) -> None:
        self._current = place
        for index, column in enumerate(self.columns):
            column.set_class(index == place, "-current")
        self._number()

    def _number(self) -> None:
        """Say in the titles which of how many it is, where only one is seen, and which one is current."""
        for place, column in enumerate(self.columns):
            of = f"{place + 1}/{len(self.columns)} → " if self.has_class("-paged") else ""
            column.show_title(of or ("▸ " if place == self._current else "  "))
