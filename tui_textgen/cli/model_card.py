"""A model's card in full, for people and for scripts."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui_textgen.cli.output import UNKNOWN, bpc, count, loss, print_facts
from tui_textgen.config import TrainingConfig, as_typed
from tui_textgen.plan import count_parameters
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.models.card import ModelCard

WIDTH = 78
MOST_SHOWN = 2000
"""Characters: a page or two; a model may know a hundred times as many."""
SPACE = "␣"


def card_json(name: str, card: ModelCard) -> dict[str, Any]:
    """Everything that the file of the model called ``name`` says about it."""
    assert card.path is not None
    return {
        "name": name,
        "path": str(card.path),
        "bytes": card.path.stat().st_size,
        "saved_at": card.saved_at,
        **card.shape.model_dump(),
        "parameters": count_parameters(card.shape, len(card.vocabulary)),
        "weights": card.weights,
        "corpus": card.corpus,
        "corpus_sha256": card.corpus_sha256,
        "val_loss": card.val_loss,
        "bits_per_char": None if card.val_loss is None else bpc(card.val_loss),
        "step": card.step,
        "epoch": card.epoch,
        "distinct": len(card.vocabulary),
        "vocabulary": card.vocabulary,
        "unit": card.unit,
        "placeholder": card.placeholder,
        "first_character": card.first_character,
        "training": None if card.training is None else dict(card.training),
        "package_version": card.package_version,
        "format_version": card.format_version,
    }


def print_card(name: str, card: ModelCard) -> None:
    """The same, readable: what it is, what it knows, how it was trained."""
    facts = card_json(name, card)
    characters, training = facts.pop("vocabulary"), facts.pop("training")
    facts["saved_at"] = _moment(facts["saved_at"])
    facts["val_loss"], facts["bits_per_char"] = loss(facts["val_loss"]), loss(facts["bits_per_char"])
    if facts["epoch"] is not None:
        facts["epoch"] = f"{facts['epoch']:.2f}"
    for whole in ("bytes", "parameters", "step", "distinct"):
        facts[whole] = count(facts[whole])
    print_facts({fact: _told(value) for fact, value in facts.items()})
    print("\nknows, in the order of their ids")
    print(textwrap.fill(" ".join(_shown(character) for character in characters[:MOST_SHOWN]), WIDTH))
    if len(characters) > MOST_SHOWN:
        print(f"… and {len(characters) - MOST_SHOWN:,} more: --json prints all of them.")
    if training is None:
        print("\nHow it was trained is not in the file.")
        return
    print("\ntrained with")
    print_facts({visible_line(_title(setting)): _told(value) for setting, value in training.items()})


def _moment(seconds: float) -> str:
    """A file's time may be one that calendars have no year for."""
    try:
        return datetime.fromtimestamp(seconds).isoformat(" ", "seconds")
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def _told(value: Any) -> str:
    return UNKNOWN if value is None else _shown(value) if isinstance(value, str) else as_typed(value)


def _shown(text: str) -> str:
    return SPACE if text == " " else visible_line(text)


def _title(setting: str) -> str:
    """A setting of today under its title; one that was, or will be, under its name."""
    field = TrainingConfig.model_fields.get(setting)
    return (field and field.title) or setting
