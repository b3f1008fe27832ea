"""The GRU's recurrence, forward and backward."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

sigmoid_backward, tanh_backward = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward


class GRULayer(Function):
    """PyTorch's GRU over all steps, gates in its order: reset, update, new. Shapes as in :func:`recurrence.run_layer`.

    ``n = tanh(input_n + r (W_n h + b_n))`` and ``h = n + z (h - n)``.
    """

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, w_hh: Tensor, b_hh: Tensor, h: Tensor) -> Tensor:
        steps, n_hidden = inputs.shape[0], h.shape[1]
        both = slice(0, 2 * n_hidden)  # the gates r and z
        gates = h.new_empty((steps, len(h), 2 * n_hidden))
        new, product = (h.new_empty((steps, *h.shape)) for _ in range(2))
        hidden = h.new_empty((steps + 1, *h.shape))
        hidden[0] = h
        biased, input_n = inputs[..., both] + b_hh[both], inputs[..., 2 * n_hidden :]
        w_both, w_n, b_n = w_hh[both].t(), w_hh[2 * n_hidden :].t(), b_hh[2 * n_hidden :]
        for step in range(steps):
            r, z = torch.addmm(biased[step], hidden[step], w_both, out=gates[step]).sigmoid_().chunk(2, dim=1)
            torch.addmm(b_n, hidden[step], w_n, out=product[step])
            torch.addcmul(input_n[step], r, product[step], out=new[step]).tanh_()
            torch.lerp(new[step], hidden[step], z, out=hidden[step + 1])
        ctx.save_for_backward(gates, product, new, hidden, w_hh)
        return hidden[1:]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        gates, product, new, hidden, w_hh = ctx.saved_tensors
        r, z = gates.chunk(2, dim=2)
        slope = tanh_backward(1 - z, new)  # from h to what stands in the tanh
        factors = new.new_empty((*new.shape[:2], 3, new.shape[2]))  # from h to W h, for r, z and n
        factors[:, :, 0] = sigmoid_backward(slope * product, r)
        factors[:, :, 1] = sigmoid_backward(hidden[:-1] - new, z)
        torch.mul(slope, r, out=factors[:, :, 2])
        arrived = torch.cat((torch.zeros_like(hidden[:1]), *gradients))  # gradients of every h, the first one's too
        before = torch.empty_like(factors)  # gradients of W h
        for step in reversed(range(len(new))):
            h = arrived[step + 1]
            torch.mul(h.unsqueeze(1), factors[step], out=before[step])
            arrived[step].addcmul_(h, z[step]).addmm_(before[step].flatten(1), w_hh)
        flat = before.flatten(2).flatten(0, 1)
        w_gradient, b_gradient = flat.t() @ hidden[:-1].flatten(0, 1), flat.sum(0)
        torch.mul(arrived[1:], slope, out=before[:, :, 2])  # the input's part of n, which r does not scale
        return before.flatten(2), w_gradient, b_gradient, arrived[0]
