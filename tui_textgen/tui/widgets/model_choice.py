"""Which model the console holds, and the way to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.renderables.models import card_line, label
from tui_textgen.tui.renderables.rows import MUTED
from tui_textgen.tui.scribe import Loaded, LoadFailed, Scribe
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry

NONE_YET = "none yet: train one, or press m and type the path of a model's file"


class ModelChoice(Static):
    """One line: the model that ``scribe`` holds, or is about to. A click opens the list of all."""

    DEFAULT_CSS = """
    ModelChoice { height: auto; max-height: 2; }
    """

    class Changed(Message):
        """Another model is held, or none; ``chosen``: somebody picked it; ``retried``: the one before had failed."""

        def __init__(self, chosen: bool = False, retried: bool = False) -> None:
            super().__init__()
            self.chosen, self.retried = chosen, retried

    class Failed(Message):
        """The models cannot be listed, or one of them not be loaded."""

        def __init__(self, error: TextgenError) -> None:
            super().__init__()
            self.error = error

    class _Listed(Message):
        """All models there are, and what is to be done: load one of them, ``again`` or at first, or have one picked."""

        def __init__(self, entries: Sequence[ModelEntry], pick: bool, again: bool, load: Path | None) -> None:
            super().__init__()
            self.entries, self.pick, self.again, self.load = entries, pick, again, load

    def __init__(self, models: Callable[[], list[ModelEntry]], scribe: Scribe) -> None:
        super().__init__(markup=False)
        self._models, self._scribe = models, scribe
        self.entries: Sequence[ModelEntry] = ()
        """As they were listed last."""
        self.held: Path | None = None
        """What can be written with."""
        self.expected: Path | None = None
        self._unloaded: Path | None = None  # what could not be loaded, or was given up

    @property
    def any(self) -> Path | None:
        """The model this is about, whether it is held or not."""
        return self.held or self.expected or self._unloaded

    def look(self) -> None:
        """Take the newest model there is, while there is none: a run may have saved one by now."""
        if self.any is None:
            self._say("looking for models…")
            self._list()

    def retry(self) -> None:
        """Load what could not be loaded, or was given up; :meth:`look` if there is no such model."""
        if self._unloaded:
            self.load(self._unloaded)
        else:
            self.look()

    def pick(self) -> None:
        """Let somebody choose."""
        self._list(pick=True)

    def load_newest(self) -> None:
        """Load the model anew, or the checkpoint that its run has saved since."""
        if self.any:
            self._list(beside=self.any)

    def load(self, path: Path) -> None:
        """Have the scribe hold the model at ``path``."""
        retried = self._unloaded is not None
        self.held, self.expected, self._unloaded = None, path, None
        self._say(f"{self.label(path)} · loading… Esc gives it up")
        self._scribe.load(path)
        self.post_message(self.Changed(retried=retried))

    def give_up(self) -> None:
        """End the loading."""
        if path := self.expected:
            self._unloaded, self.expected = path, None
            self._scribe.give_up_loading()
            self._say(f"{self.label(path)} · not loaded; n loads it, m chooses another")

    def take(self, told: Loaded | LoadFailed) -> None:
        """What became of the loading."""
        if told.path != self.expected:
            return
        self.expected = None
        if isinstance(told, Loaded):
            self.held = told.path
            self._say(card_line(self.label(told.path), told.card))
        else:
            self._unloaded = told.path
            self._say(f"{self.label(told.path)} · could not be loaded")
            self.post_message(self.Failed(told.error))
        self.post_message(self.Changed())

    def label(self, path: Path) -> str:
        """What the model at ``path`` is called."""
        return label(path, self.entries)

    @work(thread=True, exclusive=True, group="models")
    def _list(self, pick: bool = False, beside: Path | None = None) -> None:
        from tui_textgen.tui.checkpoints import first_to_load, newest_beside

        try:
            entries = self._models()
        except TextgenError as error:
            self.post_message(self.Failed(error))
        else:
            load = newest_beside(beside) if beside else first_to_load(entries)
            self.post_message(self._Listed(entries, pick, beside is not None, load))

    @on(_Listed)
    @while_open
    def _take_list(self, message: _Listed) -> None:
        from tui_textgen.tui.screens.model_picker import ModelPicker

        self.entries = message.entries
        if message.pick and isinstance(self.app.screen, ModelPicker):
            return  # asked for twice, while the models were looked for
        if message.pick:
            self.app.push_screen(ModelPicker(message.entries), self._picked)
        elif message.load is None:
            self._say(NONE_YET)
        elif message.again or self.any is None:
            self.load(message.load)

    def _picked(self, path: Path | None) -> None:
        if path is not None:
            self.load(path)
            self.post_message(self.Changed(chosen=True))

    def on_click(self) -> None:
        self.pick()

    def _say(self, words: str) -> None:
        self.update(Content.assemble(("model ", MUTED), visible_line(words)))
