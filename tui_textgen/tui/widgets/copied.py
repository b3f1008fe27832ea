"""Marks in the passages on the desk what stands word for word in the text that their model learned from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.copy_reading import CopyReading, Search
from tui_textgen.tui.renderables.copied import marks
from tui_textgen.tui.widgets.copied_line import CopiedLine
from tui_textgen.tui.widgets.desk import Begun, Desk
from tui_textgen.tui.widgets.passage_column import PassageColumn
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.writing_line import WritingLine

LATER = "copied? It is looked up when the passage has ended."


class _Written(NamedTuple):
    """With what a column's passage was begun, and by the model of which file."""

    begun: Begun
    model: Path


class Copied(Vertical):
    """The desk, with marks if they are wanted: then each passage is looked up as soon as it has ended."""

    BINDING_GROUP_TITLE = "Copied?"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("y", "at('copied', 'mark')", "Copied?",
                tooltip="Mark what stands word for word in the text that the model learned from"),
        Binding("full_stop", "at('copied', 'go(1)')", "Match", key_display=". ,",
                tooltip="To the longest marked part, then to the next one"),
        Binding("comma", "at('copied', 'go(-1)')", "Match before", show=False, key_display=",",
                tooltip="To the marked part before"),
    ]  # fmt: skip
    DEFAULT_CSS = "Copied { height: 1fr; }"

    def __init__(self, desk: Desk, held: Callable[[], Path | None], search: Search) -> None:
        """``held`` tells the file of the model that the desk's own scribe holds."""
        super().__init__(id="copied")
        self._desk, self._held = desk, held
        self._reading = CopyReading(search, self.post_message)
        self._wanted = False
        self._written: dict[PassageColumn, _Written] = {}
        self._asked: list[PassageColumn] = []

    def compose(self) -> ComposeResult:
        yield self._desk

    def on_unmount(self) -> None:
        self._reading.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Commas and full stops are typed in a field."""
        match action:
            case "mark":
                return self._wanted or self._desk.begun is not None
            case "go" if not self._desk.columns or isinstance(self.screen.focused, Input):
                return False
            case "go":
                lines = self._desk.current.query(CopiedLine)
                return any(line.copies and line.copies.matches for line in lines)
        return True

    def action_mark(self) -> None:
        """Mark what was copied, or take the marks away."""
        self._wanted = not self._wanted
        if not self._wanted:
            self._reading.stop()
            for column in self._written:
                self._forget(column)
        self._look_up()
        self.refresh_bindings()

    def action_go(self, by: int) -> None:
        """To another match of the current passage."""
        self._go(self._desk.current, by)

    @on(Desk.Changed)
    def _follow(self) -> None:
        """Marks go when another passage begins in their place; looking up waits until all are written."""
        paths = [variant.path for variant in self._desk.variants] or [None]
        columns = self._desk.columns
        self._written = {column: written for column, written in self._written.items() if column.is_attached}
        for column, path in zip(columns, paths, strict=True):
            known, begun, model = self._written.get(column), self._desk.begun, path or self._held()
            if begun and model and not (known and known.begun is begun):
                self._written[column] = _Written(begun, model)
                self._forget(column)
        self._look_up()

    def _look_up(self) -> None:
        """Whatever is not known yet of the passages on the screen."""
        if not self._wanted:
            return
        self._reading.stop()
        columns = [column for column in self._desk.columns if column in self._written]
        self._asked = [column for column in columns if self._line(column).copies is None]
        if self._desk.writing:
            for column in self._asked:
                self._line(column).say(LATER)
        elif self._asked:
            self._reading.look_up([(self._written[column].model, column.raw) for column in self._asked])

    @on(CopyReading.Told)
    @while_open
    def _take(self, message: CopyReading.Told) -> None:
        if message.wish != self._reading.wish:
            return
        column = self._asked[message.place]
        match message.found:
            case float() as share:
                self._line(column).say(f"copied? {share:.0%} of the text looked through")
            case TextgenError() as error:
                self._line(column).say("! copied? It could not be looked up.")
                self.post_message(Desk.Noted(str(error), error=True))
            case copies:
                self._line(column).show(copies, column.raw)
                self._mark(column)
                self.refresh_bindings()

    @on(PassageView.MarkClicked)
    def _choose(self, message: PassageView.MarkClicked) -> None:
        for column in self._desk.columns:
            line, copies = self._line(column), self._line(column).copies
            if copies and message.view in column.children:
                there = [index for index, each in enumerate(copies.matches) if each.start <= message.place < each.stop]
                line.choose(max(there, key=lambda index: copies.matches[index].length))
                self._mark(column)

    @on(CopiedLine.Clicked)
    def _choose_next(self, message: CopiedLine.Clicked) -> None:
        for column in self._desk.columns:
            if message.line in column.children:
                self._go(column, 1)

    def _go(self, column: PassageColumn, by: int) -> None:
        line = self._line(column)
        if line.copies is None or not line.copies.matches:
            return
        matches = line.copies.matches
        if line.chosen is None:
            line.choose(max(range(len(matches)), key=lambda index: matches[index].length))
        else:
            line.choose((line.chosen + by) % len(matches))
        self._mark(column)
        # The line may have grown by a row: the passage's height is known after that.
        self.call_after_refresh(column.query_one(PassageView).bring, matches[line.chosen or 0].start)

    def _mark(self, column: PassageColumn) -> None:
        line = self._line(column)
        if line.copies:
            column.query_one(PassageView).mark(marks(line.copies, line.chosen))

    def _forget(self, column: PassageColumn) -> None:
        """Take marks and line away; while they are wanted the line stays where it is."""
        column.query_one(PassageView).mark(())
        for line in column.query(CopiedLine):
            if self._wanted:
                line.say("")
            else:
                line.remove()

    def _line(self, column: PassageColumn) -> CopiedLine:
        if lines := column.query(CopiedLine):
            return lines.first()
        column.mount(line := CopiedLine(), before=column.query_one(WritingLine))
        return line
