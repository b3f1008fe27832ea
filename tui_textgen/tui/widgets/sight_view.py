"""A text as a model sees it: its surprise with the alternatives, or what a unit does along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.widgets import Static

from tui_textgen.tui.renderables.activity import Beneath, activity, activity_legend, signed, unit_words
from tui_textgen.tui.renderables.heat import UNKNOWN, heat, heat_legend, place_words, score_words
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.rows import LIVE, MUTED, Row, Slot, crop, spread
from tui_textgen.tui.sight import Sight
from tui_textgen.tui.text_to_look_at import TextToLookAt, teaches
from tui_textgen.tui.widgets.alternatives import Alternatives
from tui_textgen.tui.widgets.lens_strip import LensStrip
from tui_textgen.tui.widgets.painted_line import PaintedLine
from tui_textgen.tui.widgets.text_heat import TextHeat
from tui_textgen.visible import visible_line
from tui_textgen.workers.protocol import Likeliest, Unit

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard

TEACHING = (
    "The network reads one letter at a time. After each it says how likely every letter is to be the next: the rows "
    "beneath the text. It knows four of them. After h comes e, after e comes l. But after an l comes once another l, "
    "once an o: the letter alone does not tell which, the network has to remember whether it was the first. Look for "
    "a unit that does: its colour differs from one l to the other. , and . take another unit."
)

NARROW, BROAD = 68, 108
"""Columns from which the alternatives stand beside the text, and from which they have room there."""
LOW = 14
"""Rows under which text and numbers need the room."""


class SightView(Vertical):
    """Draws a :class:`Sight`; in its ``lens`` the values of ``unit``, else how likely the characters were."""

    DEFAULT_CSS = """
    SightView { height: 1fr; padding: 0 1; }
    SightView > .body { height: 1fr; layout: horizontal; }
    SightView TextHeat { width: 1fr; }
    SightView Alternatives { width: 42; height: 100%; margin-left: 2; }
    SightView.-medium Alternatives { width: 31; }
    SightView.-narrow > .body { layout: vertical; }
    SightView.-narrow Alternatives { width: 100%; height: 6; margin-left: 0; }
    SightView.-narrow.-low Alternatives { height: 1; }
    SightView.-low LensStrip { height: 4; }
    SightView > .teaching { height: auto; max-height: 40%; color: $text-muted; display: none; }
    SightView.-lens.-teaching > .teaching { display: block; }
    SightView.-lens.-low > .teaching, SightView.-lens.-low > .legend { display: none; }
    SightView.-lens Alternatives, SightView LensStrip { display: none; }
    SightView.-lens LensStrip { display: block; }
    """

    def __init__(self, card: ModelCard, text: TextToLookAt, lens: bool) -> None:
        super().__init__()
        self._card = card
        self.text, self.sight = text, Sight(text.text)
        self.lens = lens
        self.unit = Unit(card.shape.n_layers - 1, 0)
        self._going = ""

    def compose(self) -> ComposeResult:
        yield PaintedLine(self._title)
        yield Static(TEACHING, classes="teaching", markup=False)
        with Container(classes="body"):
            yield TextHeat(self._style)
            yield Alternatives()
        yield LensStrip(Beneath(self._character, self._value, self._likeliest))
        yield PaintedLine(self._at_cursor)
        yield PaintedLine(self._legend, classes="legend")

    def on_mount(self) -> None:
        self.set_class(teaches(self._card.vocabulary), "-teaching")
        self.query_one(TextHeat).show(self.text.text, cursor=1)
        self.show_lens(self.lens)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(NARROW <= event.size.width < BROAD, "-medium")
        self.set_class(event.size.height < LOW, "-low")

    # What is shown

    def show_text(self, text: TextToLookAt) -> None:
        """Show another text, from its beginning, of which nothing is known yet."""
        self.text, self.sight = text, Sight(text.text)
        self.query_one(TextHeat).show(text.text, cursor=1)
        self.draw()

    def show_lens(self, lens: bool) -> None:
        """Show a unit's values rather than the surprise, or the other way round."""
        self.lens = lens
        self.set_class(lens, "-lens")
        self.draw()

    def show_unit(self, unit: Unit) -> None:
        """Show the values of another unit."""
        self.unit = unit
        self.draw()

    def show_going(self, words: str) -> None:
        """Say in the title what is going on; nothing, when it is done."""
        if words != self._going:
            self._going = words
            self.query_one(PaintedLine).repaint()
            self._draw_alternatives()

    # Where somebody looks

    @property
    def cursor(self) -> int:
        return self.query_one(TextHeat).cursor

    @property
    def looked_at(self) -> range:
        """The places whose likeliest characters are shown."""
        if not self.lens:
            return range(self.cursor, self.cursor + 1)
        columns = self.query_one(LensStrip).places
        return range(columns.start + 1, columns.stop + 1)

    @property
    def chosen(self) -> str | None:
        """The text up to the cursor with the marked alternative behind it; None where there is none."""
        chosen = self.query_one(Alternatives).chosen
        return None if self.lens or chosen is None else self.text.text[: self.cursor] + chosen

    def mark(self, index: int) -> None:
        """Choose an alternative, 0 is the likeliest."""
        self.query_one(Alternatives).mark(index)

    @on(LensStrip.Pointed)
    def _go(self, message: LensStrip.Pointed) -> None:
        self.query_one(TextHeat).action_go(message.place)

    # What is drawn

    def draw(self) -> None:
        """Draw what has changed."""
        self.query_one(TextHeat).repaint()
        self._draw_alternatives()
        self.query_one(LensStrip).show(self.cursor, len(self.text.text))
        for line in self.query(PaintedLine):
            line.repaint()

    def _draw_alternatives(self) -> None:
        came, likeliest = self._character(self.cursor), self._likeliest(self.cursor)
        if likeliest is not None and not likeliest.characters:
            title, likeliest = "nothing is expected here", None
        else:
            title = f"expected at {count(self.cursor + 1)}" if came else "expected next"
            if likeliest is None and self._going:
                title += ": told later"
        self.query_one(Alternatives).show(title, likeliest, came)

    def _title(self, width: int) -> Row:
        name = ((visible_line(self.text.words), "bold"),)
        if self._going:
            return spread(width, [Slot(1, name)], [Slot(0, ((f"● {self._going}", LIVE),))])
        if self.lens:
            shape = self._card.shape
            words = unit_words(self.unit, shape.n_layers, shape.n_hidden, short=width < 78)
            return spread(width, [Slot(1, name)], [Slot(0, ((words, "bold"),))])
        return spread(width, [Slot(3, name)], score_words(self.sight.score) if self.sight.score else ())

    def _at_cursor(self, width: int) -> Row:
        place, sight = self.cursor, self.sight
        words = list(place_words(sight.character(place), sight.probability(place), sight.rank(place)))
        if sight.is_unknown(place):
            words[1:] = [(" the model never saw it", MUTED)]
        elif place < len(sight.text) and not sight.is_seen(place):
            words[1:] = []
        if self.lens and (value := self._value(place)) is not None:
            words.insert(1, (f" {signed(value)} ", activity(value)))
        return crop(tuple(words), width)

    def _legend(self, width: int) -> Row:
        return activity_legend(width) if self.lens else heat_legend(width, bool(self.sight.unknown))

    def _style(self, place: int) -> str:
        if self.sight.is_unknown(place):
            return UNKNOWN
        return activity(self._value(place)) if self.lens else heat(self.sight.probability(place))

    def _character(self, place: int) -> str:
        return self.sight.character(place)

    def _likeliest(self, place: int) -> Likeliest | None:
        return self.sight.likeliest(place)

    def _value(self, place: int) -> float | None:
        values = self.sight.values(self.unit)
        return values[place] if values and place < len(values) else None
