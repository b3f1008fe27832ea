"""Writing with a model of the app's own, in the process that calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch

from benchmarks.child import now
from tui_textgen import __version__
from tui_textgen.config import ModelConfig, SamplingConfig
from tui_textgen.models.card import ModelCard
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.checkpoint import LoadedModel, load_model, save_model
from tui_textgen.network.device import physical_cores
from tui_textgen.network.sampling import continue_streams, generate, start_ids

WARM_UP = 20
SAMPLING = SamplingConfig(temperature=1.0, seed=1, length=1_000_000)


def make_model(path: str, vocabulary: str, kind: str = "lstm") -> dict[str, float]:
    """An untrained model file of 2 × 512: what it writes is noise, and takes as long as prose."""
    shape = ModelConfig(model=kind, n_hidden=512, n_layers=2)
    network = CharRNN.initialised(shape, len(vocabulary), seed=1)
    card = ModelCard(shape=shape, vocabulary=vocabulary, training=None, corpus=None, corpus_sha256=None, step=None,
                     epoch=None, val_loss=None, package_version=__version__, first_character=vocabulary[0])  # fmt: skip
    save_model(Path(path), network, card)
    return {}


def one_stream(path: str, characters: int, device: str) -> dict[str, float]:
    """``chars_per_second`` of one passage."""
    return {"chars_per_second": _speed(generate(_loaded(path, device), "", SAMPLING), characters)}


def streams(path: str, number: int, characters: int, device: str) -> dict[str, float]:
    """``chars_per_second`` in all of ``number`` passages at once, each with a seed of its own."""
    model = _loaded(path, device)
    passages = continue_streams(model.network, start_ids(model, ""), SAMPLING, range(number))
    return {"chars_per_second": number * _speed(passages, characters)}


def _speed(passage: Iterator[object], length: int) -> float:
    """Items a second, after the first few."""
    deque(islice(passage, WARM_UP), maxlen=0)
    start = now()
    deque(islice(passage, length), maxlen=0)
    return length / (now() - start)


def _loaded(path: str, device: str) -> LoadedModel:
    torch.set_num_threads(physical_cores())
    model = load_model(Path(path))
    model.network.to(device)
    return model
