"""A line made of styled words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.geometry import Size

from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.painted import Painted


class PaintedLine(Painted):
    """Shows what ``make`` gives for a width."""

    def __init__(self, make: Callable[[int], Row], *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._make = make

    def paint(self, size: Size) -> Sequence[Row]:
        return [self._make(size.width)]
