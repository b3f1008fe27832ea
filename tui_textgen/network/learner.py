"""One update: what a network learns from one window of its lanes."""

from __future__ import annotations

from dataclasses import dataclass

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
        return self.update(inputs, targets, state)

    def set_rate(self, rate: float) -> None:
        """Make ``rate`` the learning rate of the updates to come."""
        self._optimisers.set_rate(rate)

    def update(self, inputs: Tensor, targets: Tensor, state: State) -> Learned:
        """The part of :meth:`learn` that the device does alone: nothing in it waits for a number or depends on one."""
        logits, state = self._network(inputs, state, self._dropout)
        loss = window_loss(logits, targets)
        self._optimisers.zero_grad()
        weighted = loss * self._weight
        (weighted if self._scale is None else self._scale(weighted)).backward()  # type: ignore[no-untyped-call]
        norm = self._settle_gradients()
        self._optimisers.step()
        return Learned(loss.detach(), norm, tuple(part.detach() for part in state))

    def _settle_gradients(self) -> Tensor:
        """Unscale and clip; the norm before clipping."""
        if self._scale is None:
            return clip_gradients(self._parameters, self._clip)
        counts, excess = self._scale.settle([p.grad for p in self._parameters if p.grad is not None])
        self._optimisers.scale_rate(counts)
        return clip_gradients(self._parameters, self._clip) + excess
