"""Which model writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.tui.renderables.models import model_line
from tui_textgen.tui.typed_path import expanded
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry


class ModelPicker(ModalScreen[Path | None]):
    """A list to choose from; typing narrows it, and a path that is typed is taken as it is. The result is a file."""

    AUTO_FOCUS = "LineInput"
    BINDING_GROUP_TITLE = "Models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay"),
        Binding("up", "move(-1)", "Model above", show=False, priority=True),
        Binding("down", "move(1)", "Model below", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    ModelPicker { align: center middle; }
    ModelPicker > Vertical {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent;
    }
    ModelPicker .hint { color: $text-muted; height: auto; }
    ModelPicker OptionList { height: auto; max-height: 16; margin: 1 0; border: none; padding: 0; }
    """

    def __init__(self, entries: Sequence[ModelEntry]) -> None:
        super().__init__()
        self._entries = entries
        self._offered: list[ModelEntry] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield LineInput(placeholder="a part of a name, or the path of a model file")
            yield OptionList(markup=False, compact=True)
            yield Static("enter takes the marked one, or the path; esc stays", classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._offer("")

    def _offer(self, typed: str) -> None:
        wanted = typed.strip().lower()
        self._offered = [entry for entry in self._entries if wanted in f"{entry.name} {entry.source}".lower()]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(visible_line(model_line(entry)))) for entry in self._offered)
        options.highlighted = 0 if self._offered else None

    def action_move(self, by: int) -> None:
        """Mark another model."""
        options = self.query_one(OptionList)
        if self._offered:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._offered)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._offer(event.value)

    @on(Input.Submitted)
    def _take_typed(self, event: Input.Submitted) -> None:
        marked = self.query_one(OptionList).highlighted
        typed = event.value.strip()
        if marked is not None:
            self.dismiss(self._offered[marked].path)
        elif typed:
            self.dismiss(Path(expanded(typed)))

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._offered[event.option_index].path)
