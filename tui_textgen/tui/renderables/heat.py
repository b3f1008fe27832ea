"""How likely each character of a text was to a model, told by colour, and by weight, line and reverse."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from tui_textgen.models.score import Score
from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.renderables.quantities import count, counted
from tui_textgen.tui.renderables.rows import MUTED, Part, Row, Slot, spread

BELOW = (0.01, 0.05, 0.2, 0.5)
"""The probabilities that the steps of surprise are parted by."""
STEPS = (
    "bold reverse $heat-4",
    "bold underline $heat-3",
    "bold $heat-2",
    "$heat-1",
    MUTED,
)
"""The styles from the most surprising step to the least; without colours all of them still differ."""
WORDS = ("< 1 %", "1–5 %", "5–20 %", "20–50 %", "> 50 %")
UNKNOWN = f"strike {MUTED}"
LOADING = ""


def step(probability: float) -> int:
    """The step of surprise, 0 … 4; 0 is the most surprising."""
    return bisect_right(BELOW, probability)


def heat(probability: float | None) -> str:
    """The style of a character that had this probability; None: nothing was predicted there."""
    return LOADING if probability is None else STEPS[step(probability)]


def heat_legend(width: int, unknown: bool) -> Row:
    """What the styles mean; ``unknown``: the text has characters that the model never saw."""
    steps = [Slot(rank, ((words, style),)) for rank, (words, style) in enumerate(zip(WORDS, STEPS, strict=True))]
    strange = [Slot(1, (("never seen", UNKNOWN),))] if unknown else []
    return spread(width, [Slot(9, (("probability", MUTED),)), *reversed(steps), *strange])


def percent(probability: float) -> str:
    """``41 %``, ``3.2 %``, ``0.04 %``: two digits."""
    share = 100 * probability
    if share >= 99.95:
        return "100 %"
    if share >= 9.95:
        return f"{share:.0f} %"
    if share >= 0.995:
        return f"{share:.1f} %"
    return f"{share:.2g} %" if share >= 0.001 else "< 0.001 %"


def place_words(character: str, probability: float | None, rank: int | None) -> Sequence[Part]:
    """What is known of one character: how likely it was, among how many likelier ones, in nats."""
    name = named(character) if character else "the end"
    if probability is None or rank is None:
        return ((f" {name} ", "bold"), (" nothing predicted" if character else " what could come next", MUTED))
    place = "the likeliest" if rank == 1 else f"rank {count(rank)}"
    nats = -math.log(probability)
    return (
        (f" {name} ", "bold"),
        (f" {percent(probability)}", STEPS[step(probability)]),
        (f" · {place} · {abs(nats):.2f} nats", MUTED),
    )


def score_words(score: Score) -> Sequence[Slot]:
    """The score of a whole text, for a title line."""
    if not score.characters:
        return [Slot(0, (("nothing to predict", MUTED),))]
    bits = "bpc" if score.unit == "char" else f"bits per {score.unit_name}"
    return [
        Slot(0, ((f"{score.bits_per_char:.3f} {bits}", "bold"),)),
        Slot(2, ((f"{score.nats_per_char:.3f} nats", ""),)),
        Slot(4, ((f"perplexity {score.perplexity:.4g}", MUTED),)),
        Slot(5, ((f"{counted(score.characters, score.unit_name)} predicted", MUTED),)),
    ]
