"""Which model writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.tui.renderables.models import model_line
from tui_textgen.tui.screens.picker import Picker
from tui_textgen.tui.typed_path import expanded

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry


class ModelPicker(Picker[Path]):
    """A model's file: of one in the list, or by a path that is typed and taken as it is."""

    BINDING_GROUP_TITLE = "Models"

    def __init__(self, entries: Sequence[ModelEntry]) -> None:
        super().__init__(
            [(model_line(entry), entry.path) for entry in entries],
            "a part of a name, or the path of a model file",
            "enter takes the marked one, or the path; esc stays",
        )

    def take_typed(self, typed: str) -> None:
        if typed:
            self.dismiss(Path(expanded(typed)))
