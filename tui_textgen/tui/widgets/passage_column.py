"""A passage with all that belongs to it: its title, how the writing goes, the command that writes it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_textgen.tui.widgets.command_line import CommandLine
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.writing_line import WritingLine
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.tui.reproducing import Origin
    from tui_textgen.workers.protocol import Finished, Skipped


class PassageColumn(Vertical):
    """One passage. A ``title`` says what sets it apart from those beside it."""

    DEFAULT_CSS = """
    PassageColumn { height: 1fr; width: 1fr; }
    PassageColumn > .title { height: 1; display: none; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    PassageColumn.-titled > .title { display: block; }
    PassageColumn.-titled > CommandLine { display: none; }
    PassageColumn.-titled:focus-within > .title { color: $text-accent; text-style: bold reverse; }
    """

    class TitleClicked(Message):
        """Somebody points at this column."""

        def __init__(self, column: PassageColumn) -> None:
            super().__init__()
            self.column = column

    def __init__(self, clock: Callable[[], float], *, title: str = "", hint: str = "") -> None:
        super().__init__(classes="-titled" if title else "")
        self._clock, self._hint = clock, hint
        self.title = title
        self._written = 0
        self.origin: Origin | None = None
        """What the writer was given; None before the first passage."""
        self.writing = False

    def compose(self) -> ComposeResult:
        yield Static(classes="title", markup=False)
        yield PassageView(self._hint)
        yield WritingLine(self._clock)
        yield CommandLine()

    @property
    def raw(self) -> str:
        """Prime and passage, as they are."""
        return self._view.raw

    @property
    def command(self) -> str | None:
        """The command line that writes the passage again, if there can be one."""
        from tui_textgen.tui.reproducing import command

        return command(self.origin) if self.origin else None

    def show_title(self, place: str) -> None:
        """Say what it is called, ``place`` before it."""
        self.query_one(".title", Static).update(Content(visible_line(f"{place}{self.title}")), layout=False)

    def begin(self, origin: Origin, goes_on: bool = False) -> None:
        """A passage is being written from ``origin``; one that ``goes_on`` stays on the screen."""
        if not goes_on:
            self._view.begin(origin.prime)
        self.origin, self._written, self.writing = origin, 0, True
        self.query_one(WritingLine).begin(origin.sampling.length, origin.sampling.seed or 0)
        self.query_one(CommandLine).show(self.command)

    def add(self, text: str) -> None:
        """More of it came."""
        self._written += len(text)
        self._view.append(text)
        self.query_one(WritingLine).tell(self._written)

    def end(self, finished: Finished) -> None:
        """It is complete or was stopped; the command is then one for as much as there is."""
        self.writing = False
        self._view.finish()
        self.query_one(WritingLine).end(finished)
        if self.origin and 0 < finished.characters < self.origin.sampling.length:
            sampling = self.origin.sampling.model_copy(update={"length": finished.characters})
            self.origin = replace(self.origin, sampling=sampling)
            self.query_one(CommandLine).show(self.command)

    def fail(self) -> None:
        """It broke off."""
        if self.writing:
            self.writing = False
            self._view.finish()
            self.query_one(WritingLine).fail(self._written)

    def leave_out(self, skipped: Skipped) -> None:
        """Show the prime as it was read."""
        if self.origin:
            prime = self.origin.prime
            written = self.raw[len(prime) :]
            self.origin = replace(self.origin, prime=skipped.as_read(prime))
            self._view.begin(self.origin.prime)
            self._view.append(written)
            self.query_one(CommandLine).show(self.command)

    @property
    def _view(self) -> PassageView:
        return self.query_one(PassageView)

    def on_click(self, event: object) -> None:
        if getattr(event, "widget", None) is self.query_one(".title"):
            self.post_message(self.TitleClicked(self))
