"""Ways to look at a text with the model of the console: at its passage, or at any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.tui.services import Corpora
from tui_textgen.tui.text_to_look_at import HELLO_TEXT, TextToLookAt, beginning, teaches
from tui_textgen.tui.widgets.desk import Desk

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard


class Views(Widget):
    """Opens surprise, lens and score for what is on ``desk``; it has no look of its own."""

    BINDING_GROUP_TITLE = "Looking"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("w", "at('views', 'surprise')", "Surprise",
                tooltip="How likely each character was, and what else could have come"),
        Binding("l", "at('views', 'lens')", "Lens",
                tooltip="What the network expects after each character, and what its units do"),
        Binding("s", "at('views', 'score')", "Score",
                tooltip="See how well the model predicts any text: pasted, of a file, of the library"),
    ]  # fmt: skip
    DEFAULT_CSS = "Views { display: none; }"

    class PrimeChosen(Message):
        """Somebody wants to go on from ``prime``."""

        def __init__(self, prime: str) -> None:
            super().__init__()
            self.prime = prime

    def __init__(self, desk: Desk, corpora: Corpora) -> None:
        super().__init__(id="views")
        self._desk, self._corpora = desk, corpora

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """While a passage is being written, or no model is there, nothing can be looked at."""
        can_look = self._card is not None and not self._desk.writing
        return can_look and (action != "surprise" or self._passage is not None)

    def action_surprise(self) -> None:
        """Look at how likely the passage was."""
        if self._passage:
            self._look(self._passage)

    def action_lens(self) -> None:
        """Look at what the network does along the passage; without one, along another text."""
        if text := self._passage or self._example:
            self._look(text, lens=True)
        else:
            self._choose(lambda text: self._look(text, lens=True))

    def action_score(self) -> None:
        """Look at how likely another text is."""
        self._choose(self._look)

    @property
    def _card(self) -> ModelCard | None:
        return self._desk.scribe_of_current.card

    @property
    def _passage(self) -> TextToLookAt | None:
        raw = self._desk.current.raw if self._desk.begun else ""
        return beginning("the passage", raw) if raw else None

    @property
    def _example(self) -> TextToLookAt | None:
        """What the worked example's models are explained by."""
        return TextToLookAt("hello", HELLO_TEXT) if self._card and teaches(self._card.vocabulary) else None

    def _choose(self, then: Callable[[TextToLookAt], None]) -> None:
        from tui_textgen.tui.screens.choose_text import ChooseText

        self.app.push_screen(ChooseText(self._corpora), lambda text: then(text) if text else None)

    def _look(self, text: TextToLookAt, lens: bool = False) -> None:
        from tui_textgen.tui.screens.looking import Looking

        if card := self._card:
            looking = Looking(self._desk.scribe_of_current, card, self._corpora, text, lens)
            self.app.push_screen(looking, self._conclude)

    def _conclude(self, prime: str | None) -> None:
        if prime is not None:
            self.post_message(self.PrimeChosen(prime))
