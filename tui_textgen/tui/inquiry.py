"""What is asked about a text while somebody looks at it: one question after the other, what is needed most first."""

from __future__ import annotations

from tui_textgen.tui.looker import Acted, Answer, Expected, Looker, Seeing, SoFar, Unanswered
from tui_textgen.tui.sight import Sight
from tui_textgen.workers.protocol import Unit

LOOK, WATCH, EXPECT = "looking", "watching the unit", "expecting"

AT_ONCE = 2_000
"""Characters that are looked at so soon that nobody waits for it."""


class Inquiry:
    """Fills ``sight`` by way of ``looker``."""

    def __init__(self, looker: Looker, sight: Sight) -> None:
        self._looker, self._sight = looker, sight
        self._open: str | None = None
        """The question that has yet to be answered."""
        self._share = 0.0
        self._given_up = False
        """Long questions are asked no more: one was stopped, or failed."""

    @property
    def is_long(self) -> bool:
        """Whether a question is open that may take its time."""
        return self._open in (LOOK, WATCH)

    @property
    def going(self) -> str:
        """What is being done and how far it is; nothing while the answer comes at once."""
        if not self.is_long:
            return ""
        return f"{self._open} {100 * (self._sight.share if self._open == LOOK else self._share):.0f} %"

    def ask(self, unit: Unit | None, places: range) -> None:
        """Ask what is missing: what is expected at ``places``, what ``unit`` does, how likely the text was.

        With a ``unit`` to watch, long texts are not looked at: moves through them would have to wait for it.
        """
        if self._open:
            return
        if missing := self._sight.unasked(places):
            self._open = EXPECT
            self._looker.expect(missing)
        elif self._given_up:
            return
        elif unit and self._sight.values(unit) is None:
            self._open, self._share = WATCH, 0.0
            self._looker.watch(unit)
        elif self._sight.score is None and not (unit and len(self._sight.text) > AT_ONCE):
            self._open = LOOK
            self._looker.look()

    def take(self, answer: Answer) -> Answer | None:
        """Note down what was answered; None if it answers none of these questions."""
        if answer.looker is not self._looker:
            return None
        match answer:
            case Seeing(event=event):
                self._sight.take(event)
                self._conclude(self._sight.score is not None)
            case SoFar(share=share):
                self._share = share
            case Acted():
                self._sight.take_values(answer.unit, answer.values)
                self._conclude()
            case Expected():
                self._sight.take_likeliest(answer.begin, answer.likeliest)
                self._conclude()
            case Unanswered(stopped=False):
                self._given_up = True
                self._conclude()
        return answer

    def stop(self) -> None:
        """Give up what is being answered, and what would take long."""
        if self._open:
            self._looker.stop()
            self._given_up = True
            self._open = None

    def hope(self) -> None:
        """Long questions may be asked again."""
        self._given_up = False

    def _conclude(self, done: bool = True) -> None:
        if done:
            self._open = None
