"""A run that begins with what a model has learned, on whatever text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_textgen.errors import SettingsError

if TYPE_CHECKING:
    from tui_textgen.config import TrainingConfig
    from tui_textgen.corpus.vocabulary import Vocabulary
    from tui_textgen.models.card import ModelCard
    from tui_textgen.paths import Home
    from tui_textgen.runs.folder import Ancestor

INHERITED = ("model", "n_hidden", "n_layers", "residual", "unit")
"""Settings that are those of the weights."""


@dataclass(frozen=True)
class Inheritance:
    """What a run takes over: nothing, unless there is a model."""

    name: str = ""
    card: ModelCard | None = None
    """Of a file that stays what it is, whatever a live trainer saves meanwhile."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def ancestor(self, vocabulary: Vocabulary) -> Ancestor | None:
        """What the run over ``vocabulary`` begins with, and what is to be said of it."""
        if self.card is None:
            return None
        from tui_textgen.runs.folder import Ancestor

        assert self.card.path is not None
        notes = differences(self.card.vocabulary, vocabulary.characters)
        return Ancestor(self.name, self.card.step, self.card.path, notes)


@contextmanager
def inherited(home: Home, name: str | None, asked: TrainingConfig, values: Mapping[str, Any]) -> Iterator[Inheritance]:
    """What comes of the model called ``name``, kept for as long as the block lasts; nothing if that is None.

    Raises ModelFileError, and SettingsError where ``asked`` contradicts the model in one of the ``values`` given.
    """
    if name is None:
        yield Inheritance()
        return
    from tui_textgen.config import as_typed
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model
    from tui_textgen.paths import make_private
    from tui_textgen.runs.folder import own

    read_card(path := find_model(home, name))  # refused under its own name
    with tempfile.TemporaryDirectory(prefix=".new-", dir=make_private(home.runs)) as place:
        own(path, kept := Path(place) / path.name)
        card = read_card(kept)
        settings = settings_of(card)
        for setting, its in settings.items():
            if setting in values and getattr(asked, setting) != its:
                raise SettingsError(
                    f"{setting}: the model {name!r} has {as_typed(its)}, which a run that begins with it keeps; leave "
                    f"--{setting.replace('_', '-')} out, or begin without --init-from."
                )
        yield Inheritance(name, card, settings)


def settings_of(card: ModelCard) -> dict[str, Any]:
    """What a run that begins with a model takes over of its settings."""
    return {**card.shape.model_dump(include=set(INHERITED)), "unit": card.unit}


def differences(known: str, wanted: str) -> tuple[str, ...]:
    """What changes for a model over the characters ``known`` that goes on with a text of ``wanted``, in sentences."""
    from tui_textgen.corpus.vocabulary import named

    before, after = set(known), set(wanted)
    new = "".join(character for character in wanted if character not in before)
    gone = "".join(character for character in known if character not in after)
    notes = []
    if new:
        notes.append(f"New to the model, and begun by chance: {named(new)}.")
    if gone:
        notes.append(f"Known to the model, not in the text, and left out: {named(gone)}.")
    return tuple(notes)
