"""What is to be written side by side."""

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
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.errors import SettingsError
from tui_textgen.tui.renderables.models import model_line
from tui_textgen.tui.variants import Variant, models, temperatures
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry

MARKED, UNMARKED = "✓ ", "· "


class MarkList(OptionList):
    """Lines to be marked: space and a click mark one, Enter is left to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Mark"),
        Binding("enter", "screen.write_models", "Write with the marked", show=False),
    ]


class Beside(ModalScreen[tuple[Sequence[Variant], str] | None]):
    """Asks for temperatures, or for models among ``entries``. The result: the variants, and the temperatures typed.

    Checkpoints of one run are models too; those of ``held`` are marked from the start.
    """

    AUTO_FOCUS = "LineInput"
    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay"),
        Binding("down", "to_models", "To the models", show=False),
    ]
    DEFAULT_CSS = """
    Beside { align: center middle; }
    Beside > Vertical {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; background: $surface;
        border: round $accent; border-title-color: $accent; overflow-y: auto;
    }
    Beside Static { height: auto; }
    Beside LineInput { margin-left: 2; }
    Beside MarkList { height: auto; max-height: 10; border: none; padding: 0 2; }
    Beside MarkList { text-wrap: nowrap; text-overflow: ellipsis; }
    Beside Button { height: 1; min-width: 0; width: auto; border: none; margin-left: 2; }
    Beside Button:focus { background: $accent; color: $background; text-style: bold; }
    Beside .hint { color: $text-muted; margin-top: 1; }
    """

    def __init__(self, entries: Sequence[ModelEntry], held: Path | None, typed: str) -> None:
        super().__init__()
        self._entries, self._typed = entries, typed
        name = next((entry.name for entry in entries if entry.path == held), None)
        same = [entry.path for entry in entries if entry.name == name and entry.source.startswith("run")]
        self._marked = set(same if len(same) > 1 else [held]) & {entry.path for entry in entries}

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "side by side"
            yield Static("Write from the same prime and seed, at these temperatures", markup=False)
            yield LineInput(self._typed)
            yield Button(Content("[ write at these ]"), id="by-temperature", compact=True)
            yield Static("or with these models and checkpoints", markup=False)
            yield MarkList(*map(self._option, self._entries), markup=False, compact=True)
            yield Button(Content("[ write with the marked ]"), id="by-model", compact=True)
            yield Notice()
            yield Static("space marks · enter writes · tab to the next part · esc stays", classes="hint", markup=False)

    def _option(self, entry: ModelEntry) -> Option:
        sign = MARKED if entry.path in self._marked else UNMARKED
        return Option(Content(f"{sign}{visible_line(model_line(entry))}"))

    @on(OptionList.OptionSelected)
    def _mark(self, event: OptionList.OptionSelected) -> None:
        entry = self._entries[event.option_index]
        self._marked ^= {entry.path}
        event.option_list.replace_option_prompt_at_index(event.option_index, self._option(entry).prompt)
        self.query_one(Notice).clear()

    def action_to_models(self) -> None:
        """From the temperatures down to the models."""
        self.query_one(MarkList).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#by-temperature")
    def _write_temperatures(self) -> None:
        typed = self.query_one(LineInput).value
        try:
            self.dismiss((temperatures(typed), typed))
        except SettingsError as error:
            self.query_one(Notice).error(error)

    @on(Button.Pressed, "#by-model")
    def action_write_models(self) -> None:
        """Write with the marked models."""
        try:
            chosen = models([entry for entry in self._entries if entry.path in self._marked])
        except SettingsError as error:
            self.query_one(Notice).error(error)
        else:
            self.dismiss((chosen, self._typed))
