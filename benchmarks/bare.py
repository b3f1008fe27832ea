"""The recurrent layers' own calls and nothing else: what a training step cannot be faster than with this library."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.ceiling import synchronise
from benchmarks.child import now
from benchmarks.notebook import KINDS
from tui_textgen.config import training_config
from tui_textgen.network.device import choose_compute, prepare
from tui_textgen.network.packed import padded
from tui_textgen.network.recording import WARM_UPS, Recording


def train_speed(preset: str, values: dict[str, Any], distinct: int, steps: int) -> dict[str, Any]:
    """``milliseconds`` that the forward and backward calls of a step take, in the ``precision`` that a training has.

    A call a layer, weights and inputs at hand in that precision, launched as a training launches its step.
    """
    config = training_config(preset, values)
    compute = choose_compute(config)
    place = compute.torch_device
    prepare(place)
    widths = [padded(distinct), *[config.n_hidden] * (config.n_layers - 1)]
    layers = [KINDS[config.model](width, config.n_hidden).to(place, compute.dtype) for width in widths]
    inputs = torch.randn(config.seq_length, config.batch_size, widths[0]).to(place, compute.dtype)
    gradient = torch.randn(config.seq_length, config.batch_size, config.n_hidden).to(place, compute.dtype)
    step = partial(Recording(place), partial(_forward_and_backward, layers, inputs, gradient))
    times = [_timed(step, place) for _ in range(WARM_UPS + 1 + steps)]
    return {"milliseconds": 1e3 * median(times[WARM_UPS + 1 :]), "precision": compute.precision}


def _forward_and_backward(layers: list[nn.RNNBase], inputs: torch.Tensor, gradient: torch.Tensor) -> None:
    values = inputs
    for layer in layers:
        layer.zero_grad()
        values, _ = layer(values)
    values.backward(gradient)  # type: ignore[no-untyped-call]


def _timed(step: Callable[[], None], place: torch.device) -> float:
    synchronise(place)
    start = now()
    step()
    synchronise(place)
    return now() - start
