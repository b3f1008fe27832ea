"""Downloads of the texts that the catalogue has and the library has not yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.renderables.quantities import size
from tui_textgen.tui.renderables.rows import plain
from tui_textgen.tui.renderables.run_lines import bar
from tui_textgen.tui.services import Corpora
from tui_textgen.tui.widgets.corpus_preview import CorpusPreview
from tui_textgen.tui.widgets.corpus_table import CorpusTable
from tui_textgen.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry

BAR = 16
"""Cells of the bar that shows how far a download is."""
OFFER = "Not here yet: g downloads it, Enter trains on it then."
ESCAPE = "Esc stops it."
CANCELLED = "Cancelled; nothing was kept. g downloads it."


class TextGetting(Widget):
    """Gets the text under the cursor of ``table``, one at a time, and tells of it there, in ``preview`` and ``notice``.

    A part of the corpora pane without a place on the screen.
    """

    BINDING_GROUP_TITLE = "Catalogue"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("g", "at('getting', 'get')", "Get", tooltip="Download the text under the cursor"),
        Binding("escape", "at('getting', 'stop')", "Stop", tooltip="Stop the download"),
    ]
    DEFAULT_CSS = "TextGetting { display: none; }"

    class Arrived(Message):
        """The text of ``entry`` is in the library now."""

        def __init__(self, entry: CorpusEntry) -> None:
            super().__init__()
            self.entry = entry

    class GivenUp(Message):
        """A text that was on its way does not come: it could not be had, or somebody stopped it."""

    class _CameSoFar(Message):
        def __init__(self, wish: int, size: int, total: int | None) -> None:
            super().__init__()
            self.wish, self.size, self.total = wish, size, total

    class _Failed(Message):
        def __init__(self, wish: int, error: TextgenError) -> None:
            super().__init__()
            self.wish, self.error = wish, error

    def __init__(self, corpora: Corpora, table: CorpusTable, preview: CorpusPreview, notice: Notice) -> None:
        super().__init__(id="getting")
        self._corpora, self._table, self._preview, self._notice = corpora, table, preview, notice
        self._wish = 0
        self._under_way: CorpusEntry | None = None
        self._told: dict[str, str] = {}

    @property
    def under_way(self) -> bool:
        """Whether a text is being downloaded."""
        return self._under_way is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "stop":
            return self.under_way
        entry = self._table.entry(self._table.current or "")
        return entry is not None and entry.gettable and not self.under_way

    def action_get(self) -> None:
        """Download the text under the cursor."""
        if entry := self._table.entry(self._table.current or ""):
            self.get(entry)

    def get(self, entry: CorpusEntry) -> None:
        """Download a text, unless another one is on its way."""
        if self._under_way:
            if self._under_way.name != entry.name:
                self._notice.say(f"{self._under_way.name} is on its way; one text comes at a time, and Esc stops it.")
            return
        self._under_way = entry
        self._notice.clear()
        self._tell(entry, f"Asking for it…\n{ESCAPE}")
        self.refresh_bindings()
        in_background(partial(self._get, entry.name, self._wish))

    def action_stop(self) -> None:
        """End the download."""
        self._give_up(CANCELLED)

    def show(self, entry: CorpusEntry) -> None:
        """Show a text that is not here, and how that stands."""
        other = self._under_way.name if self._under_way else ""
        offer = f"Not here yet; {other} is on its way, and one text comes at a time." if other else OFFER
        self._preview.show_entry(entry, self._told.get(entry.name, offer))

    def _give_up(self, words: str) -> None:
        if entry := self._end():
            self._tell(entry, words)
            self.post_message(self.GivenUp())

    def _end(self) -> CorpusEntry | None:
        """Wish for nothing more; what was on its way."""
        entry, self._under_way = self._under_way, None
        self._wish += 1
        if entry:
            self._table.update_entry(entry.name, entry)
        if (here := self._table.entry(self._table.current or "")) and here.gettable:
            self.show(here)
        self.refresh_bindings()
        return entry

    def _tell(self, entry: CorpusEntry, words: str) -> None:
        self._told[entry.name] = words
        if self._table.current == entry.name:
            self.show(entry)

    # From the thread that waits for it

    def _get(self, name: str, wish: int) -> None:
        try:
            self._corpora.get(name, partial(self._progress, wish))
            (entry,) = [entry for entry in self._corpora.entries() if entry.name == name]
        except TextgenError as error:
            self.post_message(self._Failed(wish, error))
        else:
            self.post_message(self.Arrived(entry))

    def _progress(self, wish: int, come: int, total: int | None) -> None:
        if wish != self._wish:
            raise WorkCancelledError(CANCELLED)
        self.post_message(self._CameSoFar(wish, come, total))

    # What comes of it

    @on(_CameSoFar)
    @while_open
    def _show_progress(self, message: _CameSoFar) -> None:
        entry = self._under_way
        if entry is None or message.wish != self._wish:
            return
        total = message.total or entry.bytes
        if not total:
            self._table.show_doing(entry.name, size(message.size))
            self._tell(entry, f"Downloading  {size(message.size)}\n{ESCAPE}")
            return
        share = min(message.size / total, 1.0)
        self._table.show_doing(entry.name, f"{share:.0%}")
        self._tell(entry, f"Downloading  {plain(bar(share, BAR, ''))} {share:4.0%} of {size(total)}\n{ESCAPE}")

    @on(_Failed)
    @while_open
    def _show_failure(self, message: _Failed) -> None:
        if message.wish == self._wish and self._under_way:
            self._notice.error(f"{self._under_way.name} was not downloaded.")
            self._give_up(f"! {message.error}")

    @on(Arrived)
    @while_open
    def _show_arrival(self, message: Arrived) -> None:
        """Also of a text that had come when somebody cancelled it; the message goes on to the pane."""
        self._told.pop(message.entry.name, None)
        if self._under_way and self._under_way.name == message.entry.name:
            self._end()
        self._table.update_entry(message.entry.name, message.entry)
