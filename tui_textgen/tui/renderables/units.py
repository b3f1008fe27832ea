"""How a loss is told: in nats or bits per character, or as a perplexity."""

from __future__ import annotations

import math
from enum import StrEnum

LARGEST_EXPONENT = 700.0
"""A perplexity beyond this many nats would overflow."""


class Unit(StrEnum):
    """What a loss is shown in; losses are kept in nats per character, or byte, everywhere."""

    NATS = "nats"
    BPC = "bpc"
    PERPLEXITY = "perplexity"

    def words(self, per: str = "character") -> str:
        """The unit's full name; ``per`` is what the network reads one by one."""
        return f"{'bits' if self is Unit.BPC else self} per {per}"

    def convert(self, nats: float) -> float:
        """A loss in this unit. Greater stays greater, NaN stays NaN; no perplexity is infinite unless the loss is."""
        if self is Unit.BPC:
            return nats / math.log(2)
        if self is Unit.PERPLEXITY:
            return nats if nats == math.inf else math.exp(min(nats, LARGEST_EXPONENT))
        return nats

    def nats(self, loss: float) -> float:
        """A loss in this unit, in nats again."""
        if self is Unit.BPC:
            return loss * math.log(2)
        return math.log(loss) if self is Unit.PERPLEXITY and loss > 0 else loss if self is Unit.NATS else -math.inf
