"""One update: what a network learns from one window of its lanes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tui_textgen.config import TrainingConfig
from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.device import LOSS_SCALE, Compute
from tui_textgen.network.dropout import Dropout
from tui_textgen.network.evaluation import window_loss
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
        network: CharRNN,
        optimisers: Optimisers,
        dropout: Dropout | None,
        compute: Compute,
    ) -> None:
        self._network, self._optimisers, self._dropout = network, optimisers, dropout
        self._clip, self._scale = config.clip, LOSS_SCALE[compute.precision]
        self._parameters = list(network.parameters())

    def learn(self, inputs: Tensor, targets: Tensor, state: State, rate: float) -> Learned:
        """Update the network from ``inputs`` and their successors, each (window, lanes), at the rate ``rate``."""
        logits, state = self._network(inputs, state, self._dropout)
        loss = window_loss(logits, targets)
        self._optimisers.zero_grad()
        (loss * self._scale).backward()  # type: ignore[no-untyped-call]
        if self._scale != 1:
            torch._foreach_div_([p.grad for p in self._parameters if p.grad is not None], self._scale)
        norm = clip_gradients(self._parameters, self._clip)
        self._optimisers.step(rate)
        return Learned(loss.detach(), norm, tuple(part.detach() for part in state))
