"""Questions to the writer about one text, asked in the scribe's thread and answered by messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from textual.message import Message

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.services import Writer
from tui_textgen.workers.protocol import Found, Likeliest, LookEvent, Unit

Question: TypeAlias = Callable[[Writer], None]


class Answer(Message):
    """What ``looker`` was told."""

    def __init__(self, looker: Looker) -> None:
        super().__init__()
        self.looker = looker


class Seeing(Answer):
    """The next part of the text has been seen, or its end, or what of it is unknown."""

    def __init__(self, looker: Looker, event: LookEvent) -> None:
        super().__init__(looker)
        self.event = event


class Expected(Answer):
    """What was expected at the places from ``begin`` on."""

    def __init__(self, looker: Looker, begin: int, likeliest: Sequence[Likeliest]) -> None:
        super().__init__(looker)
        self.begin, self.likeliest = begin, likeliest


class Acted(Answer):
    """The values of ``unit`` along the text."""

    def __init__(self, looker: Looker, unit: Unit, values: Sequence[float | None]) -> None:
        super().__init__(looker)
        self.unit, self.values = unit, values


class Searched(Answer):
    """The units that go with each feature, by its name."""

    def __init__(self, looker: Looker, found: Mapping[str, tuple[Found, ...]]) -> None:
        super().__init__(looker)
        self.found = found


class SoFar(Answer):
    """The share of a question that is answered."""

    def __init__(self, looker: Looker, share: float) -> None:
        super().__init__(looker)
        self.share = share


class Unanswered(Answer):
    """A question was stopped, or failed for the reason that ``error`` tells."""

    def __init__(self, looker: Looker, error: TextgenError) -> None:
        super().__init__(looker)
        self.error = error

    @property
    def stopped(self) -> bool:
        return isinstance(self.error, WorkCancelledError)


class Looker:
    """Asks about ``text`` and posts the answers.

    ``ask`` has a question called with the writer; ``stop`` ends the one that is being answered.
    """

    def __init__(
        self,
        text: str,
        ask: Callable[[Question], None],
        stop: Callable[[], None],
        post: Callable[[Message], object],
    ) -> None:
        self.text = text
        self._ask, self.stop, self._post = ask, stop, post

    def look(self) -> None:
        """Seeing in pieces."""
        self._pose(self._look)

    def expect(self, places: range) -> None:
        """Expected for ``places``."""
        self._pose(partial(self._expect, places))

    def watch(self, unit: Unit) -> None:
        """SoFar now and then, at last Acted."""
        self._pose(partial(self._watch, unit))

    def search(self) -> None:
        """SoFar now and then, at last Searched."""
        self._pose(self._search)

    def _pose(self, question: Question) -> None:
        """Ask it; if it fails, that is posted too: whoever waits for the answer is to hear of it."""

        def answered(writer: Writer) -> None:
            try:
                question(writer)
            except TextgenError as error:
                self._post(Unanswered(self, error))

        self._ask(answered)

    def _look(self, writer: Writer) -> None:
        for event in writer.look(self.text):
            self._post(Seeing(self, event))

    def _expect(self, places: range, writer: Writer) -> None:
        self._post(Expected(self, places.start, writer.alternatives(self.text, places.start, places.stop)))

    def _watch(self, unit: Unit, writer: Writer) -> None:
        self._post(Acted(self, unit, writer.activations(self.text, [unit], self._tell)[0]))

    def _search(self, writer: Writer) -> None:
        self._post(Searched(self, writer.units(self.text, self._tell)))

    def _tell(self, share: float) -> None:
        self._post(SoFar(self, share))
