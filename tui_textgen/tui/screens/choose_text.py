"""Which text is to be looked at: typed, pasted, a file's, or one of the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.containers import Vertical
from textual.events import Paste
from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.renderables.quantities import counted
from tui_textgen.tui.screens.offers import Offers
from tui_textgen.tui.text_to_look_at import TextToLookAt, beginning
from tui_textgen.tui.typed_path import expanded
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.workers.protocol import LONGEST_LOOK

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry
    from tui_textgen.tui.services import Corpora

PLACEHOLDER = "type or paste a text, a path, or a name"
FILE = re.compile(r"^(~|\.{0,2})/\S|^[^\s/]+/\S+$|^\S+\.\w{1,5}$")
"""What looks like a path, absolute or not, or like a file's name."""


class Pasted(Message):
    """A text of several lines was pasted."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class TextInput(LineInput):
    """A field for one line, where what is pasted with more lines than one is told as a whole."""

    def _on_paste(self, event: Paste) -> None:
        if len(event.text.splitlines()) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(Pasted(event.text))


class Offer(NamedTuple):
    """A ``text`` that is there, or the ``name`` or path of one to be read."""

    text: str | None = None
    name: str = ""


class ChooseText(Offers[Offer, TextToLookAt]):
    """Asks for a text; typing narrows the library's, and is offered as a text itself."""

    BINDING_GROUP_TITLE = "Texts"

    class Listed(Message):
        """What the library has."""

        def __init__(self, entries: Sequence[CorpusEntry]) -> None:
            super().__init__()
            self.entries = entries

    class Read(Message):
        """The beginning of a text, or why there is none."""

        def __init__(self, found: TextToLookAt | TextgenError) -> None:
            super().__init__()
            self.found = found

    def __init__(self, corpora: Corpora) -> None:
        super().__init__(TextInput(placeholder=PLACEHOLDER), "enter takes the marked one · esc stays")
        self._corpora = corpora
        self._entries: Sequence[CorpusEntry] = ()
        self._pasted = ""
        self._reading = False

    def on_mount(self) -> None:
        self.query_one(Vertical).border_title = "score a text"
        in_background(self._list)

    # What there is to choose

    def _list(self) -> None:
        try:
            self.post_message(self.Listed(self._corpora.entries()))
        except TextgenError as error:
            self.post_message(self.Read(error))

    @on(Listed)
    @while_open
    def _take_list(self, message: Listed) -> None:
        self._entries = message.entries
        self.offer()

    @on(Pasted)
    def _take_pasted(self, message: Pasted) -> None:
        self._pasted = message.text
        self.query_one(TextInput).value = ""
        self.offer()

    def offered(self, typed: str) -> Sequence[tuple[str, Offer]]:
        sought = typed.strip().lower()
        library = [
            (f"{entry.name} · {entry.title}", Offer(name=entry.name))
            for entry in self._entries
            if entry.available and (not sought or sought in f"{entry.name} {entry.title}".lower())
        ]
        if not typed:
            return [*self._offered_paste(), *library]
        exact = [line for line in library if line[1].name.lower() == sought]
        path = typed.strip()
        file = [(f"the file {path}", Offer(name=expanded(typed)))] if FILE.search(path) else []
        this = (f"what is typed, {counted(len(typed), 'character')}", Offer(typed))
        return [*exact, *file, this, *(line for line in library if line not in exact), *self._offered_paste()]

    def _offered_paste(self) -> list[tuple[str, Offer]]:
        size = counted(len(self._pasted), "character")
        return [(f"what was pasted, {size}", Offer(self._pasted))] if self._pasted else []

    # What was chosen

    def take(self, offer: Offer) -> None:
        if offer.text is not None:
            self.dismiss(beginning("a text of yours", offer.text))
        elif not self._reading:
            self._reading = True
            self.query_one(Notice).say("Reading …")
            in_background(partial(self._read, offer.name))

    def _read(self, name: str) -> None:
        try:
            text = self._corpora.beginning(name, LONGEST_LOOK + 1)
        except TextgenError as error:
            self.post_message(self.Read(error))
        else:
            self.post_message(self.Read(beginning(name, text)))

    @on(Read)
    @while_open
    def _conclude(self, message: Read) -> None:
        self._reading = False
        if isinstance(message.found, TextToLookAt):
            self.dismiss(message.found)
        else:
            self.query_one(Notice).error(message.found)
