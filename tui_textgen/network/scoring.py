"""How well a model predicts a text."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from tui_textgen.corpus.vocabulary import named
from tui_textgen.errors import CorpusError
from tui_textgen.models.score import Score
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.chunks import chunk_size, read_chunk
from tui_textgen.network.evaluation import lanes_loss
from tui_textgen.network.lanes import Lanes
from tui_textgen.plan import Grid


@torch.inference_mode()
def score_stream(model: LoadedModel, text: str, progress: Callable[[float], None] | None = None) -> Score:
    """The text as one stream from a zero state: the first character is given, every later one predicted.

    Raises CorpusError. What ``progress`` (share done) raises ends the work.
    """
    ids = _ids(model, text)
    predicted = len(ids) - 1
    state = model.network.zero_state(1)
    total, size = 0.0, chunk_size(model.network)
    for begin in range(0, predicted, size):
        end = min(begin + size, predicted)
        logits, state = read_chunk(model.network, ids[begin:end], state)
        total += float(cross_entropy(logits, ids[begin + 1 : end + 1].to(logits.device), reduction="sum"))
        if progress:
            progress(end / predicted)
    return Score(predicted, total / predicted, model.vocabulary.unit)


def score_lanes(model: LoadedModel, text: str, lanes: int, window: int) -> Score:
    """The mean over batches of ``lanes`` × ``window``, lanes from a zero state, as notebooks validate.

    A text too short for that many is cut into fewer or shorter ones. Raises CorpusError.
    """
    ids = _ids(model, text)
    grid = Grid.over(len(ids), lanes, window)
    return Score(grid.characters, lanes_loss(model.network, Lanes(ids, grid)), model.vocabulary.unit)


def _ids(model: LoadedModel, text: str) -> Tensor:
    if len(text) < 2:
        raise CorpusError("It takes at least 2 characters to score a text; choose a longer one.")
    if unknown := model.vocabulary.unknown(text):
        raise CorpusError(
            f"The text has {len(unknown)} characters that the model never saw ({named(unknown)}); "
            "take them out to score it."
        )
    return torch.tensor(model.vocabulary.encode(text))
