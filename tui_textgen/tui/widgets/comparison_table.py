"""The table of compared runs: one of them is chosen, and its lines can be scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.comparison import Compared, Line
from tui_textgen.tui.renderables.comparison_table import columns_in, comparison_table
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted


class ComparisonTable(Painted):
    """A column for each run. A click chooses a run, a click on the chosen one opens it."""

    BINDING_GROUP_TITLE = "Compared runs"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("enter", "at('comparison-table', 'open')", "Open", tooltip="Open the run"),
        Binding("left", "at('comparison-table', 'choose(-1)')", "Run", key_display="←→", tooltip="The run before"),
        Binding("right", "at('comparison-table', 'choose(1)')", "Next", show=False, tooltip="The next run"),
        Binding("up", "at('comparison-table', 'scroll(-1)')", "Up", show=False, tooltip="Lines above"),
        Binding("down", "at('comparison-table', 'scroll(1)')", "Down", show=False, tooltip="Lines below"),
    ]

    class RunChosen(Message):
        """The run ``name`` is to be opened."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="comparison-table")
        self._runs: Sequence[Compared] = ()
        self._lines: Sequence[Line] = ()
        self._chosen = 0
        self._top = 0

    def show(self, runs: Sequence[Compared], lines: Sequence[Line]) -> None:
        """Show these lines of these runs; the chosen one stays chosen."""
        name = self._runs[self._chosen].name if self._runs else ""
        names = [run.name for run in runs]
        self._chosen = names.index(name) if name in names else max(0, min(self._chosen, len(runs) - 1))
        self._runs, self._lines = runs, lines
        self.styles.height = len(lines) + 1
        self.repaint()

    def paint(self, size: Size) -> list[Row]:
        return comparison_table(self._lines, self._runs, self._chosen, self._top, size.width, size.height)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return {"open": bool(self._runs), "choose": len(self._runs) > 1, "scroll": self._most() > 0}.get(action, True)

    def action_open(self) -> None:
        self.post_message(self.RunChosen(self._runs[self._chosen].name))

    def action_choose(self, by: int) -> None:
        self._choose(min(max(0, self._chosen + by), len(self._runs) - 1))

    def action_scroll(self, by: int) -> None:
        self._top = min(max(0, self._top + by), self._most())
        self.repaint()

    def on_resize(self) -> None:
        self._top = min(self._top, self._most())
        super().on_resize()

    def on_click(self, event: Click) -> None:
        place = columns_in(self.size.width, self._lines, self._runs, self._chosen).run_at(event.x)
        if place is not None and place == self._chosen:
            self.action_open()
        elif place is not None:
            self._choose(place)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(1)

    def _choose(self, place: int) -> None:
        self._chosen = place
        self.repaint()

    def _most(self) -> int:
        """Lines that are out of sight."""
        return max(0, len(self._lines) - max(0, self.size.height - 1))
