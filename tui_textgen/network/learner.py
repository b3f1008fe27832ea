"""One update: what a network learns from one window of its lanes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tui_textgen.config import TrainingConfig
from tui_textgen.network.char_rnn import State
from tui_textgen.network.dropout import Dropout
from tui_textgen.network.evaluation import window_loss
from tui_textgen.network.loss_scale import LossScale
from tui_textgen.network.optimisers import Optimisers, clip_gradients


@dataclass(frozen=True, slots=True)
class Learned:
    """What an update measured, and the state behind its window. All of it stays on the device."""

    loss: Tensor
    grad_norm: Tensor
    state: State


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one update measured. Loss and norm stay on the device, so that the step need not be waited for."""

    step: int
    loss: Tensor
    grad_norm: Tensor
    lr: float


class Learner:
    """Forward, loss, backward, clipping and the optimisers' step, call by call."""

    def __init__(
        self,
        config: TrainingConfig,
        network: nn.Module,
        optimisers: Optimisers,
        dropout: Dropout | None,
        scale: LossScale | None,
        weight: float = 1.0,
    ) -> None:
        """``weight`` is that of this rank's loss in the mean over all ranks, whose shares of the lanes may differ."""
        self._network, self._optimisers, self._dropout, self._scale = network, optimisers, dropout, scale
        self._clip, self._weight = config.clip, weight
        self._parameters = list(network.parameters())

    def learn(self, inputs: Tensor, targets: Tensor, state: State, rate: float) -> Learned:
        """Update the network from ``inputs`` and their successors, each (window, lanes), at the rate ``rate``."""
        self.set_rate(rate)
        return self.update(inputs, targets, state, may_wait=True)

    def set_rate(self, rate: float) -> None:
        """Make ``rate`` the learning rate of the updates to come."""
        self._optimisers.set_rate(rate)

    def update(self, inputs: Tensor, targets: Tensor, state: State, may_wait: bool = False) -> Learned:
        """The part of :meth:`learn` that the device does alone: nothing in it waits for a number or depends on one.

        Where loss or gradient is no number, weights and optimisers stay as they are, and the state too: the window is
        passed over. A rate that is no tensor takes a look at the norm for that, which only ``may_wait`` allows.
        """
        logits, after = self._network(inputs, state, self._dropout)
        loss = window_loss(logits, targets)
        self._optimisers.zero_grad()
        weighted = loss * self._weight
        scaled = weighted if self._scale is None else self._scale(weighted)
        # 1, or no number where the loss is none: no gradient is one then, on no rank.
        scaled.backward(loss.detach() * 0 + 1)  # type: ignore[no-untyped-call]
        norm = self._settle_gradients(may_wait)
        self._optimisers.step()
        loss, sound = loss.detach(), loss.detach().isfinite()
        kept = tuple(torch.where(sound, new.detach(), old) for new, old in zip(after, state, strict=True))
        return Learned(loss, norm, kept)

    def _settle_gradients(self, may_wait: bool) -> Tensor:
        """Unscale, clip and keep out what is no number; the norm before clipping."""
        if self._scale is not None:
            counts, excess = self._scale.settle(self._gradients())
            self._optimisers.scale_rate(counts)
            return clip_gradients(self._parameters, self._clip) + excess
        norm = clip_gradients(self._parameters, self._clip)
        if self._optimisers.on_device:
            counts = norm.isfinite()
            for gradient in self._gradients():
                gradient.masked_fill_(~counts, 0.0)
            self._optimisers.scale_rate(counts)
        elif may_wait and not norm.isfinite():
            self._optimisers.zero_grad()  # what has no gradient is not updated
        return norm

    def _gradients(self) -> list[Tensor]:
        return [parameter.grad for parameter in self._parameters if parameter.grad is not None]
