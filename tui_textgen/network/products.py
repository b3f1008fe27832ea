"""Matrix products for writing, with weights in the format that a device reads fastest."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from tui_textgen.network.device import cpu_has_bf16, cpu_has_vnni

Product = Callable[[Tensor], Tensor]
"""From values (streams, inputs), fp32, to ``values @ weight.T + bias`` (streams, rows), fp32."""

SMALL = 256
"""Inputs below which weights stay in fp32: they lie in a cache, and the calls take longer than the reading."""
LARGEST_BYTE = 127
NEXT_TO_NOTHING = 1e-30


def product(weight: Tensor, bias: Tensor, streams: int) -> Product:
    """The quickest here for ``weight`` (rows, inputs) and ``bias`` (rows,), chosen by what the CPU can do.

    Writing reads every weight once for each character, and fewer bytes take less time. Measured on one core of a Zen 4,
    three products of one stream with 2048 × 512 weights: 0.05 ms in 8 bits, 0.34 in fp16, 0.32 in fp32; a product of 64
    streams with 4179 × 512 weights: 0.71 ms in 8 bits, 1.40 in bf16. What fewer bits cost trained networks is in
    docs/performance.md.
    """
    inputs = weight.shape[1]
    if weight.device.type != "cpu" or inputs < SMALL:
        return FloatProduct(weight, bias, torch.float32)
    if cpu_has_vnni():
        return ByteProduct(weight, bias)
    if streams > 1:
        return FloatProduct(weight, bias, torch.bfloat16 if cpu_has_bf16() else torch.float32)
    fits = bool(weight.abs().max() < torch.finfo(torch.float16).max)
    return FloatProduct(weight, bias, torch.float16 if fits else torch.float32)


class FloatProduct:
    """A product with weights kept, and multiplied, as ``dtype``."""

    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype) -> None:
        self._dtype, self._bias = dtype, bias.float()
        self._weight = weight.to(dtype).t()
        if dtype == torch.float32:
            self._weight = self._weight.contiguous()  # fp32 is read in order so; 16 bits are as they lie

    def __call__(self, values: Tensor) -> Tensor:
        return (values.to(self._dtype) @ self._weight).float().add_(self._bias)


class ByteProduct:
    """A product of whole numbers of 8 bits, with a scale for each row of weights and for each stream's values.

    Sums of whole numbers are exact: a stream gets the same numbers, however many are written at once.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """``weight`` has at least two inputs; with one, PyTorch's product is wrong."""
        self._bias = bias.float()
        self._scale = weight.float().abs().amax(1).clamp_min_(NEXT_TO_NOTHING) / LARGEST_BYTE
        self._weight = (weight / self._scale.unsqueeze(1)).round().to(torch.int8).contiguous().t()

    def __call__(self, values: Tensor) -> Tensor:
        step = values.abs().amax(1, keepdim=True).clamp_min_(NEXT_TO_NOTHING).div_(LARGEST_BYTE)
        sums = torch._int_mm((values / step).round_().to(torch.int8), self._weight)
        return torch.addcmul(self._bias, sums.float(), self._scale * step)
