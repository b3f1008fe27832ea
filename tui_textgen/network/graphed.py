"""The same update, launched in one piece."""

from __future__ import annotations

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import State
from tui_textgen.network.learner import Learned, Learner
from tui_textgen.network.recording import Recording


class GraphedLearner:
    """A learner whose update is recorded, so that it takes one launch instead of one for each kernel.

    The update finds its window, and finds and leaves the carried state, where they lay when it was recorded; only the
    rate is new each time, a tensor too. Every call is an update, the ones before the recording as well.
    """

    def __init__(self, learner: Learner, state: State, seq_length: int, generator: torch.Generator) -> None:
        """``state`` tells sizes, precision and device; ``generator`` is the one that the update draws from."""
        device, lanes = state[0].device, state[0].shape[1]
        self._learner = learner
        self._inputs, self._targets = torch.zeros((2, seq_length, lanes), dtype=torch.int64, device=device).unbind()
        self._state = tuple(torch.zeros_like(part) for part in state)
        self._measured = torch.zeros(2, device=device)
        self._update = Recording(device, [generator])

    def learn(self, inputs: Tensor, targets: Tensor, state: State, rate: float) -> Learned:
        """As :meth:`Learner.learn`; the state that it gives is overwritten by the next call."""
        self._learner.set_rate(rate)
        self._inputs.copy_(inputs)
        self._targets.copy_(targets)
        for held, given in zip(self._state, state, strict=True):
            if held is not given:
                held.copy_(given)
        self._update(self._work)
        loss, norm = self._measured.clone().unbind()
        return Learned(loss, norm, self._state)

    def _work(self) -> None:
        learned = self._learner.update(self._inputs, self._targets, self._state)
        self._measured.copy_(torch.stack((learned.loss, learned.grad_norm)))
        for held, new in zip(self._state, learned.state, strict=True):
            held.copy_(new)
