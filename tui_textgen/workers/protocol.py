"""What a writer answers to the TUI and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_textgen.models.score import Score as Score

LONGEST_LOOK = 100_000
"""Characters of a text that can be looked at."""
MOST_ALTERNATIVES = 10
"""Likeliest characters that are known for each place of a text."""


@dataclass(frozen=True)
class Wrote:
    """Some more text after the prime: a batch of characters, every few hundredths of a second."""

    text: str
    probabilities: tuple[float, ...] = ()
    """What the model gave each character of ``text`` (at temperature 1, nothing cut), to 4 digits, above 0."""


@dataclass(frozen=True)
class Skipped:
    """Characters of a prime or text that the model never saw; distinct, in order."""

    characters: str
    instead: str = ""
    """What the model read for each: its placeholder, or nothing, where they were left out."""

    def as_read(self, prime: str) -> str:
        """What the model read of ``prime``."""
        return prime.translate({ord(character): self.instead for character in self.characters})


@dataclass(frozen=True)
class Finished:
    """The end of a passage."""

    seed: int
    """The seed that was used, drawn if none was given."""
    characters: int
    """Written, without the prime."""
    seconds: float
    cancelled: bool


WriterEvent = Wrote | Skipped | Finished


@dataclass(frozen=True)
class Beside:
    """An event of one of several passages that are written side by side."""

    column: int
    event: WriterEvent


@dataclass(frozen=True)
class Seen:
    """The next characters of a text that is looked at, in order and without gaps.

    One value for each character of the text. None, where nothing was predicted: at the first character that the model
    knows, and at those that it does not know.
    """

    probabilities: tuple[float | None, ...]
    """What the model gave each, with what stands before it, to 4 digits, above 0."""
    ranks: tuple[int | None, ...]
    """1: it was the likeliest; 2: there was one likelier; …"""


LookEvent = Skipped | Seen | Score
"""Skipped first, if anything was; Score last."""


@dataclass(frozen=True)
class Likeliest:
    """What the model expects at a place, the likeliest first; nothing before the first character that it knows."""

    characters: str
    probabilities: tuple[float, ...]
    """To 4 digits, above 0."""


@dataclass(frozen=True)
class Unit:
    """One unit of a network, whose value after each character can be seen."""

    layer: int
    """0: the one that reads the characters."""
    index: int
    """Below ``n_hidden``."""
    part: Literal["h", "c"] = "h"
    """Its output ``h``, or of an LSTM the tanh of its cell ``c``; both are between -1 and 1."""


@dataclass(frozen=True)
class Found:
    """A unit that goes with a feature of a text."""

    unit: Unit
    correlation: float
    """Pearson's, -1 … 1: below 0 the unit falls where the feature rises. To 3 digits."""
