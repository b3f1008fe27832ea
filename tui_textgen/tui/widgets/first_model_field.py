"""What a new run begins with: a new network, or what a model has learned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.model_line import ModelLine
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.setting_field import SettingField

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry
    from tui_textgen.tui.first_model import FirstModel

NEW = "a new network"


class FirstModelField(SettingField):
    """One line, from which the list of all models opens; says why one of them cannot be begun with."""

    BINDING_GROUP_TITLE = "New run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "Choose a model", tooltip="Choose a model that the run begins with"),
        Binding("backspace,delete", "take_back", "New network", tooltip="Begin with a new network after all"),
    ]
    HELP = "Enter chooses a model of any text to go on from, whose sizes stay; backspace takes it back."

    class Chosen(Message):
        """The run is to begin with ``model``; None: with a new network."""

        def __init__(self, model: FirstModel | None) -> None:
            super().__init__()
            self.model = model

    class _Listed(Message):
        """All models there are."""

        def __init__(self, entries: Sequence[ModelEntry]) -> None:
            super().__init__()
            self.entries = entries

    class _Failed(Message):
        """The models cannot be listed, or the one that was chosen cannot be read."""

        def __init__(self, error: TextgenError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, services: Services) -> None:
        super().__init__("init_from", "Begin with", NEW, control=ModelLine(NEW), id="init-from")
        self._models, self._card = services.models, services.model_card
        self.model: FirstModel | None = None
        self.choosing = False
        """Whether another model is about to be the one."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return not self.choosing and (action == "choose" or self.model is not None)

    def action_choose(self) -> None:
        """Let somebody choose one of all models."""
        self.choosing = True
        self.query_one(Notice).say("Looking for models…")
        self._list()

    def action_take_back(self) -> None:
        """Begin with a new network."""
        self.query_one(Notice).clear()
        self.post_message(self.Chosen(None))

    def on_click(self) -> None:
        if not self.choosing:
            self.action_choose()

    @work(thread=True, exclusive=True, group="first-model")
    def _list(self) -> None:
        try:
            self.post_message(self._Listed(self._models()))
        except TextgenError as error:
            self.post_message(self._Failed(error))

    @on(_Listed)
    @while_open
    def _pick(self, message: _Listed) -> None:
        from tui_textgen.tui.screens.model_picker import ModelPicker

        def picked(path: Path | None) -> None:
            if path is None:
                self._end()
            else:
                self.query_one(Notice).say("Reading the model…")
                self._read(path, message.entries)

        message.stop()
        self.app.push_screen(ModelPicker(message.entries), picked)

    @work(thread=True, exclusive=True, group="first-model")
    def _read(self, path: Path, entries: Sequence[ModelEntry]) -> None:
        from tui_textgen.tui.first_model import FirstModel, name_to_ask_for
        from tui_textgen.tui.renderables.models import label

        name = name_to_ask_for(path, entries)
        try:
            model = FirstModel(name, label(path, entries), self._card(name))
        except TextgenError as error:
            self.post_message(self._Failed(error))
        else:
            self.post_message(self.Chosen(model))

    @on(Chosen)
    @while_open
    def _take(self, message: Chosen) -> None:
        self.model = message.model
        self.set_text(self.model.line if self.model else NEW)
        self.mark(self.model is not None, None)
        self._end()

    @on(_Failed)
    @while_open
    def _refuse(self, message: _Failed) -> None:
        """The model that was chosen before stays."""
        message.stop()
        self._end()
        self.query_one(Notice).error(message.error)
        self.call_after_refresh(self.scroll_visible)

    def _end(self) -> None:
        self.choosing = False
        self.query_one(Notice).clear()
        self.refresh_bindings()
