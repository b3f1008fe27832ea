"""What an exact continuation needs, in one file: weights, optimiser, hidden state, generator, progress."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tui_textgen.config import TrainingConfig
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import ModelFileError
from tui_textgen.models.card import read_card
from tui_textgen.network.carrying import carried_over
from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.device import DTYPES, Compute, choose_compute, is_available
from tui_textgen.network.loss_scale import LossScale
from tui_textgen.network.optimisers import Optimisers
from tui_textgen.network.tensor_file import read_tensors, write_tensors
from tui_textgen.runs.facts import is_number, is_whole

if TYPE_CHECKING:
    from tui_textgen.network.ranks import Ranks
    from tui_textgen.network.session import TrainingSession

KEY = "resume"
FIRST_VERSION, FORMAT_VERSION = 1, 2
"""Version 1 had one generator without a row for each rank, did not tell its optimiser, and named no version."""
DEVICE = re.compile(r"cpu|mps|cuda(:\d{1,4})?")
MOST_THREADS = 1 << 16


@dataclass
class Progress:
    """How far a run is. Losses in nats per character."""

    val_every: int
    step: int = 0
    seconds: float = 0.0
    """Of training, without pauses and over all resumes."""
    val_loss: float | None = None
    """Of the last validation."""
    best_val_loss: float | None = None
    rate_factor: float = 1.0
    """Times the schedule's rate, as somebody asked for."""

    def record_validation(self, loss: float) -> None:
        self.val_loss = loss
        self.best_val_loss = loss if self.best_val_loss is None else min(loss, self.best_val_loss)


@dataclass(frozen=True)
class LaneMemory:
    """What belongs to lanes: the hidden state of all of them, in order, and the generators of those who train them."""

    state: State
    generators: Tensor
    """(ranks, bytes)"""


@dataclass(frozen=True)
class Saved:
    """A session as it was written."""

    tensors: dict[str, Tensor]
    progress: Progress
    compute: Compute
    optimizer: str = ""
    """Whose memory it holds, by the setting's name; empty in older files."""

    def compute_on(self, config: TrainingConfig) -> Compute:
        """The recorded choice, or a new one where ``config`` leaves the device open and this machine lacks it."""
        return self.compute if is_available(self.compute.device) else choose_compute(config)

    def restore(self, network: CharRNN, optimisers: Optimisers | None) -> None:
        """Put weights and, if given, optimisers' memory back in place; raises ModelFileError for another network."""
        _load_weights(network, self._part("network"))
        if optimisers is None:
            return
        try:
            optimisers.restore(self._part("optimiser"))
        except ValueError as error:
            raise damaged(str(error)) from error

    def restore_generator(self, generator: torch.Generator, rank: int, ranks: int) -> None:
        """Put back what that of ``rank`` had come to; with other ranks or another device it begins anew."""
        state = self.tensors.get("generator", torch.empty(0))
        if state.dtype != torch.uint8 or state.ndim not in (1, 2):
            raise damaged("its generators are none")
        rows = state if state.ndim == 2 else state.unsqueeze(0)  # a single one in older files
        if len(rows) == ranks and generator.device.type == self.compute.torch_device.type:
            try:  # what it reads begins where the memory does, not where the row does
                generator.set_state(rows[rank].clone())
            except RuntimeError as error:  # it alone knows what it can be
                raise damaged("its generators are none") from error

    def restore_scale(self, scale: LossScale | None) -> None:
        """Put back what fp16's factor on the loss had come to; a new precision begins anew."""
        if scale is not None and "scale" in self.tensors:
            if self.tensors["scale"].shape != scale.memory.shape:
                raise damaged("its scale is none")
            scale.memory.copy_(self.tensors["scale"])

    def state_on(self, network: CharRNN, dtype: torch.dtype, ranks: Ranks, count: int) -> State:
        """The hidden state of the own ones of ``count`` lanes, beside ``network``."""
        parts, device = self._part("state"), network.fc.weight.device
        expected = {str(index): part.shape for index, part in enumerate(network.zero_state(count, dtype))}
        if _shapes(parts) != expected:
            raise damaged("its hidden state is of other lanes or layers")
        lanes = ranks.share(count)
        return tuple(parts[str(index)][:, lanes].to(device, dtype).contiguous() for index in range(len(parts)))

    def _part(self, name: str) -> dict[str, Tensor]:
        prefix = f"{name}."
        return {key.removeprefix(prefix): value for key, value in self.tensors.items() if key.startswith(prefix)}


