"""The lines above the chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size

from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.renderables.run_lines import facts_line, progress_line, state_line
from tui_textgen.tui.widgets.painted import Painted


class RunLines(Painted):
    """State, progress, and where there is room what is trained; drawn from the last snapshot it was given."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(id="run-lines")
        self._clock = clock
        self._snapshot: RunSnapshot | None = None
        self._lost = False

    def show(self, snapshot: RunSnapshot | None) -> None:
        """Draw this snapshot; nothing for a run of which nothing is known yet."""
        self._snapshot, self._lost = snapshot, False
        self.repaint()

    def lose(self) -> None:
        """Say of what is on the screen that nobody knows whether it holds still, until the next snapshot."""
        self._lost = True
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        if self._snapshot is None:
            return ()
        seen, now = self._snapshot, self._clock()
        lines = [state_line(seen, size.width, now, self._lost), progress_line(seen, size.width, now)]
        if size.height > len(lines):
            lines.insert(1, facts_line(seen.summary, size.width))
        return lines
