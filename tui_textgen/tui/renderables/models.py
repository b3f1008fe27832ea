"""A model in a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.tui.renderables.quantities import short_count
from tui_textgen.tui.typed_path import shown_path

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard
    from tui_textgen.models.library import ModelEntry


def shape(model: str, n_hidden: int, n_layers: int) -> str:
    """``LSTM 2×512``."""
    return f"{model.upper()} {n_layers}×{n_hidden}"


def label(path: Path, entries: Iterable[ModelEntry]) -> str:
    """What the model at ``path`` is called: by its name among ``entries``, else by its path."""
    return next((f"{each.name} ({each.source})" for each in entries if each.path == path), shown_path(path))


def model_line(entry: ModelEntry) -> str:
    """An entry of the list of models."""
    parts = [f"{entry.name} ({entry.source})", shape(entry.model, entry.n_hidden, entry.n_layers),
             f"{short_count(entry.parameters)} parameters", *_progress(entry.step, entry.val_loss)]  # fmt: skip
    return " · ".join(parts)


def card_line(label: str, card: ModelCard) -> str:
    """A model that has been loaded, under the name it was chosen by."""
    about = [f"on {card.corpus}"] if card.corpus and card.corpus not in label else []
    made = shape(card.shape.model, card.shape.n_hidden, card.shape.n_layers)
    return " · ".join([label, *about, made, *_progress(card.step, card.val_loss)])


def _progress(step: int | None, loss: float | None) -> list[str]:
    return [*([f"step {step:,}"] if step is not None else []), *([f"{loss:.3f} nats"] if loss is not None else [])]
