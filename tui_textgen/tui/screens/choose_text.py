"""Which text is to be looked at: typed, pasted, a file's, or one of the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.renderables.quantities import counted
from tui_textgen.tui.text_to_look_at import TextToLookAt, beginning
from tui_textgen.tui.typed_path import expanded
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.visible import visible_line
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
    """A line of the list: a ``text`` that is there, or the ``name`` or path of one to be read."""

    words: str
    text: str | None = None
    name: str = ""


class ChooseText(ModalScreen[TextToLookAt | None]):
    """Asks for a text; typing narrows the library's, and is offered as a text itself."""

    AUTO_FOCUS = "TextInput"
    BINDING_GROUP_TITLE = "Texts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay"),
        Binding("up", "move(-1)", "Above", show=False, priority=True),
        Binding("down", "move(1)", "Below", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    ChooseText { align: center middle; }
    ChooseText > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; background: $surface;
        border: round $accent; border-title-color: $accent;
    }
    ChooseText OptionList {
        height: auto; max-height: 10; margin: 1 0; border: none; padding: 0; background: transparent;
    }
    ChooseText.-low OptionList { margin: 0; max-height: 4; }
    ChooseText .hint { color: $text-muted; height: auto; }
    """

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
        super().__init__()
        self._corpora = corpora
        self._entries: Sequence[CorpusEntry] = ()
        self._pasted = ""
        self._offers: list[Offer] = []
        self._reading = False

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "score a text"
            yield TextInput(placeholder=PLACEHOLDER)
            yield OptionList(markup=False, compact=True)
            yield Notice()
            yield Static("enter takes the marked one · esc stays", classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._offer()
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
        self._offer()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one(Notice).clear()
        self._offer()

    @on(Pasted)
    def _take_pasted(self, message: Pasted) -> None:
        self._pasted = message.text
        self.query_one(TextInput).value = ""
        self._offer()

    def _offer(self) -> None:
        typed = self.query_one(TextInput).value
        self._offers = list(self._offered(typed))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(visible_line(offer.words))) for offer in self._offers)
        options.highlighted = 0 if self._offers else None

    def _offered(self, typed: str) -> list[Offer]:
        """What could be meant, the likeliest first."""
        sought = typed.strip().lower()
        library = [
            Offer(f"{entry.name} · {entry.title}", name=entry.name)
            for entry in self._entries
            if entry.available and (not sought or sought in f"{entry.name} {entry.title}".lower())
        ]
        if not typed:
            return [*self._offered_paste(), *library]
        exact = [offer for offer in library if offer.name.lower() == sought]
        file = [Offer(f"the file {typed.strip()}", name=expanded(typed))] if FILE.search(typed.strip()) else []
        this = [Offer(f"what is typed, {counted(len(typed), 'character')}", text=typed)]
        return [*exact, *file, *this, *(offer for offer in library if offer not in exact), *self._offered_paste()]

    def _offered_paste(self) -> list[Offer]:
        size = counted(len(self._pasted), "character")
        return [Offer(f"what was pasted, {size}", text=self._pasted)] if self._pasted else []

    # Keys and the mouse

    def action_move(self, by: int) -> None:
        """Mark another one."""
        options = self.query_one(OptionList)
        if self._offers:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._offers)

    @on(Input.Submitted)
    def _take_marked(self) -> None:
        if (marked := self.query_one(OptionList).highlighted) is not None:
            self._take(self._offers[marked])

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self._take(self._offers[event.option_index])

    def _take(self, offer: Offer) -> None:
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
