"""What a session has on the disk, and what it still owes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from tui_textgen.errors import TextgenError
from tui_textgen.models.card import ModelCard, card_metadata
from tui_textgen.network.resume import LaneMemory, write_resume
from tui_textgen.network.tensor_file import write_tensors
from tui_textgen.runs.folder import RunFolder

if TYPE_CHECKING:
    from tui_textgen.network.session import TrainingSession


@dataclass
class Sources:
    """Files to begin with again: the last checkpoint, else what a fork began with, else nothing."""

    resume: Path | None = None
    start: Path | None = None


@dataclass(frozen=True)
class _Model:
    card: ModelCard
    weights: dict[str, Tensor]

    def write(self, path: Path) -> None:
        write_tensors(path, self.weights, card_metadata(self.card))


class Keeper:
    """Saves a session. A best model that the disk did not take is kept in memory until it does."""

    def __init__(self) -> None:
        self.sources = Sources()
        self.step: int | None = None
        """Of the last checkpoint, if this process wrote it."""
        self.failed = False
        """Whether the last save did."""
        self._owed: _Model | None = None

    def save(self, session: TrainingSession, lanes: LaneMemory, folder: RunFolder, best: bool) -> None:
        """Write ``latest`` and ``resume``, and ``best`` before them if asked; raises TextgenError.

        The best model first: a resume that knows of it must find it. ``resume`` holds the weights too, so that it is
        whole whatever happens between the files.
        """
        self.failed = True
        model = _Model(session.card(), session.network.state_dict())
        self._save_best(folder.best, model if best else self._owed)
        model.write(folder.latest)
        write_resume(folder.resume, session, lanes)
        self.sources.resume, self.step, self.failed = folder.resume, session.step, False

    def went_back(self) -> None:
        """What came after the last checkpoint did not happen."""
        self.step = self._owed = None
        self.failed = False

    def _save_best(self, path: Path, model: _Model | None) -> None:
        if model is None:
            return
        try:
            model.write(path)
        except TextgenError:
            self._owed = _Model(model.card, {name: weight.cpu().clone() for name, weight in model.weights.items()})
            raise
        self._owed = None
