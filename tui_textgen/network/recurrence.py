"""Recurrent layers as autograd functions of our own, for the kinds that PyTorch has no fused CPU kernel for.

Over all time steps at once go the product with the input, the factors of the backward pass and the gradient of the
weights. What is left in the time loop is a product with the hidden state and a few passes over its gates: three
quarters of a training step are matrix products (2 × 512, 128 lanes, bf16).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn.functional import embedding, linear

from tui_textgen.network.gru import GRULayer
from tui_textgen.network.rnn import RNNLayer

_LAYERS: dict[str, type[GRULayer] | type[RNNLayer]] = {"gru": GRULayer, "rnn": RNNLayer}
OWN_KINDS = tuple(_LAYERS)


def run_layer(kind: str, values: Tensor, h: Tensor, weights: list[Tensor]) -> Tensor:
    """One layer over all steps: its outputs, which are its hidden states, (window, lanes, n_hidden).

    ``values`` are the ids of the first layer's characters, (window, lanes), or the outputs of the layer below. ``h`` is
    (lanes, n_hidden). ``weights`` are in the precision to compute in.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    inputs = linear(values, w_ih, b_ih) if values.is_floating_point() else look_up(values, w_ih.t() + b_ih)
    outputs: Tensor = _LAYERS[kind].apply(inputs, w_hh, b_hh, h)  # type: ignore[no-untyped-call]
    return outputs


def look_up(ids: Tensor, table: Tensor) -> Tensor:
    """The product of one-hot vectors with ``table`` (distinct, outputs): its row at each id."""
    rows: Tensor = _LookUp.apply(ids, table)  # type: ignore[no-untyped-call]
    return rows


class _LookUp(Function):
    """The gradient is a product with one-hot vectors: adding up rows in bf16 would lose most of a frequent one."""

    @staticmethod
    def forward(ctx: Any, ids: Tensor, table: Tensor) -> Tensor:
        ctx.save_for_backward(ids)
        ctx.distinct = len(table)
        return embedding(ids, table)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        (ids,), (gradient,) = ctx.saved_tensors, gradients
        return None, one_hot(ids, ctx.distinct, gradient.dtype).flatten(0, 1).t() @ gradient.flatten(0, 1)


def one_hot(ids: Tensor, distinct: int, dtype: torch.dtype) -> Tensor:
    """``ids`` with a last axis of ``distinct`` that is 1 at the id."""
    zeros = torch.zeros((*ids.shape, distinct), dtype=dtype, device=ids.device)
    return zeros.scatter_(-1, ids.unsqueeze(-1), 1)
