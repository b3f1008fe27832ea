"""Writing with a model of the app's own, in the process that calls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch

from tui_textgen import __version__
from tui_textgen.config import ModelConfig, SamplingConfig
from tui_textgen.models.card import ModelCard
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.checkpoint import LoadedModel, load_model, save_model
from tui_textgen.network.device import physical_cores
from tui_textgen.network.sampling import choose, generate, probabilities
from tui_textgen.network.stepper import Stepper

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
    passage = generate(_loaded(path, device), "", SAMPLING)
    _take(passage, WARM_UP)
    start = time.perf_counter()
    _take(passage, characters)
    return {"chars_per_second": characters / (time.perf_counter() - start)}


@torch.inference_mode()
def streams(path: str, number: int, characters: int, device: str) -> dict[str, float]:
    """``chars_per_second`` in all of ``number`` passages at once, each with a generator of its own."""
    model = _loaded(path, device)
    stepper = Stepper(model.network, number)
    stepper.read([])
    generators = [torch.Generator().manual_seed(seed) for seed in range(number)]
    current = torch.zeros(number, dtype=torch.int64)
    start = 0.0
    for count in range(WARM_UP + characters):
        if count == WARM_UP:
            start = time.perf_counter()
        logits = stepper.step(current.to(device)).cpu()
        chosen = [choose(probabilities(each, SAMPLING), own) for each, own in zip(logits, generators, strict=True)]
        current = torch.tensor(chosen)
    return {"chars_per_second": number * characters / (time.perf_counter() - start)}


def _loaded(path: str, device: str) -> LoadedModel:
    torch.set_num_threads(physical_cores())
    model = load_model(Path(path))
    model.network.to(device)
    return model


def _take(passage: Iterator[object], number: int) -> None:
    for _ in islice(passage, number):
        pass
