"""How the writing goes."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from tui_textgen.tui.renderables.quantities import count, short_count
from tui_textgen.workers.protocol import Finished


class WritingLine(Static):
    """One line: how many characters of how many, how fast, and from which seed."""

    DEFAULT_CSS = """
    WritingLine { height: 1; color: $text-muted; text-align: right; text-wrap: nowrap; }
    WritingLine.-writing { color: $text-accent; }
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(markup=False)
        self._clock = clock
        self._began = 0.0
        self._length = 0
        self._seed = 0
        self.words = ""

    def begin(self, length: int, seed: int) -> None:
        """A passage of ``length`` characters is being written."""
        self._began, self._length, self._seed = self._clock(), length, seed
        self.add_class("-writing")
        self.tell(0)

    def tell(self, characters: int) -> None:
        """So many characters are there."""
        elapsed = self._clock() - self._began
        rate = characters / elapsed if elapsed > 0.5 else None
        self._say("● writing", characters, rate)

    def end(self, finished: Finished) -> None:
        """It is complete, or was stopped."""
        self.remove_class("-writing")
        self._seed = finished.seed
        rate = finished.characters / finished.seconds if finished.seconds > 0 else None
        self._say("■ stopped" if finished.cancelled else "✓ written", finished.characters, rate)

    def fail(self, characters: int) -> None:
        """It broke off."""
        self.remove_class("-writing")
        self._say("! broke off", characters, None)

    def _say(self, state: str, characters: int, rate: float | None) -> None:
        sign = state[0]
        done, seed = f"{count(characters)}/{count(self._length)}", f"seed {self._seed}"
        speed, short = f"{short_count(rate)} chars/s", f"{short_count(rate)}/s"
        for parts in (
            (state, done, seed, speed), (state, done, seed, short), (f"{sign} {done}", seed, short),
            (f"{sign} {done}", speed), (f"{sign} {done}", short),
        ):  # fmt: skip
            words = " · ".join(parts)
            if len(words) <= self.size.width:
                break
        if words != self.words:
            self.words = words
            self.update(Content(words), layout=False)  # a new layout would draw the passage again
