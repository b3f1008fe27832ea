"""Runs as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import DataTable

from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.tui.marks import Look
from tui_textgen.tui.renderables.run_columns import RIGHT, cell, fitting_columns
from tui_textgen.tui.renderables.run_lines import SIGNS


class RunTable(DataTable[Text]):
    """One run a row; the cursor stays on its run when rows come and go."""

    BINDING_GROUP_TITLE = "Runs"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select_cursor", "Open", tooltip="Open the run")]

    class MarkClicked(Message):
        """The place of the mark of the run under the cursor was clicked."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(id="runs", cursor_type="row", cell_padding=1)
        self._clock = clock
        self._runs: list[RunSummary] = []
        self._marked: Mapping[str, Look] = {}
        self._order = ""
        self._columns: dict[str, int] = {}
        self._words: dict[tuple[str, str], str] = {}

    @property
    def current(self) -> RunSummary | None:
        """The run under the cursor."""
        return self._runs[self.cursor_row] if 0 <= self.cursor_row < len(self._runs) else None

    def show(self, runs: Sequence[RunSummary], marked: Mapping[str, Look], order: str) -> None:
        """Show these runs in this order, which is that of the column ``order``.

        Where the rows are the same ones, only cells that differ are touched.
        """
        same = order == self._order and [run.name for run in runs] == [run.name for run in self._runs]
        current, self._runs = self.current, list(runs)
        self._marked, self._order = marked, order
        if not same:
            self._fill(current.name if current else None, self.cursor_row)
            return
        for run in runs:
            for column in self._columns:
                words = self._cell_words(run, column)
                if self._words[run.name, column] != words:
                    self._words[run.name, column] = words
                    self.update_cell(run.name, column, self._cell(run, column, words))

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill(self.current.name if self.current else None))

    def on_resize(self, event: Resize) -> None:
        columns = fitting_columns(event.size.width)
        if columns != self._columns:
            self._columns = columns
            self._fill(self.current.name if self.current else None)

    def on_click(self, event: Click) -> None:
        """A click puts the cursor on a run, or opens the one it is on; on the place of a mark it marks.

        Textual's own opens only where the very cell was clicked before.
        """
        row, column = event.style.meta.get("row", -1), event.style.meta.get("column", -1)
        if row < 0 or column < 0:
            return
        event.prevent_default()
        event.stop()
        before = self.cursor_row
        self.move_cursor(row=row, animate=False)
        if list(self._columns)[column] == "mark":
            self.post_message(self.MarkClicked())
        elif row == before:
            self.action_select_cursor()

    def _fill(self, cursor: str | None, row: int = 0) -> None:
        """Draw all anew, with the cursor on the run of that name, or else in that ``row``."""
        self.clear(columns=True)
        self._words.clear()
        for column, width in self._columns.items():
            label = Text(_title(column, self._order), justify=_side(column))
            self.add_column(label, width=width, key=column)
        for run in self._runs:
            words = {column: self._cell_words(run, column) for column in self._columns}
            self._words.update({(run.name, column): each for column, each in words.items()})
            self.add_row(*(self._cell(run, column, each) for column, each in words.items()), key=run.name)
        names = [run.name for run in self._runs]
        self.move_cursor(row=names.index(cursor) if cursor in names else row, animate=False)

    def _cell_words(self, run: RunSummary, column: str) -> str:
        if column == "mark":
            return self._marked[run.name].sign if run.name in self._marked else "·"
        return cell(run, column, self._clock())

    def _cell(self, run: RunSummary, column: str, words: str) -> Text:
        text = Text(words, justify=_side(column), no_wrap=True, end="")
        if column == "state":
            text.stylize(self._colour(SIGNS[run.state][1]), 0, 1)
        elif column == "mark":
            text.stylize(f"bold {self._colour(self._marked[run.name].style)}" if run.name in self._marked else "dim")
        text.truncate(self._columns[column], overflow="ellipsis")
        return text

    def _colour(self, style: str) -> str:
        return self.app.theme_variables.get(style.removeprefix("$"), "")


def _side(column: str) -> Literal["left", "right"]:
    return "right" if column in RIGHT else "left"


def _title(column: str, order: str) -> str:
    return ("" if column == "mark" else column) + (" ▾" if column == order else "")
