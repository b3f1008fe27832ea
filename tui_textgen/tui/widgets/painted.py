"""A widget that sends only those cells to the terminal that have changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Region, Size
from textual.widget import Widget

from tui_textgen.tui.renderables.rows import Row, changed, marked


class Painted(Widget):
    """Draws the rows that :meth:`paint` gives; :meth:`repaint` compares them with those on the screen.

    Over a slow line a full redraw is what costs: a chart of 100 × 15 is 8 KiB, what changes in it at a poll is mostly
    less than a tenth of that. The focus shows in its first row, which mostly is a title.
    """

    DEFAULT_CSS = "Painted { height: 1; text-wrap: nowrap; text-overflow: clip; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._shown: Sequence[Row] = ()

    def paint(self, size: Size) -> Sequence[Row]:
        """What the widget shows now, in rows that fit ``size``."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw again what differs from before."""
        before, self._shown = self._shown, self._rows() if self.size else ()
        regions = [Region(span.x, span.y, max(1, span.width), 1) for span in changed(before, self._shown)]
        if regions:
            self.refresh(*regions)

    def on_resize(self) -> None:
        self._shown = self._rows()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.repaint()

    def _rows(self) -> Sequence[Row]:
        rows = self.paint(self.size)
        return [marked(rows[0]), *rows[1:]] if rows and self.has_focus else rows

    def render(self) -> Content:
        return Content("\n").join(Content.assemble(*row) for row in self._shown)
