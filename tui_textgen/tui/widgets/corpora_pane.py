"""The library of texts: choose one, look into it, train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.services import CorpusDescription, Services
from tui_textgen.tui.text_reading import Described, ReadSoFar, TextReading
from tui_textgen.tui.typed_path import expanded, shown_path
from tui_textgen.tui.widgets.corpus_preview import CorpusPreview
from tui_textgen.tui.widgets.corpus_table import CorpusTable
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.text_field import TextField
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


class CorporaPane(Pane):
    """The corpora as a table, with a preview of the one under the cursor, and a field for a path."""

    BORDER_TITLE = "Corpora"
    BINDING_GROUP_TITLE = "Corpora"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop, back", show=False, tooltip="Stop reading; leave the field"),
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
    CorporaPane #typed { height: 1; }
    CorporaPane #path { width: 1fr; }
    CorporaPane #encoding { width: 22; margin-left: 1; }
    CorporaPane.-narrow #encoding { width: 10; }
    CorporaPane.-narrow #encoding .label { display: none; }
    CorporaPane.-low #hint { display: none; }
    CorporaPane.-low CorpusTable { scrollbar-size-horizontal: 0; }
    CorporaPane.-low CorpusPreview { margin-top: 0; }
    """

    class TrainRequested(Message):
        """Train on this text, which has been read."""

        def __init__(self, text: ChosenText) -> None:
            super().__init__()
            self.text = text

    class _Listed(Message):
        def __init__(self, found: list[CorpusEntry] | TextgenError) -> None:
            super().__init__()
            self.found = found

    def __init__(self, services: Services) -> None:
        super().__init__(id="corpora")
        self._corpora = services.corpora
        self._typed_in: dict[str, CorpusEntry] = {}
        self._known: dict[tuple[str, str], CorpusDescription] = {}
        self._reading = TextReading(services.corpora, self.post_message)
        self._settling: Timer | None = None
        self._train_when_read: str | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="shelf"):
            yield CorpusTable()
            yield CorpusPreview()
        yield Static(markup=False, id="hint")
        yield Notice()
        with Horizontal(id="typed"):
            yield TextField("path", LineInput(placeholder="a text's file; Enter adds it"), id="path")
            yield TextField("encoding", LineInput("utf-8", "utf-8"), id="encoding")

    def on_mount(self) -> None:
        folder = self._corpora.folder
        self.query_one("#hint", Static).update(
            f"Your own texts: put *.txt files into {visible_line(shown_path(folder))}"
        )
        self.query_one(CorpusPreview).show_nothing("Looking for texts…")
        self._list()

    def on_resize(self) -> None:
        table = self.query_one(CorpusTable)
        self.set_class(self.size.width >= BROAD, "-broad")
        self.set_class(self.size.width < NARROW, "-narrow")
        self.set_class(self.size.height < LOW, "-low")
        table.set_narrow(self.size.width < NARROW)
        table.show_header = self.size.height >= LOW

    def first_focus(self) -> Widget | None:
        return self.query_one(CorpusTable)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys that would be typed are no keys."""
        if action == "leave":
            return self._reading.reading or isinstance(self.screen.focused, Input)
        return not (action == "type" and isinstance(self.screen.focused, Input))

    @property
    def _encoding(self) -> str:
        return self.query_one("#encoding", TextField).value.strip() or "utf-8"

    # What is there

    @work(thread=True, exclusive=True, group="list")
    def _list(self) -> None:
        try:
            found: list[CorpusEntry] | TextgenError = self._corpora.entries()
        except TextgenError as error:
            found = error
        self.post_message(self._Listed(found))

    @on(_Listed)
    @while_open
    def _show_list(self, message: _Listed) -> None:
        if isinstance(message.found, TextgenError):
            self.query_one(Notice).error(message.found)
            return
        entries = {entry.name: entry for entry in message.found} | self._typed_in
        self.query_one(CorpusTable).show(entries)
        if not entries:
            self.query_one(CorpusPreview).show_nothing(
                "No text yet. Put *.txt files into the folder below, or type a path."
            )

    def action_look_again(self) -> None:
        """List the texts anew, for one that was put into the folder, and forget what was read."""
        self._known.clear()
        self._list()

    # What is in it

    @on(CorpusTable.RowHighlighted)
    def _look(self) -> None:
        table, preview = self.query_one(CorpusTable), self.query_one(CorpusPreview)
        key = table.current
        entry = table.entry(key) if key else None
        if key is None or entry is None:
            return
        self._train_when_read = None
        self.query_one(Notice).clear()
        self._stop_settling()
        if description := self._known.get((key, self._encoding)):
            preview.show_description(description)
            return
        preview.show_entry(entry, READING)
        self._settling = self.set_timer(SETTLING, lambda: self._read(key))

    def _stop_settling(self) -> None:
        if self._settling:
            self._settling.stop()
            self._settling = None

    def _read(self, key: str) -> None:
        """Read ``key`` in the background, instead of whatever is being read."""
        self._stop_settling()
        self._reading.read(key, self._encoding)

    @on(ReadSoFar)
    @while_open
    def _show_read_so_far(self, message: ReadSoFar) -> None:
        table = self.query_one(CorpusTable)
        entry = table.entry(message.key)
        if entry and table.current == message.key and self._reading.reading:
            self.query_one(CorpusPreview).show_entry(entry, f"{READING} {message.share:4.0%}  Esc stops it")

    @on(Described)
    @while_open
    def _show_described(self, message: Described) -> None:
        found = message.found
        if isinstance(found, TextgenError):
            self._refuse(message.key, found)
            return
        self._known[message.key, message.encoding] = found
        table = self.query_one(CorpusTable)
        if table.entry(message.key) is None:
            self._typed_in[message.key] = found.entry
            self._add_typed(message.key)
        else:
            table.update_entry(message.key, found.entry)
        if table.current == message.key:
            self.query_one(CorpusPreview).show_description(found)
            self.query_one(Notice).clear()
        if self._train_when_read == message.key:
            self._train(message.key)

    def _add_typed(self, key: str) -> None:
        table = self.query_one(CorpusTable)
        table.show(table.entries | {key: self._typed_in[key]}, cursor=key)
        self.query_one("#path", TextField).value = ""
        table.focus()

    def _refuse(self, key: str, error: TextgenError) -> None:
        table = self.query_one(CorpusTable)
        self._train_when_read = None
        self.query_one(Notice).error(error)
        entry = table.entry(key)
        if entry and table.current == key:
            self.query_one(CorpusPreview).show_entry(entry, "This text could not be read.")

    # What to do with it

    @on(CorpusTable.RowSelected)
    def _train_on_row(self) -> None:
        if key := self.query_one(CorpusTable).current:
            self._train(key)

    def _train(self, key: str) -> None:
        """Ask for a training, as soon as the text is known."""
        self._train_when_read = None
        encoding = self._encoding
        if description := self._known.get((key, encoding)):
            self.post_message(self.TrainRequested(ChosenText((key,), description, encoding)))
            return
        self._train_when_read = key
        self.query_one(Notice).say("Reading the text; its training opens as soon as it is counted.")
        self._read(key)

    @on(Input.Submitted, "#path Input")
    def _open_path(self, event: Input.Submitted) -> None:
        if typed := event.value.strip():
            self.query_one(Notice).say("Reading…")
            self._read(expanded(typed))

    @on(Input.Submitted, "#encoding Input")
    def _read_again(self) -> None:
        self._look()
        self.query_one(CorpusTable).focus()

    def action_type(self, field: str) -> None:
        """Put the cursor into a field."""
        self.query_one(field, TextField).focus()

    def action_leave(self) -> None:
        """Stop what is being read; else leave a field for the table."""
        self._train_when_read = None
        if self._reading.reading:
            self._reading.stop()
            self._show_stopped()
        else:
            self.query_one(CorpusTable).focus()

    def _show_stopped(self) -> None:
        table = self.query_one(CorpusTable)
        self.query_one(Notice).clear()
        if entry := table.entry(table.current or ""):
            self.query_one(CorpusPreview).show_entry(entry, STOPPED)
