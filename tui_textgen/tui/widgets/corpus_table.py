"""The library of texts as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from tui_textgen.tui.renderables.quantities import count, size
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry

COLUMNS = {"name": "text", "characters": "characters", "distinct": "distinct", "bytes": "size", "source": "from"}
NARROW_COLUMNS = ("name", "characters", "source")
NAME_WIDTH = 28
AWAY = "not here"
"""Where a text is from that could be downloaded."""


class CorpusTable(DataTable[Text]):
    """One corpus a row, keyed by what ``describe`` takes: a library name or a path."""

    BINDING_GROUP_TITLE = "Texts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Train on this", tooltip="Train on the text under the cursor")
    ]
    DEFAULT_CSS = """
    CorpusTable { background: transparent; scrollbar-size-vertical: 1; }
    CorpusTable > .datatable--header { background: transparent; color: $text-muted; text-style: none; }
    """

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._entries: dict[str, CorpusEntry] = {}
        self._narrow = False

    @property
    def current(self) -> str | None:
        """The key under the cursor."""
        keys = list(self._entries)
        return keys[self.cursor_row] if 0 <= self.cursor_row < len(keys) else None

    @property
    def entries(self) -> dict[str, CorpusEntry]:
        return dict(self._entries)

    def entry(self, key: str) -> CorpusEntry | None:
        return self._entries.get(key)

    def show(self, entries: Mapping[str, CorpusEntry], cursor: str | None = None) -> None:
        """Show these rows, with the cursor where it was, or on ``cursor``."""
        cursor = cursor or self.current
        self._entries = dict(entries)
        self._fill(cursor)

    def update_entry(self, key: str, entry: CorpusEntry) -> None:
        """Fill in what has become known of a row, if it is still there."""
        if key not in self._entries:
            return
        self._entries[key] = entry
        for column in self._shown:
            self.update_cell(key, column, cell(entry, column), update_width=True)

    def show_doing(self, key: str, words: str) -> None:
        """Tell what is going on with a row, if it is still there, where it says where the text is from."""
        if key in self._entries:
            self.update_cell(key, "source", Text(words, no_wrap=True, end=""), update_width=True)

    @property
    def _shown(self) -> tuple[str, ...]:
        return NARROW_COLUMNS if self._narrow else tuple(COLUMNS)

    def set_narrow(self, narrow: bool) -> None:
        """Leave the numbers that can wait to the preview."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._fill(self.current)

    def _fill(self, cursor: str | None) -> None:
        self.clear(columns=True)
        for column in self._shown:
            self.add_column(Text(COLUMNS[column], justify=_side(column)), key=column)
        for key, entry in self._entries.items():
            self.add_row(*(cell(entry, column) for column in self._shown), key=key)
        if cursor in self._entries:
            self.move_cursor(row=list(self._entries).index(cursor), animate=False)


def cell(entry: CorpusEntry, column: str) -> Text:
    """What stands in one place of the table."""
    value: Any = getattr(entry, column)
    words = size(value) if column == "bytes" else value if isinstance(value, str) else count(value)
    if column == "source" and entry.gettable:
        words = AWAY
    text = Text(visible_line(words), justify=_side(column), no_wrap=True, end="")
    text.truncate(NAME_WIDTH, overflow="ellipsis")
    return text


def _side(column: str) -> Any:
    return "left" if column in ("name", "source") else "right"
