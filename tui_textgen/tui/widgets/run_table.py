"""All runs as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import DataTable

from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.tui.renderables.durations import ago
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.run_lines import SIGNS, nats
from tui_textgen.visible import visible_line

COLUMNS = {"state": 13, "name": 24, "corpus": 20, "step": 15, "train": 6, "val": 6, "age": 7}
RIGHT = ("step", "train", "val", "age")
NARROW = {"state": 13, "name": 16, "val": 6}
MEDIUM = {"state": 13, "name": 20, "step": 15, "val": 6, "age": 7}


class RunTable(DataTable[Text]):
    """One run a row, newest first; the cursor stays on its run when rows come and go."""

    BINDING_GROUP_TITLE = "Runs"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select_cursor", "Open", tooltip="Open the run")]

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(id="runs", cursor_type="row", cell_padding=1)
        self._clock = clock
        self._runs: list[RunSummary] = []
        self._columns: dict[str, int] = {}
        self._cells: dict[tuple[str, str], Text] = {}

    @property
    def current(self) -> RunSummary | None:
        """The run under the cursor."""
        return self._runs[self.cursor_row] if 0 <= self.cursor_row < len(self._runs) else None

    def show(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs; where the rows are the same ones, only cells that differ are touched."""
        runs = sorted(runs, key=lambda run: run.created, reverse=True)
        same = [run.name for run in runs] == [run.name for run in self._runs]
        current, self._runs = self.current, runs
        if not same:
            self._fill(current.name if current else None)
            return
        for run in runs:
            for column in self._columns:
                cell = self._cell(run, column)
                if self._cells.get((run.name, column)) != cell:
                    self._cells[run.name, column] = cell
                    self.update_cell(run.name, column, cell)

    def on_resize(self, event: Resize) -> None:
        width = event.size.width
        columns = NARROW if width < 70 else MEDIUM if width < 106 else COLUMNS
        if columns is not self._columns:
            self._columns = columns
            self._fill(self.current.name if self.current else None)

    def _fill(self, cursor: str | None) -> None:
        self.clear(columns=True)
        self._cells.clear()
        for column, width in self._columns.items():
            self.add_column(Text(column, justify=_side(column)), width=width, key=column)
        for run in self._runs:
            cells = {column: self._cell(run, column) for column in self._columns}
            self._cells.update({(run.name, column): cell for column, cell in cells.items()})
            self.add_row(*cells.values(), key=run.name)
        names = [run.name for run in self._runs]
        if cursor in names:
            self.move_cursor(row=names.index(cursor), animate=False)

    def _cell(self, run: RunSummary, column: str) -> Text:
        text = Text(self._words(run, column), justify=_side(column), no_wrap=True, end="")
        if column == "state":
            name = SIGNS[run.state][1].removeprefix("$")
            text.stylize(self.app.theme_variables.get(name, ""), 0, 1)
        text.truncate(self._columns[column], overflow="ellipsis")
        return text

    def _words(self, run: RunSummary, column: str) -> str:
        match column:
            case "state":
                return f"{SIGNS[run.state][0]} {run.state.value}"
            case "name" | "corpus":
                return visible_line(getattr(run, column))
            case "step":
                return f"{count(run.step)}/{count(run.steps)}"
            case "train" | "val":
                return nats(run.train_loss if column == "train" else run.val_loss)
            case _:
                return ago(self._clock() - run.created)


def _side(column: str) -> Literal["left", "right"]:
    return "right" if column in RIGHT else "left"
