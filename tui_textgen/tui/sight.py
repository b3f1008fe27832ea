"""What is known so far of a text that is being looked at."""

from __future__ import annotations

from collections.abc import Sequence

from tui_textgen.models.score import Score
from tui_textgen.workers.protocol import Likeliest, LookEvent, Seen, Skipped, Unit

NEAR = 64
"""Places to either side that are asked for with one: moves of the cursor then wait for nothing."""


class Sight:
    """The answers about ``text``, and what has yet to be asked; places are those of its characters and the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.unknown = ""
        """The characters in it that the model never saw."""
        self.score: Score | None = None
        self._probabilities: list[float | None] = []
        self._ranks: list[int | None] = []
        self._likeliest: dict[int, Likeliest] = {}
        self._values: dict[Unit, Sequence[float | None]] = {}

    def take(self, event: LookEvent) -> None:
        """The next that was told of it."""
        match event:
            case Seen():
                self._probabilities += event.probabilities
                self._ranks += event.ranks
            case Skipped():
                self.unknown = event.characters
            case Score():
                self.score = event

    def take_likeliest(self, begin: int, likeliest: Sequence[Likeliest]) -> None:
        """What was expected at the places from ``begin`` on."""
        self._likeliest.update(enumerate(likeliest, begin))

    def take_values(self, unit: Unit, values: Sequence[float | None]) -> None:
        """What ``unit`` did; that of other units is forgotten, which can be long."""
        self._values = {unit: values}

    @property
    def share(self) -> float:
        """How much of the text has been seen."""
        return len(self._probabilities) / len(self.text) if self.text else 1.0

    def is_seen(self, place: int) -> bool:
        return place < len(self._probabilities)

    def is_unknown(self, place: int) -> bool:
        """Whether the model never saw the character there."""
        return bool(self.unknown) and place < len(self.text) and self.text[place] in self.unknown

    def character(self, place: int) -> str:
        """Nothing at the end."""
        return self.text[place : place + 1]

    def probability(self, place: int) -> float | None:
        return self._probabilities[place] if self.is_seen(place) else None

    def rank(self, place: int) -> int | None:
        return self._ranks[place] if self.is_seen(place) else None

    def likeliest(self, place: int) -> Likeliest | None:
        """What was expected there; None while that is not known."""
        return self._likeliest.get(place)

    def values(self, unit: Unit) -> Sequence[float | None] | None:
        """What the unit did after each character; None while that is not known."""
        return self._values.get(unit)

    def unasked(self, places: range) -> range:
        """What is to be asked, so that what was expected at ``places`` is known; nothing if it is."""
        missing = [place for place in places if 0 <= place <= len(self.text) and place not in self._likeliest]
        if not missing:
            return range(0)
        return range(max(0, missing[0] - NEAR), min(len(self.text), missing[-1] + NEAR) + 1)
