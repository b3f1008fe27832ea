"""What is written side by side: the same prime and seed, with something that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.config import SamplingConfig, build
from tui_textgen.errors import SettingsError

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry

FEWEST, MOST = 2, 4
USUAL = "0.5 0.8 1.2"
"""Temperatures to begin with."""


@dataclass(frozen=True)
class Variant:
    """One of the passages: a temperature for the model that is held, or a model of its own."""

    label: str
    temperature: float | None = None
    path: Path | None = None
    step: int | None = None

    @property
    def title(self) -> str:
        """What sets the passage apart."""
        return self.label if self.step is None else f"step {self.step:,} · {self.label}"


def temperatures(typed: str) -> tuple[Variant, ...]:
    """``"0.5, 0.8 1.2"`` as variants; raises SettingsError for what is no temperature, and for too few or too many."""
    words = typed.replace(",", " ").split()
    if not FEWEST <= len(words) <= MOST:
        raise SettingsError(f"Type {FEWEST} to {MOST} temperatures, with spaces between them: {USUAL}")
    values = [build(SamplingConfig, {"temperature": word}).temperature for word in words]
    return tuple(Variant(f"temperature {value:g}", temperature=value) for value in values)


def models(entries: Sequence[ModelEntry]) -> tuple[Variant, ...]:
    """These models as variants; raises SettingsError for too few or too many."""
    if not FEWEST <= len(entries) <= MOST:
        raise SettingsError(f"Mark {FEWEST} to {MOST} models first, with space or a click.")
    return tuple(Variant(f"{each.name} ({each.source})", path=each.path, step=each.step) for each in entries)
