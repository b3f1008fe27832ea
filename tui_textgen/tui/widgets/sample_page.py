"""One sample: its title and its text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.geometry import Size

from tui_textgen.runs.snapshot import Sample
from tui_textgen.tui.renderables.rows import Row, crop
from tui_textgen.tui.renderables.samples import Losses, sample_lines, sample_title, window
from tui_textgen.tui.widgets.painted import Painted

WHEEL_LINES = 3


class SampleTitle(Painted):
    """Where in the run a sample was written."""

    def __init__(self) -> None:
        super().__init__(classes="sample-title")
        self._row: Row = ()
        self._facts: tuple[Sample, Losses, str, bool] | None = None

    def show(self, sample: Sample | None, losses: Losses, where: str, pinned: bool) -> None:
        self._facts = (sample, losses, where, pinned) if sample else None
        self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        if self._facts is None:
            return [crop((("sample", "bold"),), size.width)]
        sample, losses, where, pinned = self._facts
        return [sample_title(sample, losses, where, size.width, pinned)]


class SampleText(Painted):
    """A text to scroll through; a redraw sends the cells that differ, as a scroll view would not."""

    DEFAULT_CSS = "SampleText { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(classes="sample-text")
        self._prime, self._text = "", ""
        self._lines: list[Row] = []
        self._wrapped_to = 0
        self._first = 0
        self._dragged = False

    @property
    def overflows(self) -> bool:
        """Whether there is more than fits."""
        return len(self._lines) > self.size.height

    def show(self, prime: str, text: str) -> None:
        """Show another text, from its beginning."""
        if (prime, text) != (self._prime, self._text):
            self._prime, self._text = prime, text
            self._wrapped_to = self._first = 0
            self.repaint()

    def scroll_lines(self, by: int) -> None:
        """Go ``by`` lines down, as far as there are any."""
        self._first += by
        self.repaint()

    def scroll_pages(self, by: int) -> None:
        """Go ``by`` pages down; a line of the page before stays."""
        self.scroll_lines(by * max(1, self.size.height - 1))

    def paint(self, size: Size) -> Sequence[Row]:
        width = max(1, size.width - 1)
        if self._wrapped_to != width:
            self._lines, self._wrapped_to = sample_lines(self._prime, self._text, width), width
        self._first = max(0, min(self._first, len(self._lines) - size.height))
        return window(self._lines, self._first, size.width, size.height)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-WHEEL_LINES)

    def on_mouse_down(self, event: MouseDown) -> None:
        if event.x == self.size.width - 1 and self.overflows:
            self._dragged = True
            self.capture_mouse()
            self._go_to(event.y)

    def on_mouse_move(self, event: MouseMove) -> None:
        if self._dragged:
            self._go_to(event.y)

    def on_mouse_up(self, event: MouseUp) -> None:  # noqa: ARG002
        if self._dragged:
            self._dragged = False
            self.release_mouse()

    def _go_to(self, y: int) -> None:
        """Put the bar's thumb at row ``y``."""
        hidden = len(self._lines) - self.size.height
        self._first = round(y * hidden / max(1, self.size.height - 1))
        self.repaint()


class SamplePage(Vertical):
    """A sample under its title."""

    DEFAULT_CSS = "SamplePage { height: 1fr; width: 1fr; }"

    def compose(self) -> ComposeResult:
        yield SampleTitle()
        yield SampleText()

    @property
    def text(self) -> SampleText:
        return self.query_one(SampleText)

    def show(self, sample: Sample, losses: Losses, where: str, pinned: bool = False) -> None:
        """Show a sample; ``where`` it is among the others."""
        self.query_one(SampleTitle).show(sample, losses, where, pinned)
        self.text.show(sample.prime, sample.text)

    def show_nothing(self, sentence: str) -> None:
        """Say why there is no sample."""
        self.query_one(SampleTitle).show(None, Losses(None, None), "", pinned=False)
        self.text.show("", sentence)
