"""The chart of a run's losses."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size
from textual.reactive import reactive

from tui_textgen.tui.renderables.loss_chart import LossCurves, loss_chart
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted


class LossChart(Painted):
    """Draws :attr:`curves` in whatever room there is."""

    curves: reactive[LossCurves] = reactive(LossCurves(), repaint=False)

    def paint(self, size: Size) -> Sequence[Row]:
        return loss_chart(self.curves, size.width, size.height)

    def watch_curves(self) -> None:
        self.repaint()
