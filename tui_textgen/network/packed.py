"""A layer's weights for cuDNN: one piece of memory in the precision to compute in, made anew at each step.

cuDNN wants a layer's weights one after the other, and copies them at every call where they are not. The parameters
themselves stay apart in fp32, so that optimisers and files need not know.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

MULTIPLE = 128
"""Of the input's width, which cuDNN's persistent kernel asks for."""


def padded(width: int) -> int:
    """``width``, made a multiple of ``MULTIPLE``."""
    return -(-width // MULTIPLE) * MULTIPLE


def pack(weights: list[Tensor], dtype: torch.dtype, width: int) -> list[Tensor]:
    """``weight_ih`` (rows, ≤ ``width``), ``weight_hh``, ``bias_ih``, ``bias_hh`` side by side as ``dtype``.

    ``weight_ih`` is filled up with zeros to (rows, ``width``). Gradients come back in the weights' own precision.
    """
    packed: tuple[Tensor, ...] = _Pack.apply(dtype, width, *weights)  # type: ignore[no-untyped-call]
    return list(packed)


class _Pack(Function):
    @staticmethod
    def forward(ctx: Any, dtype: torch.dtype, width: int, *weights: Tensor) -> tuple[Tensor, ...]:
        first, *rest = weights
        ctx.columns, ctx.dtype = first.shape[1], first.dtype
        shapes = [torch.Size((first.shape[0], width)), *(weight.shape for weight in rest)]
        flat = torch.empty(sum(shape.numel() for shape in shapes), dtype=dtype, device=first.device)
        parts = torch.split(flat, [shape.numel() for shape in shapes])
        views = [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
        views[0][:, ctx.columns :].zero_()
        for view, weight in zip((views[0][:, : ctx.columns], *views[1:]), weights, strict=True):
            view.copy_(weight)
        return tuple(views)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        first, *rest = gradients
        return None, None, *(gradient.to(ctx.dtype) for gradient in (first[:, : ctx.columns], *rest))
