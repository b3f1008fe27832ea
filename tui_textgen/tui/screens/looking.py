"""Looking at a text with a model: surprise, score and lens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui_textgen.tui.background import while_open
from tui_textgen.tui.inquiry import Inquiry
from tui_textgen.tui.looker import Answer, Looker, Seeing, Unanswered
from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.text_to_look_at import TextToLookAt
from tui_textgen.tui.unit_steps import next_layer, next_unit, other_part, told_unit, typed_unit
from tui_textgen.tui.widgets.alternatives import Alternatives
from tui_textgen.tui.widgets.key_footer import KeyFooter
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.sight_view import SightView
from tui_textgen.tui.widgets.text_heat import TextHeat
from tui_textgen.workers.protocol import MOST_ALTERNATIVES, Skipped, Unit

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard
    from tui_textgen.tui.scribe import Scribe
    from tui_textgen.tui.services import Corpora

LENS_ACTIONS = ("step_unit", "step_layer", "step_part", "go_to_unit", "find_unit")
DIGITS = [
    Binding(str((index + 1) % 10), f"mark({index})", "Mark", show=index == 0, key_display="1…0",
            tooltip="Mark an alternative")
    for index in range(MOST_ALTERNATIVES)
]  # fmt: skip


class Looking(ModalScreen[str | None]):
    """Shows a text to the model of ``card``, which ``scribe`` holds: its surprise, or the ``lens``.

    The result is a prime to go on from: the text up to a place, and the alternative that was chosen there.
    """

    AUTO_FOCUS = "TextHeat"
    BINDING_GROUP_TITLE = "Looking"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Write on", tooltip="Go on writing from here with the marked alternative"),
        Binding("escape", "leave", "Stop, back", tooltip="Stop looking; back to the console"),
        *DIGITS,
        Binding("comma,left_square_bracket", "step_unit(-1)", "Unit", key_display=",", tooltip="The unit before"),
        Binding("full_stop,right_square_bracket", "step_unit(1)", "Unit", key_display=".", tooltip="The next unit"),
        Binding("v", "step_layer", "Layer", tooltip="The unit of the same number in the next layer"),
        Binding("c", "step_part", "Cell", tooltip="The unit's cell instead of its output, and back"),
        Binding("g", "go_to_unit", "Go to", show=False, tooltip="Type a unit's number"),
        Binding("f", "find_unit", "Find", tooltip="Find units that go with quotes, brackets, line ends, …"),
        Binding("w", "show(False)", "Surprise", tooltip="How likely each character was"),
        Binding("l", "show(True)", "Lens", tooltip="What is expected after each character, and what a unit does"),
        Binding("s", "choose_text", "Score", tooltip="Score another text: pasted, a file, or of the library"),
        Binding("question_mark", "app.keys", "Keys", tooltip="This list of keys"),
    ]
    DEFAULT_CSS = """
    Looking { layout: vertical; overflow: hidden; background: $background; }
    Looking > Notice { padding: 0 1; }
    Looking.-low > Notice { max-height: 1; }
    """

    def __init__(
        self, scribe: Scribe, card: ModelCard, corpora: Corpora, text: TextToLookAt, lens: bool = False
    ) -> None:
        super().__init__()
        self._scribe, self._shape, self._corpora = scribe, card.shape, corpora
        self._view = SightView(card, text, lens)
        self._inquiry = self._inquire(text)

    def compose(self) -> ComposeResult:
        yield self._view
        yield Notice()
        yield KeyFooter()

    def on_mount(self) -> None:
        self.call_after_refresh(self._ask)

    def on_resize(self) -> None:
        self.call_after_refresh(self._ask)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the lens work in the lens, those of the surprise in the surprise."""
        if not self._view.is_mounted:
            return False
        if action in ("take", "mark"):
            return self._view.chosen is not None
        if action == "show":
            return self._view.lens is not parameters[0]
        if action == "step_layer" and self._shape.n_layers == 1:
            return False
        if action == "step_part" and self._shape.model != "lstm":
            return False
        return action not in LENS_ACTIONS or self._view.lens

    # Keys and the mouse

    @on(Alternatives.Taken)
    def action_take(self) -> None:
        """Write on from the place, with the marked alternative."""
        if (prime := self._view.chosen) is not None:
            self._inquiry.stop()
            self.dismiss(prime)

    def action_leave(self) -> None:
        """Stop what is being looked at; else leave."""
        if self._inquiry.is_long:
            self._inquiry.stop()
            self.query_one(Notice).say("Stopped; what has been seen stays. Esc again leads back.")
            self._turn()
        else:
            self._inquiry.stop()
            self.dismiss(None)

    def action_mark(self, index: int) -> None:
        """Mark an alternative."""
        self._view.mark(index)

    def action_show(self, lens: bool) -> None:
        """Change between surprise and lens."""
        self._view.show_lens(lens)
        self.query_one(TextHeat).focus()
        self._hope()

    @on(TextHeat.Moved)
    def _turn(self) -> None:
        """Something else is looked at."""
        self._view.draw()
        self.refresh_bindings()
        self._ask()

    # Units

    def action_step_unit(self, by: int) -> None:
        self._show_unit(next_unit(self._view.unit, by, self._shape))

    def action_step_layer(self) -> None:
        self._show_unit(next_layer(self._view.unit, self._shape))

    def action_step_part(self) -> None:
        self._show_unit(other_part(self._view.unit))

    def action_go_to_unit(self) -> None:
        """Ask for a unit's number."""
        from tui_textgen.tui.screens.ask_line import AskLine

        shape, now = self._shape, self._view.unit

        def show(typed: str | None) -> None:
            if typed is not None:
                self._show_unit(typed_unit(typed, shape, now))

        question = f"Which unit? There are {shape.n_hidden} in each layer."
        self.app.push_screen(AskLine(question, "", lambda typed: told_unit(typed, shape, now)), show)

    def action_find_unit(self) -> None:
        """Search for units that go with a feature of the text."""
        from tui_textgen.tui.screens.unit_search import UnitSearch

        self._inquiry.stop()
        self.app.push_screen(UnitSearch(self._view.text.text, self._scribe, self._shape), self._take_found)

    def _take_found(self, unit: Unit | None) -> None:
        self._show_unit(unit or self._view.unit)

    def _show_unit(self, unit: Unit) -> None:
        self._view.show_unit(unit)
        self._hope()

    # Texts

    def action_choose_text(self) -> None:
        """Ask for another text."""
        from tui_textgen.tui.screens.choose_text import ChooseText

        self.app.push_screen(ChooseText(self._corpora), self._take_text)

    def _take_text(self, text: TextToLookAt | None) -> None:
        if text is not None:
            self._inquiry.stop()
            self.query_one(Notice).clear()
            self._view.show_text(text)
            self._inquiry = self._inquire(text)
            self._turn()

    # Questions

    def _inquire(self, text: TextToLookAt) -> Inquiry:
        looker = Looker(text.text, self._scribe.ask, self._scribe.stop, self.post_message)
        return Inquiry(looker, self._view.sight)

    def _hope(self) -> None:
        """Ask for what was given up."""
        self._inquiry.hope()
        self._turn()

    def _ask(self) -> None:
        if self._view.is_mounted:
            self._inquiry.ask(self._view.unit if self._view.lens else None, self._view.looked_at)
            self._view.show_going(self._inquiry.going)

    @on(Answer)
    @while_open
    def _take(self, message: Answer) -> None:
        """Show what was answered, and ask for what is needed next."""
        match self._inquiry.take(message):
            case None:
                return
            case Seeing(event=Skipped(characters=characters)):
                self.query_one(Notice).error(f"Never seen by the model, left out: {' '.join(map(named, characters))}")
            case Unanswered(stopped=False, error=error):
                self.query_one(Notice).error(error)
        self._turn()
