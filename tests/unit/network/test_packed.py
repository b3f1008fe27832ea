"""Weights side by side, as cuDNN wants them, compute what the parameters do."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tests.unit.network.making import KINDS, model
from tui_textgen.network.char_rnn import Recurrence
from tui_textgen.network.packed import pack, padded
from tui_textgen.network.recurrence import one_hot


@pytest.mark.parametrize(("width", "expected"), [(1, 128), (83, 128), (128, 128), (129, 256)])
def test_widths_are_made_multiples(width: int, expected: int) -> None:
    assert padded(width) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layer", [0, 1])
def test_a_packed_layer_computes_and_learns_as_the_parameters_do(kind: str, layer: int) -> None:
    """The first layer's input is wider than its weights."""
    recurrence = model(kind, n_hidden=16).network.rnn
    weights = recurrence.weights(layer)
    width = weights[0].shape[1] if layer else padded(weights[0].shape[1])
    plain = learned(recurrence, weights, weights)
    packed = learned(recurrence, weights, pack(weights, torch.float32, width))
    for ours, theirs in zip(packed, plain, strict=True):
        assert torch.equal(ours, theirs)


def learned(recurrence: Recurrence, parameters: list[Tensor], weights: list[Tensor]) -> list[Tensor]:
    """The outputs of a layer with ``weights``, and the gradients that reach ``parameters``."""
    values = one_hot(torch.tensor([[0, 1, 2], [3, 4, 5]]), weights[0].shape[1], torch.float32)
    start = [torch.full((3, 16), 0.5)] * (2 if recurrence.kind == "lstm" else 1)
    outputs, _ = recurrence._run_fused(values, start, weights)
    return [outputs, *torch.autograd.grad(outputs.square().sum(), parameters)]


def test_packed_weights_lie_in_one_piece_without_gaps() -> None:
    weights = model(n_hidden=16).network.rnn.weights(0)
    packed = pack(weights, torch.float16, 128)
    assert {part.untyped_storage().data_ptr() for part in packed} == {packed[0].data_ptr()}
    ends = [part.storage_offset() + part.numel() for part in packed]
    assert [part.storage_offset() for part in packed] == [0, *ends[:-1]]
    assert packed[0].untyped_storage().nbytes() == ends[-1] * 2
    torch.testing.assert_close(packed[1], weights[1].to(torch.float16))
