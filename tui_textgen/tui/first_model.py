"""The model that a run about to start begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_textgen.tui.renderables.models import card_line
from tui_textgen.tui.reproducing import name_for
from tui_textgen.workers.inheriting import settings_of

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard
    from tui_textgen.models.library import ModelEntry


@dataclass(frozen=True)
class FirstModel:
    """A model that was chosen, and what it says about itself."""

    name: str
    """As ``train --init-from`` takes it."""
    label: str
    card: ModelCard

    @property
    def line(self) -> str:
        return card_line(self.label, self.card)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those that are its weights', and so the run's."""
        return settings_of(self.card)


def name_to_ask_for(path: Path, entries: Sequence[ModelEntry]) -> str:
    """The name of one of ``entries``, or else what somebody typed."""
    return name_for(path, entries) if any(entry.path == path for entry in entries) else str(path)
