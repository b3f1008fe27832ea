"""What an untrained network is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

REACH = 3.0
"""Largest of the first layer's weights for its input, which are all that tells one character from another. With
PyTorch's own, 0.04 at 512 units, a network of two layers learns for 80 steps nothing but how frequent each character
is."""


@torch.no_grad()
def draw_weights(network: nn.Module, seed: int, init: str) -> None:
    """Draw every parameter, on the CPU, so that every device starts alike.

    ``uniform``: PyTorch's own, all within ±1/√n_hidden. ``orthogonal``: besides, each gate's matrix between hidden
    units is orthogonal, and the first layer's weights for its input are within ±``REACH``.
    """
    generator = torch.Generator().manual_seed(seed)
    bound = network.get_parameter("rnn.weight_hh_l0").shape[1] ** -0.5
    for parameter in network.parameters():
        parameter.uniform_(-bound, bound, generator=generator)
    if init == "orthogonal":
        for name, parameter in network.named_parameters():
            if name == "rnn.weight_ih_l0":
                parameter.uniform_(-REACH, REACH, generator=generator)
            elif "weight" in name and name.startswith("rnn"):
                _make_orthogonal(parameter, generator)


def _make_orthogonal(matrix: Tensor, generator: torch.Generator) -> None:
    """Fill each gate's square of (gates × n, n)."""
    for gate in torch.split(matrix, matrix.shape[1]):
        gate.copy_(torch.linalg.qr(torch.randn(gate.shape, generator=generator))[0])
