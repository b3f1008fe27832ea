"""Which model the console holds, and the way to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.renderables.models import card_line
from tui_textgen.tui.renderables.rows import MUTED
from tui_textgen.tui.typed_path import shown_path
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard
    from tui_textgen.models.library import ModelEntry

NONE_YET = "none yet: train one, or press m and type the path of a model's file"


class ModelChoice(Static):
    """One line: the model. A click opens the list of all."""

    DEFAULT_CSS = """
    ModelChoice { height: auto; max-height: 2; }
    """

    class Chosen(Message):
        """The model at ``path`` is wanted."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Failed(Message):
        """The models cannot be listed."""

        def __init__(self, error: TextgenError) -> None:
            super().__init__()
            self.error = error

    class _Listed(Message):
        def __init__(self, entries: list[ModelEntry], pick: bool) -> None:
            super().__init__()
            self.entries, self.pick = entries, pick

    def __init__(self, models: Callable[[], list[ModelEntry]]) -> None:
        super().__init__(markup=False)
        self._models = models
        self._labels: dict[Path, str] = {}

    def take_first(self) -> None:
        """Choose the first model there is, without asking."""
        self._say("looking for models…")
        self._list(pick=False)

    def pick(self) -> None:
        """Let somebody choose."""
        self._list(pick=True)

    def show_loading(self, path: Path) -> None:
        self._say(f"{self._label(path)} · loading… Esc gives it up")

    def show_card(self, path: Path, card: ModelCard) -> None:
        self._say(card_line(self._label(path), card))

    def show_given_up(self, path: Path) -> None:
        self._say(f"{self._label(path)} · not loaded; n loads it, m chooses another")

    def show_failed(self, path: Path) -> None:
        self._say(f"{self._label(path)} · could not be loaded")

    @work(thread=True, exclusive=True, group="models")
    def _list(self, pick: bool) -> None:
        try:
            self.post_message(self._Listed(self._models(), pick))
        except TextgenError as error:
            self.post_message(self.Failed(error))

    @on(_Listed)
    @while_open
    def _offer(self, message: _Listed) -> None:
        from tui_textgen.tui.screens.model_picker import ModelPicker

        self._labels |= {entry.path: f"{entry.name} ({entry.source})" for entry in message.entries}
        if message.pick:
            self.app.push_screen(ModelPicker(message.entries), self._picked)
        elif message.entries:
            self._picked(message.entries[0].path)
        else:
            self._say(NONE_YET)

    def _picked(self, path: Path | None) -> None:
        if path is not None:
            self.post_message(self.Chosen(path))

    def on_click(self) -> None:
        self.pick()

    def _label(self, path: Path) -> str:
        return self._labels.get(path) or shown_path(path)

    def _say(self, words: str) -> None:
        self.update(Content.assemble(("model ", MUTED), visible_line(words)))
