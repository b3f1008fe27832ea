"""Updates, weight decay and clipping."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.unit.network.making import settings
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.optimisers import Optimisers, build_optimisers, clip_gradients

KINDS = ("adam", "adamw", "rmsprop", "muon")


def layer_with_gradients(value: float) -> nn.Linear:
    layer = nn.Linear(3, 3)
    for parameter in layer.parameters():
        parameter.data.fill_(1.0)
        parameter.grad = torch.full_like(parameter, value)
    return layer


def step(optimisers: Optimisers, rate: float) -> None:
    optimisers.set_rate(rate)
    optimisers.step()


def test_weight_decay_pulls_matrices_alone() -> None:
    layer = layer_with_gradients(0.0)
    step(build_optimisers(settings(optimizer="adamw", lr=0.1, weight_decay=0.5), layer), 0.1)
    torch.testing.assert_close(layer.weight.data, torch.full((3, 3), 0.95))
    assert torch.equal(layer.bias.data, torch.ones(3))


@pytest.mark.parametrize("optimizer", KINDS)
def test_the_rate_scales_the_update(optimizer: str) -> None:
    moved = []
    for rate in (0.01, 0.02):
        layer = layer_with_gradients(1.0)
        step(build_optimisers(settings(optimizer=optimizer, lr=1.0, weight_decay=0.0), layer), rate)
        moved.append(1 - layer.bias.data)
    torch.testing.assert_close(moved[1], 2 * moved[0])
    assert moved[0].min() > 0


@pytest.mark.parametrize("optimizer", KINDS)
def test_memory_survives_being_taken_out_and_put_back(optimizer: str) -> None:
    config = settings(optimizer=optimizer)

    def updated(steps: int, memory: dict[str, Any] | None, layer: nn.Linear) -> dict[str, torch.Tensor]:
        optimisers = build_optimisers(config, layer)
        if memory:
            optimisers.restore(memory)
        for _ in range(steps):
            step(optimisers, config.lr)
        return {name: tensor.clone() for name, tensor in optimisers.tensors().items()}

    straight, broken = layer_with_gradients(0.3), layer_with_gradients(0.3)
    whole = updated(4, None, straight)
    parts = updated(2, updated(2, None, broken), broken)
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert torch.equal(straight.weight, broken.weight)


@pytest.mark.parametrize("optimizer", KINDS)
def test_rates_on_the_device_update_as_numbers_do(optimizer: str) -> None:
    """A captured step can read its rate only from a tensor; fp16 has one on every device."""
    config = settings(optimizer=optimizer, n_layers=2, lr=0.01, weight_decay=0.1)
    ends = []
    for dtype in (torch.float32, torch.float16):
        network = CharRNN.initialised(config.shape, 5, seed=1)
        optimisers = build_optimisers(config, network, dtype)
        for part in optimisers._parts:
            part.__dict__.update({"dtype": torch.float32})  # what Muon computes in: the same for both
        for rate in (0.01, 0.003):
            for parameter in network.parameters():
                parameter.grad = torch.linspace(-1, 1, parameter.numel()).view_as(parameter)
            step(optimisers, rate)
        ends.append(list(network.parameters()))
    for number, tensor in zip(*ends, strict=True):
        torch.testing.assert_close(number, tensor)


@pytest.mark.parametrize("optimizer", KINDS)
def test_a_rate_scaled_to_nothing_moves_nothing_until_it_is_set_again(optimizer: str) -> None:
    layer = layer_with_gradients(1.0)
    optimisers = build_optimisers(settings(optimizer=optimizer, weight_decay=0.1), layer, torch.float16)
    optimisers.set_rate(0.1)
    optimisers.scale_rate(torch.tensor(0.0))
    optimisers.step()
    assert torch.equal(layer.weight, torch.ones(3, 3))
    step(optimisers, 0.1)
    assert (layer.weight < 1).all()


def test_clipping_scales_to_the_norm_and_tells_the_norm_before() -> None:
    layer = layer_with_gradients(2.0)
    norm = clip_gradients(list(layer.parameters()), 1.0)
    assert norm.item() == pytest.approx(2 * 12**0.5)
    total = sum(float(p.grad.square().sum()) for p in layer.parameters() if p.grad is not None)
    assert total == pytest.approx(1.0, abs=1e-4)


def test_zero_leaves_gradients_as_they_are() -> None:
    layer = layer_with_gradients(2.0)
    assert clip_gradients(list(layer.parameters()), 0.0).item() == pytest.approx(2 * 12**0.5)
    assert torch.equal(layer.bias.grad if layer.bias.grad is not None else torch.empty(0), torch.full((3,), 2.0))


def test_gradients_are_clipped_on_devices_that_take_them_one_by_one() -> None:
    """Apple's GPUs do, as this device does, which is here: a training on one ended at its first step."""
    weight = nn.Parameter(torch.zeros(3, device="meta"))
    weight.grad = torch.ones(3, device="meta")
    assert clip_gradients([weight], 1.0).shape == ()
