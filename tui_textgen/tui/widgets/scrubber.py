"""The line under a sample: a bar with a mark to drag through all of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import MouseDown, MouseMove, MouseUp
from textual.geometry import Size
from textual.message import Message

from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.renderables.samples import Button, Scrubber, scrubber
from tui_textgen.tui.widgets.painted import Painted


class SampleScrubber(Painted):
    """Says where it was dragged to, and which of its buttons was clicked."""

    class Moved(Message):
        """Somebody wants to see the sample at ``index``."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Pressed(Message):
        """A button was clicked that does ``action``."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__()
        self._count, self._here = 0, 0
        self._pinned: int | None = None
        self._buttons: Sequence[Button] = ()
        self._dragged = False

    def show(self, count: int, here: int, pinned: int | None, buttons: Sequence[Button]) -> None:
        """Mark the place ``here`` among ``count`` samples."""
        self._count, self._here, self._pinned, self._buttons = count, here, pinned, buttons
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        return [self._drawn(size.width).row] if self._count else [()]

    def on_mouse_down(self, event: MouseDown) -> None:
        drawn = self._drawn(self.size.width)
        if event.x in drawn.track.cells:
            self._dragged = True
            self.capture_mouse()
            self.post_message(self.Moved(drawn.track.index_at(event.x)))
        for place, action in drawn.buttons:
            if event.x in place:
                self.post_message(self.Pressed(action))

    def on_mouse_move(self, event: MouseMove) -> None:
        if self._dragged:
            self.post_message(self.Moved(self._drawn(self.size.width).track.index_at(event.x)))

    def on_mouse_up(self, event: MouseUp) -> None:  # noqa: ARG002
        if self._dragged:
            self._dragged = False
            self.release_mouse()

    def _drawn(self, width: int) -> Scrubber:
        return scrubber(self._count, self._here, self._pinned, self._buttons, width)
