"""How well a model predicts a text, as a number."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui_textgen.corpus.vocabulary import Unit


@dataclass(frozen=True)
class Score:
    """The loss of a model on a text."""

    characters: int
    """How many were predicted."""
    nats_per_char: float
    unit: Unit = "char"
    """What was predicted one by one: a byte, where the model's vocabulary is one of bytes."""

    @property
    def unit_name(self) -> str:
        return {"char": "character", "byte": "byte"}[self.unit]

    @property
    def bits_per_char(self) -> float:
        return self.nats_per_char / math.log(2)

    @property
    def perplexity(self) -> float:
        """e to the loss: among how many equally likely characters the model is undecided; ∞ beyond any number."""
        try:
            return math.exp(self.nats_per_char)
        except OverflowError:
            return math.inf
