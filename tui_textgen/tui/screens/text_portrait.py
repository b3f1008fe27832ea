"""All that is to be known of a text before it is trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_textgen.advice import Advice
from tui_textgen.corpus.entry import CorpusDescription
from tui_textgen.tui.background import while_open
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.known_of_text import KnownOfText
from tui_textgen.tui.portrait_reading import PortraitReading
from tui_textgen.tui.renderables.portrait import character_rows, fact_rows
from tui_textgen.tui.renderables.quantities import count, size
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.widgets.key_footer import KeyFooter
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.scrolled_rows import ScrolledRows
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry
    from tui_textgen.tui.services import Portraits

BROAD = 100
"""Columns from which the characters stand beside the rest."""


class TextPortrait(ModalScreen[ChosenText | None]):
    """Shows each part as it becomes known; the result is the text with the advised settings, to be trained on."""

    AUTO_FOCUS = "#facts"
    BINDING_GROUP_TITLE = "Text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "train", "Train so", tooltip="Open the training form with the advised settings"),
        Binding("escape", "leave", "Stop, back", tooltip="Stop reading; back to the texts"),
        Binding("o", "turn_order", "Order", tooltip="The characters by code point, or the most frequent first"),
        Binding("tab", "other_list", "Other list", tooltip="Between the characters and the rest"),
        Binding("question_mark", "app.keys", "Keys", tooltip="This list of keys"),
    ]
    DEFAULT_CSS = """
    TextPortrait { layout: vertical; background: $background; }
    TextPortrait > #head { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    TextPortrait > Horizontal { height: 1fr; padding: 0 1; }
    TextPortrait #characters { display: none; }
    TextPortrait.-beside #characters { display: block; margin-left: 3; }
    TextPortrait > Notice { padding: 0 1; max-height: 2; }
    """

    def __init__(self, portraits: Portraits, key: str, encoding: str, entry: CorpusEntry) -> None:
        super().__init__()
        self._key, self._encoding, self._entry = key, encoding, entry
        self._known = KnownOfText()
        self._by_code = False
        self._reading = PortraitReading(portraits, self.post_message)

    def compose(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with Horizontal():
            yield ScrolledRows(lambda: "The text", self._facts, id="facts")
            yield ScrolledRows(self._characters_title, self._characters, id="characters")
        yield Notice()
        yield KeyFooter()

    def on_mount(self) -> None:
        self._show()
        self.query_one(Notice).say("Reading…")
        self._reading.start(self._key, self._encoding, self._entry.settings)

    def on_unmount(self) -> None:
        self._reading.stop()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= BROAD, "-beside")
        self._show()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "train":
            return isinstance(self._known.advice, Advice)
        if action == "other_list":
            return self._beside
        return action != "turn_order" or self._known.makeup is not None

    # What it shows

    @property
    def _beside(self) -> bool:
        return self.has_class("-beside")

    def _show(self) -> None:
        self.query_one("#head", Static).update(Content(self._head()))
        for rows in self.query(ScrolledRows):
            rows.make_anew()

    def _head(self) -> str:
        text = self._known.text
        characters = text.characters if text else self._entry.characters
        distinct = len(text.vocabulary) if text else self._entry.distinct
        numbers = f"{count(characters)} characters · {count(distinct)} distinct · {size(self._entry.bytes)}"
        return visible_line(f"{self._entry.name} · {numbers}")

    def _facts(self, width: int) -> list[Row]:
        rows = fact_rows(self._known, width)
        if self._beside:
            return rows
        return [*rows, (), ((self._characters_title(), "bold $accent"),), *self._characters(width)]

    def _characters(self, width: int) -> list[Row]:
        return character_rows(self._known, self._by_code, width)

    def _characters_title(self) -> str:
        return f"Characters, {'by code point' if self._by_code else 'the most frequent first'}"

    # What becomes known

    @on(PortraitReading.Told)
    @while_open
    def _take(self, message: PortraitReading.Told) -> None:
        self._known = self._known.with_part(message.part)
        self._show()
        self.refresh_bindings()

    @on(PortraitReading.SoFar)
    @while_open
    def _show_so_far(self, message: PortraitReading.SoFar) -> None:
        if self._reading.going:
            words = message.doing[:1].upper() + message.doing[1:]
            self.query_one(Notice).say(f"{words} {message.share:.0%} · Esc stops it")

    @on(PortraitReading.Ended)
    @while_open
    def _end(self, message: PortraitReading.Ended) -> None:
        if message.error:
            self.query_one(Notice).error(message.error)
        else:
            self.query_one(Notice).clear()

    # Keys

    def action_train(self) -> None:
        """Choose the text with the settings that suit it."""
        text, advice = self._known.text, self._known.advice
        if text and isinstance(advice, Advice):
            settings = {**self._entry.settings, **advice.values}
            entry = replace(self._entry, characters=text.characters, distinct=len(text.vocabulary), settings=settings)
            self.dismiss(ChosenText((self._key,), CorpusDescription(entry, text.preview), self._encoding))

    def action_leave(self) -> None:
        """Stop what is being found out; else leave."""
        if self._reading.going:
            self._reading.stop()
            self.query_one(Notice).say("Stopped. Esc again leads back.")
        else:
            self.dismiss(None)

    def action_other_list(self) -> None:
        """Go to the other list."""
        self.focus_next(ScrolledRows)

    def action_turn_order(self) -> None:
        """Change the order of the characters."""
        self._by_code = not self._by_code
        self._show()
