"""Which units of a network go with something in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_textgen.corpus.features import FEATURES
from tui_textgen.tui.background import while_open
from tui_textgen.tui.looker import Answer, Looker, Searched, SoFar, Unanswered
from tui_textgen.tui.renderables.activity import signed, unit_words
from tui_textgen.tui.renderables.bars import bar
from tui_textgen.tui.renderables.rows import LIVE, MUTED
from tui_textgen.tui.widgets.choice import Choice
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.workers.protocol import Found, Unit

if TYPE_CHECKING:
    from tui_textgen.config import ModelConfig
    from tui_textgen.tui.scribe import Scribe

NONE = "There is no such unit: the text has none of it, or nothing but."
BAR = 12
"""Cells of a correlation of 1."""


class UnitSearch(ModalScreen[Unit | None]):
    """The units that correlate with a feature of ``text``, the best first; the result is the one that was taken."""

    AUTO_FOCUS = "OptionList"
    BINDING_GROUP_TITLE = "Units"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop, back"),
        Binding("left", "turn(-1)", "Feature before", priority=True),
        Binding("right", "turn(1)", "Other feature", priority=True),
    ]
    DEFAULT_CSS = """
    UnitSearch { align: center middle; }
    UnitSearch > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 2; background: $surface;
        border: round $accent; border-title-color: $accent;
    }
    UnitSearch Static { height: auto; }
    UnitSearch .sentence { color: $text-muted; }
    UnitSearch OptionList { height: 10; border: none; padding: 0; background: transparent; }
    UnitSearch .hint { color: $text-muted; }
    UnitSearch.-low .hint { display: none; }
    """

    def __init__(self, text: str, scribe: Scribe, shape: ModelConfig) -> None:
        super().__init__()
        self._looker = Looker(text, scribe.ask, scribe.stop, self.post_message)
        self._shape = shape
        self._found: Mapping[str, Sequence[Found]] | None = None
        self._turned = False
        """Whether somebody has chosen a feature."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "units that go with"
            yield Choice([feature.name for feature in FEATURES], FEATURES[0].name)
            yield Static(classes="sentence", markup=False)
            yield OptionList(markup=False, compact=True)
            yield Notice()
            yield Static("←→ another feature · enter shows the unit · esc leads back", classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(Choice).can_focus = False
        self._show()
        self.query_one(Notice).say("● looking at all units …")
        self._looker.search()

    # Keys and the mouse

    def action_turn(self, by: int) -> None:
        """Choose another feature."""
        self._turned = True
        self.query_one(Choice).action_turn(by)

    def action_leave(self) -> None:
        """End the search, and go back."""
        if self._found is None:
            self._looker.stop()
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._units[event.option_index].unit)

    # What is shown

    @property
    def _units(self) -> Sequence[Found]:
        return self._found[self.query_one(Choice).value] if self._found else ()

    @on(Choice.Changed)
    def _show(self) -> None:
        name = self.query_one(Choice).value
        self.query_one(".sentence", Static).update(next(each.sentence for each in FEATURES if each.name == name))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._line(found)) for found in self._units)
        if self._units:
            options.highlighted = 0
        if self._found is not None:
            self.query_one(Notice).say("" if self._units else NONE)

    def _choose_first(self) -> None:
        """Choose the first feature that the text has."""
        choice = self.query_one(Choice)
        choice.value = next((name for name, found in (self._found or {}).items() if found), choice.value)

    def _line(self, found: Found) -> Content:
        short = self.size.width < 72
        words = unit_words(found.unit, self._shape.n_layers, self._shape.n_hidden, short)
        return Content.assemble(
            (f"{signed(found.correlation):<5}", "bold"), (bar(abs(found.correlation), BAR), LIVE), (f" {words}", MUTED)
        )

    @on(Answer)
    @while_open
    def _take_answer(self, message: Answer) -> None:
        match message:
            case SoFar(share=share):
                self.query_one(Notice).say(f"● looking at all units {100 * share:.0f} %; esc stops it")
            case Searched(found=found):
                self._found = found
                if not self._turned:
                    self._choose_first()
                self._show()
            case Unanswered(stopped=False, error=error):
                self.query_one(Notice).error(error)
