"""What the network wrote while it learned: the newest sample, one before it, two side by side, all of them in turn."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer

from tui_textgen.runs.snapshot import RunSnapshot, Sample
from tui_textgen.tui.renderables.samples import Button, losses_at, whereabouts
from tui_textgen.tui.sample_browser import Placed, SampleBrowser
from tui_textgen.tui.widgets.sample_page import SamplePage, SampleText
from tui_textgen.tui.widgets.scrubber import SampleScrubber

NOTHING_YET = "The first sample comes with step 0."
NONE_BY_ITSELF = "This run writes no samples by itself; press s while it trains to ask for one."
NEVER_ANY = "No sample was written in this run; one can be asked for with s while it trains."
FRAME_SECONDS = 1 / 3
"""Between two samples when they are played."""
ROOMY = 78
"""Columns from which a pinned sample stands beside the other: a terminal of 80 less the pane's edges."""
LOW = 5
"""Rows under which the scrubber gives way to the text."""


class SampleView(Vertical):
    """Shows the newest sample as it comes, unless another one is being looked at."""

    BINDING_GROUP_TITLE = "Samples"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("left", "at('sample', 'move(-1)')", "Samples", key_display="←→", tooltip="The sample before"),
        Binding("right", "at('sample', 'move(1)')", "Newer", show=False, tooltip="The sample after"),
        Binding("pageup", "at('sample', 'move(-10)')", "Ten older", show=False, tooltip="Ten samples before"),
        Binding("pagedown", "at('sample', 'move(10)')", "Ten newer", show=False, tooltip="Ten samples after"),
        Binding("home", "at('sample', 'first')", "First", show=False, tooltip="The first sample"),
        Binding("end", "at('sample', 'newest')", "Newest", show=False, tooltip="The newest sample, and those to come"),
        Binding("w", "at('sample', 'play')", "Play", show=False, tooltip="Watch it learn: all samples in turn"),
        Binding("i", "at('sample', 'pin')", "Pin", show=False, tooltip="Pin this sample beside the others, or unpin"),
        Binding("z", "at('sample', 'full')", "Full", show=False, tooltip="The sample in full, and back"),
        Binding("escape", "at('sample', 'leave_full')", "Back", tooltip="Back to the dashboard"),
        Binding("up", "at('sample', 'scroll(-1)')", "Scroll", show=False, tooltip="The sample's text, a line up"),
        Binding("down", "at('sample', 'scroll(1)')", "Scroll", show=False, tooltip="The sample's text, a line down"),
        Binding("shift+up", "at('sample', 'page(-1)')", "Page up", show=False, tooltip="A page of the text up"),
        Binding("shift+down", "at('sample', 'page(1)')", "Page down", show=False, tooltip="A page of the text down"),
    ]

    DEFAULT_CSS = """
    #sample-pages { height: 1fr; layout: horizontal; }
    #sample-pinned { display: none; }
    SampleView.-pinned #sample-pinned { display: block; margin-right: 2; }
    SampleView.-stacked #sample-pages { layout: vertical; }
    SampleView.-stacked #sample-pinned { margin-right: 0; }
    SampleView.-low SampleScrubber { display: none; }
    """

    class Wanted(Message):
        """Sample ``index`` (0 is the first) is to be fetched."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class FullToggled(Message):
        """The sample is to take all of the dashboard's room, or no longer."""

        def __init__(self, full: bool) -> None:
            super().__init__()
            self.full = full

    def __init__(self) -> None:
        super().__init__(id="sample")
        self._browser = SampleBrowser()
        self._snapshot: RunSnapshot | None = None
        self._full = False
        self._next_frame: Timer | None = None
        self._could: tuple[bool, ...] = ()

    def compose(self) -> ComposeResult:
        with Container(id="sample-pages"):
            yield SamplePage(id="sample-pinned")
            yield SamplePage(id="sample-shown")
        yield SampleScrubber()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < ROOMY, "-stacked")
        self.set_class(event.size.height < LOW, "-low")

    # What comes from outside

    def show(self, snapshot: RunSnapshot) -> None:
        """Take what is new in this snapshot."""
        self._snapshot = snapshot
        self._browser.take(snapshot.samples, snapshot.newest_sample)
        self._update()

    def show_fetched(self, index: int, sample: Sample | None) -> None:
        """Take a sample that was wanted; None if it could not be read."""
        self._browser.fetched(index, sample)
        self._update()

    def expect_asked(self) -> None:
        """A sample was asked for: it is to be shown when it comes."""
        self._browser.expect_asked()

    def stop(self) -> bool:
        """Stop playing; whether there was anything to stop."""
        stopped = self._browser.stop()
        if stopped:
            self._update()
        return stopped

    def reset(self) -> None:
        """Forget the run that was shown."""
        self._browser, self._snapshot = SampleBrowser(), None
        self._set_full(False)
        self._update()

    # Keys and the mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        browser = self._browser
        if action in ("move", "first", "newest", "play"):
            return browser.count > 1
        if action in ("scroll", "page"):
            return any(text.overflows for text in self.query(SampleText))
        return {
            "pin": browser.shown is not None,
            "full": browser.shown is not None or self._full,
            "leave_full": self._full,
        }.get(action, True)

    def action_move(self, by: int) -> None:
        """Go ``by`` samples forward; at the newest, follow it again."""
        self._go(self._browser.here + by)

    def action_first(self) -> None:
        self._go(0)

    def action_newest(self) -> None:
        self._go(self._browser.count - 1)

    def action_play(self) -> None:
        """Show all samples in turn; any key stops it."""
        if not self.stop():
            self._browser.play()
            self._update()

    def action_pin(self) -> None:
        """Keep this sample on the screen and show another beside it, or take it away again."""
        self._browser.pin()
        self._update()

    def action_full(self) -> None:
        self._set_full(not self._full)

    def action_leave_full(self) -> None:
        self._set_full(False)

    def action_scroll(self, by: int) -> None:
        for text in self.query(SampleText):
            text.scroll_lines(by)

    def action_page(self, by: int) -> None:
        for text in self.query(SampleText):
            text.scroll_pages(by)

    def on_sample_scrubber_moved(self, message: SampleScrubber.Moved) -> None:
        self._go(message.index)

    async def on_sample_scrubber_pressed(self, message: SampleScrubber.Pressed) -> None:
        await self.run_action(message.action)

    # Drawing

    def _go(self, index: int) -> None:
        self._browser.go(index)
        self._update()

    def _set_full(self, full: bool) -> None:
        if full is not self._full:
            self._full = full
            self.post_message(self.FullToggled(full))
            self._update()

    def _update(self) -> None:
        """Ask for the sample that is wanted, if any, and draw what there is."""
        browser = self._browser
        if (index := browser.next_request()) is not None:
            self.call_later(self._request, index)
        self.set_class(browser.pinned is not None, "-pinned")
        self._draw("#sample-pinned", browser.pinned, pinned=True)
        self._draw("#sample-shown", browser.shown)
        pinned = browser.pinned.index if browser.pinned else None
        self.query_one(SampleScrubber).show(browser.count, browser.here, pinned, self._buttons())
        self._time_next_frame()
        could = (browser.count > 1, browser.shown is not None, self._full)
        if could != self._could:
            self._could = could
            self.refresh_bindings()

    def _request(self, index: int) -> None:
        # Not at once: a message does not bubble up to whoever was at work when it was made, here maybe the pane above.
        self.post_message(self.Wanted(index))

    def _draw(self, page: str, placed: Placed | None, pinned: bool = False) -> None:
        if placed and self._snapshot:
            losses = losses_at(self._snapshot, placed.sample.step)
            where = whereabouts(placed.index, self._browser.count, tell_newer=not pinned)
            self.query_one(page, SamplePage).show(placed.sample, losses, where, pinned)
        elif not pinned:
            self.query_one(page, SamplePage).show_nothing(self._why_nothing())

    def _why_nothing(self) -> str:
        facts = self._snapshot.summary if self._snapshot else None
        if facts and not facts.state.live:
            return NEVER_ANY
        return NONE_BY_ITSELF if facts and facts.config.get("sample_every") == 0 else NOTHING_YET

    def _buttons(self) -> list[Button]:
        browser = self._browser
        return [
            Button("w", "stop" if browser.playing else "play", "play"),
            Button("i", "unpin" if browser.pinned else "pin", "pin"),
            Button("z", "back" if self._full else "full", "full"),
        ]

    def _time_next_frame(self) -> None:
        """While playing, show the next sample a while after this one has come, however long that took."""
        if self._browser.frame_is_due and self._next_frame is None:
            self._next_frame = self.set_timer(FRAME_SECONDS, self._advance)

    def _advance(self) -> None:
        self._next_frame = None
        self._browser.advance()
        self._update()
