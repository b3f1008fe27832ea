"""What the network wrote while it learned: the newest sample, or any before it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_textgen.runs.snapshot import RunSnapshot, Sample
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.rows import LIVE, MUTED
from tui_textgen.visible import visible

NOTHING_YET = "The first sample comes with step 0."


class SampleView(Vertical):
    """Shows the newest sample as it comes, unless an older one is being looked at."""

    KEYS: ClassVar[list[BindingType]] = [
        Binding("left", "at('sample', 'move(-1)')", "Samples", key_display="←→", tooltip="Older and newer samples"),
        Binding("right", "at('sample', 'move(1)')", show=False),
    ]

    DEFAULT_CSS = """
    SampleView > Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    SampleView > VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    SampleView > VerticalScroll > Static { height: auto; }
    """

    class Wanted(Message):
        """Sample ``index`` (0 is the first) is to be shown."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__(id="sample")
        self._samples = 0
        self._index: int | None = None
        self._newest: Sample | None = None
        self._on_screen: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="sample-title", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(Content(NOTHING_YET), id="sample-text", markup=False)

    def show(self, snapshot: RunSnapshot) -> None:
        """Take what is new in this snapshot."""
        self._samples, self._newest = snapshot.samples, snapshot.newest_sample
        if self._index is None:
            self._show(self._newest, self._samples - 1)

    def show_older(self, index: int, sample: Sample) -> None:
        """Show a sample that was asked for, unless another one is wanted by now."""
        if index == self._index:
            self._show(sample, index)

    def reset(self) -> None:
        """Forget the run that was shown."""
        self._samples, self._index, self._newest = 0, None, None
        self._show(None, 0)

    def action_move(self, by: int) -> None:
        """Go ``by`` samples forward; past the last one, follow the newest again."""
        here = self._samples - 1 if self._index is None else self._index
        there = max(0, here + by)
        if there >= self._samples - 1:
            self._index = None
            self._show(self._newest, self._samples - 1)
        elif there != here:
            self._index = there
            self.post_message(self.Wanted(there))

    def _show(self, sample: Sample | None, index: int) -> None:
        title, text = self._words(sample, index)
        if (title.plain, text.plain) == self._on_screen:
            return
        self._on_screen = title.plain, text.plain
        self.query_one("#sample-title", Static).update(title)
        self.query_one("#sample-text", Static).update(text)

    def _words(self, sample: Sample | None, index: int) -> tuple[Content, Content]:
        if sample is None:
            return Content.styled("sample", "bold"), Content.styled(NOTHING_YET, MUTED)
        place = f"  {index + 1} of {self._samples}  "
        older, newer = ("◀" if index > 0 else "·"), ("▶" if index < self._samples - 1 else "·")
        title = Content.assemble(
            ("sample", "bold"), (f" at step {count(sample.step)}", ""), (place, MUTED),
            (f"{older} {newer}", LIVE), ("  asked for" if sample.asked else "", MUTED),
        )  # fmt: skip
        return title, Content.assemble((visible(sample.prime), MUTED), visible(sample.text))
