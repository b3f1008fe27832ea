"""The tanh RNN's recurrence, forward and backward."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class RNNLayer(Function):
    """``h = tanh(input + W h + b)`` over all steps. Shapes as in :func:`recurrence.run_layer`."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, w_hh: Tensor, b_hh: Tensor, h: Tensor) -> Tensor:
        steps = inputs.shape[0]
        hidden = h.new_empty((steps + 1, *h.shape))
        hidden[0] = h
        biased, w = inputs + b_hh, w_hh.t()
        for step in range(steps):
            torch.addmm(biased[step], hidden[step], w, out=hidden[step + 1]).tanh_()
        ctx.save_for_backward(hidden, w_hh)
        return hidden[1:]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        hidden, w_hh = ctx.saved_tensors
        arrived = torch.cat((torch.zeros_like(hidden[:1]), *gradients))  # gradients of every h, the first one's too
        slopes = torch.addcmul(hidden.new_ones(()), hidden[1:], hidden[1:], value=-1)
        before = torch.empty_like(slopes)  # gradients before the tanh
        for step in reversed(range(len(slopes))):
            torch.mul(arrived[step + 1], slopes[step], out=before[step])
            arrived[step].addmm_(before[step], w_hh)
        flat = before.flatten(0, 1)
        return before, flat.t() @ hidden[:-1].flatten(0, 1), flat.sum(0), arrived[0]
