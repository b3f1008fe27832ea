"""Streams written some characters at a time, with nothing to wait for in between."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from tui_textgen.network.recording import Recording
from tui_textgen.network.stepper import Stepper

BLOCK = 32
"""Characters of each stream from one launch; the first of them are there when the last one is."""

WriteOne = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From the ids just written and a number from 0 to 1 for each stream to the next ids and their probabilities."""


class Blocks:
    """``write_one``, which moves ``stepper`` on by a character, done ``length`` times over and recorded.

    Ids, numbers and the stepper's state stay where they lay when it was recorded.
    """

    def __init__(self, stepper: Stepper, write_one: WriteOne, ids: Tensor, length: int = BLOCK) -> None:
        """``ids`` (streams,) come before the first block, beside the weights."""
        self._stepper, self._write_one = stepper, write_one
        self._last = ids.clone()
        self._state = [part.clone(memory_format=torch.contiguous_format) for part in stepper.state]
        stepper.state = self._state
        shape = (length, len(ids))
        self._draws = torch.zeros(shape, dtype=torch.float64, device=ids.device)
        self._ids = torch.zeros(shape, dtype=torch.int64, device=ids.device)
        self._likely = torch.zeros(shape, device=ids.device)
        self._write = Recording(ids.device)

    def write(self, draws: Tensor) -> tuple[list[list[int]], list[list[float]]]:
        """Ids and their probabilities for ``draws``, each (length, streams)."""
        self._draws.copy_(draws)
        self._write(self._work)
        return self._ids.tolist(), self._likely.tolist()

    def _work(self) -> None:
        ids = self._last
        for step, draws in enumerate(self._draws.unbind()):
            ids, likely = self._write_one(ids, draws)
            self._ids[step].copy_(ids)
            self._likely[step].copy_(likely)
        self._last.copy_(ids)
        for held, new in zip(self._state, self._stepper.state, strict=True):
            held.copy_(new)
        self._stepper.state = self._state
