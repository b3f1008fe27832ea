"""Where models are: shipped, imported, and in runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelEntry:
    """A line of the list of models."""

    name: str
    """What ``generate`` takes: a shipped or imported model's name, or a run's."""
    source: str
    """``shipped``, ``yours``, ``run``."""
    path: Path
    model: str
    n_hidden: int
    n_layers: int
    parameters: int
    corpus: str | None
    val_loss: float | None
    step: int | None
