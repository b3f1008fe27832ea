"""What every benchmark is given."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.text import BenchText
from tui_textgen.paths import Home


@dataclass(frozen=True)
class Bench:
    """How to measure: with which text, how long, where."""

    home: Home
    """Empty at first, and gone at the end."""
    text: BenchText
    quick: bool
    rounds: int
    device: str = "cpu"
    until: tuple[float, int] | None = None
    """For ``time_to_loss``: a validation loss, and after how many epochs the notebook's recipe has it."""
