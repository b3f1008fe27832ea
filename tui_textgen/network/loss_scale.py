"""What keeps gradients within fp16's range: a factor on the loss that follows them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

FIRST, SMALLEST, LARGEST = 1024.0, 1.0, 65536.0
PATIENCE = 1000
"""Finite updates after which the factor doubles: an update in a thousand is lost where it then proves too large."""


class LossScale:
    """Powers of two, so that they change no digit. It lives on the device and never waits for it.

    An update whose gradients overflowed counts for nothing, and the factor is halved.
    """

    def __init__(self, device: torch.device) -> None:
        self.memory = torch.tensor([FIRST, 0.0], device=device)
        """The factor, and the finite updates since it last changed."""
        self._factor, self._steady = self.memory.unbind()

    def __call__(self, loss: Tensor) -> Tensor:
        """The loss to take gradients of."""
        return loss * self._factor

    def settle(self, gradients: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Bring ``gradients`` back to their own size, or to 0 where any overflowed, and adapt the factor.

        Two scalars: 1 for an update that counts or 0, and what to add to the norm that is told: infinity once gradients
        overflow at the smallest factor too, since then no scale will help.
        """
        finite = torch.stack(torch._foreach_norm(gradients)).sum().isfinite()
        torch._foreach_mul_(gradients, self._factor.reciprocal())
        for gradient in gradients:
            gradient.masked_fill_(~finite, 0.0)  # a factor of 0 would leave infinities no numbers
        hopeless = ~finite & (self._factor <= SMALLEST)
        counts = finite.float()
        self._adapt(counts)
        return counts, torch.zeros_like(counts).masked_fill_(hopeless, math.inf)

    def _adapt(self, counts: Tensor) -> None:
        steady = (self._steady + 1) * counts
        grows = (steady >= PATIENCE).float()
        self._factor.mul_(0.5 + 0.5 * counts + grows).clamp_(SMALLEST, LARGEST)
        self._steady.copy_(steady * (1 - grows))
