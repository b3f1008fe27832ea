"""What a writer answers to the TUI and the command line."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrote:
    """Some more text after the prime: a batch of characters, every few hundredths of a second."""

    text: str


@dataclass(frozen=True)
class Skipped:
    """Characters of the prime that the model never saw, left out; distinct, in order."""

    characters: str


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
class Score:
    """How well a model predicts a text."""

    characters: int
    """How many were predicted."""
    nats_per_char: float

    @property
    def bits_per_char(self) -> float:
        return self.nats_per_char / math.log(2)

    @property
    def perplexity(self) -> float:
        """e to the loss: among how many equally likely characters the model is undecided."""
        return math.exp(self.nats_per_char)