def _load_weights(network: CharRNN, weights: Mapping[str, Tensor]) -> None:
    if _shapes(weights) != _shapes(network.state_dict()):
        raise ModelFileError("The run's checkpoint is of another network than its settings say; start a new run.")
    network.load_state_dict(weights)


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def write_resume(path: Path, session: TrainingSession, lanes: LaneMemory) -> None:
    """Replace ``path``. A disk that fails is a TextgenError."""
    tensors = {f"network.{name}": value for name, value in session.network.state_dict().items()}
    tensors |= {f"optimiser.{name}": value for name, value in session.optimisers.tensors().items()}
    tensors |= {f"state.{index}": value for index, value in enumerate(lanes.state)}
    tensors["generator"] = lanes.generators
    if session.scale is not None:
        tensors["scale"] = session.scale.memory
    facts = {"format_version": FORMAT_VERSION, "progress": asdict(session.progress), "compute": asdict(session.compute),
             "optimizer": session.config.optimizer}  # fmt: skip
    write_tensors(path, tensors, {KEY: json.dumps(facts)})


def read_resume(path: Path) -> Saved:
    """What :func:`write_resume` wrote; raises ModelFileError."""
    return _saved(path, *read_tensors(path))


def begin_with(path: Path, network: CharRNN, vocabulary: Vocabulary, optimisers: Optimisers, optimizer: str) -> None:
    """Put the weights of a model file or of a checkpoint to resume from into ``network``, which knows ``vocabulary``.

    A model may know other characters; those that are new to it stay as they are in ``network``. A checkpoint gives the
    optimisers what it remembers, if it was made by the same ``optimizer``. Raises ModelFileError for a damaged file or
    another network's.
    """
    tensors, metadata = read_tensors(path)
    if KEY not in metadata:
        known = read_card(path).vocabulary
        _load_weights(network, carried_over(tensors, known, vocabulary.characters, network.state_dict()))
        return
    saved = _saved(path, tensors, metadata)
    saved.restore(network, optimisers if saved.optimizer == optimizer else None)


def _saved(path: Path, tensors: dict[str, Tensor], metadata: Mapping[str, str]) -> Saved:
    try:
        facts = json.loads(metadata[KEY])
        progress, compute = Progress(**facts["progress"]), Compute(**facts["compute"])
        _check(facts)
        return Saved(tensors, progress, compute, facts.get("optimizer", ""))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path.name} is not a checkpoint to resume from; start a new run.") from error


def _check(facts: Mapping[str, Any]) -> None:
    """Raises ModelFileError for a later version's checkpoint, ValueError for values that no session has."""
    version, progress, compute = facts.get("format_version", FIRST_VERSION), facts["progress"], facts["compute"]
    if not is_whole(version) or not is_whole(progress["step"]) or not is_whole(progress["val_every"]):
        raise ValueError("no such step")
    if version > FORMAT_VERSION:
        raise ModelFileError("The run's checkpoint was written by a newer textgen-tui; update to resume it.")
    losses = [progress.get(name) for name in ("val_loss", "best_val_loss")]
    if not all(loss is None or isinstance(loss, float) for loss in losses):
        raise ValueError("no such losses")
    seconds, factor = progress["seconds"], progress.get("rate_factor", 1.0)
    if not is_number(seconds) or seconds < 0 or not is_number(factor) or factor <= 0 or not progress["val_every"]:
        raise ValueError("no such numbers")
    known = (
        isinstance(compute["device"], str) and DEVICE.fullmatch(compute["device"]) and compute["precision"] in DTYPES
    )
    if not known or not is_whole(compute["threads"]) or not 0 < compute["threads"] <= MOST_THREADS:
        raise ValueError("no such device")


def damaged(what: str) -> ModelFileError:
    """Why a run cannot go on from its checkpoint."""
    return ModelFileError(f"The run's checkpoint is damaged ({what}); start a new run, or fork it from its best model.")
