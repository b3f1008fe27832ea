"""The library of texts: choose one, look into it, train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.folder_watch import FolderWatch
from tui_textgen.tui.services import CorpusDescription, Services
from tui_textgen.tui.text_listing import Listed, TextListing
from tui_textgen.tui.text_reading import Described, ReadSoFar, TextReading
from tui_textgen.tui.typed_path import expanded, shown_path
from tui_textgen.tui.widgets.complaints import Complaints
from tui_textgen.tui.widgets.corpus_preview import CorpusPreview
from tui_textgen.tui.widgets.corpus_table import CorpusTable
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.text_getting import TextGetting
from tui_textgen.tui.widgets.text_inside import TextInside
from tui_textgen.tui.widgets.typed_text import TypedText
from tui_textgen.tui.widgets.with_parts import WithParts
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry

SETTLING = 0.12
"""Seconds the cursor rests on a row before its text is read."""
BROAD, NARROW = 96, 64
"""Columns from which table and preview stand side by side, and under which the table keeps to the essential."""
LOW = 16
"""Lines under which hints give way."""
READING = "Reading and counting…"
STOPPED = "Not counted. Enter reads it, and opens its training."


class CorporaPane(Pane, WithParts):
    """The corpora as a table, with a preview of the one under the cursor, and a field for a path."""

    BORDER_TITLE = "Corpora"
    BINDING_GROUP_TITLE = "Corpora"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop, back", show=False, tooltip="Stop reading; leave the field"),
        *TextGetting.KEYS,
        *TextInside.KEYS,
        Binding("slash", "type('#path')", "Path", tooltip="Type the path of a text"),
        Binding("e", "type('#encoding')", "Encoding", tooltip="Change the encoding that texts are read in"),
        Binding("r", "look_again", "Look again", show=False, tooltip="Look again which texts there are"),
    ]
    DEFAULT_CSS = """
    CorporaPane #shelf { layout: vertical; height: 1fr; }
    CorporaPane CorpusTable { width: 100%; height: auto; max-height: 50%; }
    CorporaPane CorpusPreview { height: 1fr; margin-top: 1; padding: 0; }
    CorporaPane.-broad #shelf { layout: horizontal; }
    CorporaPane.-broad CorpusTable { width: auto; max-width: 60%; max-height: 100%; }
    CorporaPane.-broad CorpusPreview { width: 1fr; margin: 0 0 0 3; }
    CorporaPane #hint { color: $text-muted; height: auto; max-height: 2; }
    CorporaPane.-low #hint { display: none; }
    CorporaPane.-low Complaints { max-height: 1; }
    CorporaPane.-low CorpusTable { scrollbar-size-horizontal: 0; }
    CorporaPane.-low CorpusPreview { margin-top: 0; }
    """

    class TrainRequested(Message):
        """Train on this text, which has been read."""

        def __init__(self, text: ChosenText) -> None:
            super().__init__()
            self.text = text

    def __init__(self, services: Services) -> None:
        super().__init__(id="corpora")
        self._corpora = services.corpora
        self._typed_in: dict[str, CorpusEntry] = {}
        self._known: dict[tuple[str, str], CorpusDescription] = {}
        self._listing = TextListing(services.corpora, self.post_message)
        self._watch = FolderWatch(self._corpora.folder, lambda: self.display, self.post_message)
        self._reading = TextReading(services.corpora, self.post_message)
        self._settling: Timer | None = None
        self._train_when_read: str | None = None
        self._table, self._preview, self._notice = CorpusTable(), CorpusPreview(), Notice()
        self._getting = TextGetting(services.corpora, self._table, self._preview, self._notice)
        self._inside = TextInside(services.portraits, self._table, lambda: self._encoding)

    def compose(self) -> ComposeResult:
        with Vertical(id="shelf"):
            yield self._table
            yield self._preview
        yield Static(markup=False, id="hint")
        yield self._notice
        yield Complaints()
        yield self._getting
        yield self._inside
        yield TypedText()

    def on_mount(self) -> None:
        folder = visible_line(shown_path(self._corpora.folder))
        self.query_one("#hint", Static).update(f"Your own texts: put *.txt files into {folder}")
        self._preview.show_nothing("Looking for texts…")
        self._watch.start()

    def on_unmount(self) -> None:
        self._watch.stop()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= BROAD, "-broad")
        self.set_class(self.size.height < LOW, "-low")
        self.query_one(TypedText).set_class(self.size.width < NARROW, "-narrow")
        self._table.set_narrow(self.size.width < NARROW)
        self._table.show_header = self.size.height >= LOW

    def first_focus(self) -> Widget | None:
        return self._table

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would be typed are no keys."""
        typing = isinstance(self.screen.focused, Input)
        if action == "leave":
            return self._reading.reading or typing
        if action == "at":
            return not typing and self.part_allows(parameters)
        return not (action == "type" and typing)

    @property
    def _encoding(self) -> str:
        return self.query_one(TypedText).encoding

    # What is there

    @on(Listed)
    @while_open
    def _show_list(self, message: Listed) -> None:
        if isinstance(message.found, TextgenError):
            self._notice.error(message.found)
            return
        self.query_one(Complaints).tell(message.complaints)
        entries = {entry.name: entry for entry in message.found} | self._typed_in
        self._table.show(entries)
        if not entries:
            self._preview.show_nothing("No text yet. Put *.txt files into the folder below, or type a path.")

    @on(FolderWatch.Changed)
    def action_look_again(self) -> None:
        """List the texts anew, for one that was put into the folder, and forget what was read."""
        self._known.clear()
        self._listing.read()

    # What is in it

    @on(CorpusTable.RowHighlighted)
    def _look(self) -> None:
        key = self._table.current
        entry = self._table.entry(key) if key else None
        if key is None or entry is None:
            return
        if self._train_when_read != key:  # else the table was only drawn anew, for another width
            self._train_when_read = None
        self._notice.clear()
        self._stop_settling()
        self.refresh_bindings()
        if entry.gettable:
            self._reading.stop()
            self._getting.show(entry)
            return
        if description := self._known.get((key, self._encoding)):
            self._preview.show_description(description)
            return
        self._preview.show_entry(entry, READING)
        self._settling = self.set_timer(SETTLING, lambda: self._read(key))

    def _stop_settling(self) -> None:
        if self._settling:
            self._settling.stop()

    def _read(self, key: str) -> None:
        """Read ``key`` in the background, instead of whatever is being read."""
        self._stop_settling()
        self._reading.read(key, self._encoding)

    @on(ReadSoFar)
    @while_open
    def _show_read_so_far(self, message: ReadSoFar) -> None:
        entry = self._table.entry(message.key)
        if entry and self._table.current == message.key and self._reading.reading:
            self._preview.show_entry(entry, f"{READING} {message.share:4.0%}  Esc stops it")

    @on(Described)
    @while_open
    def _show_described(self, message: Described) -> None:
        found = message.found
        if isinstance(found, TextgenError):
            self._refuse(message.key, found)
            return
        self._known[message.key, message.encoding] = found
        if self._table.entry(message.key) is None:
            self._typed_in[message.key] = found.entry
            self._add_typed(message.key)
        else:
            self._table.update_entry(message.key, found.entry)
        if self._table.current == message.key:
            self._preview.show_description(found)
            self._notice.clear()
        if self._train_when_read == message.key:
            self._train(message.key)

    def _add_typed(self, key: str) -> None:
        self._table.show(self._table.entries | {key: self._typed_in[key]}, cursor=key)
        self.query_one(TypedText).clear_path()
        self._table.focus()

    def _refuse(self, key: str, error: TextgenError) -> None:
        self._train_when_read = None
        self._notice.error(error)
        entry = self._table.entry(key)
        if entry and self._table.current == key:
            self._preview.show_entry(entry, "This text could not be read.")

    # What to do with it

    @on(CorpusTable.RowSelected)
    def _train_on_row(self) -> None:
        if key := self._table.current:
            self._train(key)

    def _train(self, key: str) -> None:
        """Ask for a training, as soon as the text is known."""
        self._train_when_read = None
        if (entry := self._table.entry(key)) and entry.gettable:
            self._train_when_read = key
            self._getting.get(entry)
            return
        encoding = self._encoding
        if description := self._known.get((key, encoding)):
            self.post_message(self.TrainRequested(ChosenText((key,), description, encoding)))
            return
        self._train_when_read = key
        self._notice.say("Reading the text; its training opens as soon as it is counted.")
        self._read(key)

    @on(TextInside.Opened)
    def _leave_reading_to_it(self) -> None:
        self._stop_settling()
        self._reading.stop()

    @on(TextInside.Closed)
    def _come_back(self, message: TextInside.Closed) -> None:
        self._look()
        if message.chosen:
            self.post_message(self.TrainRequested(message.chosen))

    @on(TextGetting.Arrived)
    @while_open
    def _go_on_with(self, message: TextGetting.Arrived) -> None:
        """Do with a text that has arrived what was wanted of it."""
        if (key := message.entry.name) == self._table.current:
            self._look()
            if self._train_when_read == key:
                self._train(key)

    @on(TextGetting.GivenUp)
    def _want_no_more(self) -> None:
        self._train_when_read = None

    @on(Input.Submitted, "#path Input")
    def _open_path(self, event: Input.Submitted) -> None:
        if typed := event.value.strip():
            self._notice.say("Reading…")
            self._read(expanded(typed))

    @on(Input.Submitted, "#encoding Input")
    def _read_again(self) -> None:
        self._look()
        self._table.focus()

    def action_type(self, field: str) -> None:
        """Put the cursor into a field."""
        self.query_one(TypedText).type_into(field)

    def action_leave(self) -> None:
        """Stop what is being read; else leave a field for the table."""
        self._train_when_read = None
        if self._reading.reading:
            self._reading.stop()
            self._notice.clear()
            if entry := self._table.entry(self._table.current or ""):
                self._preview.show_entry(entry, STOPPED)
        else:
            self._table.focus()
