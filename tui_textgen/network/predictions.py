"""What a model predicts at each place of a text, read as one stream from a zero state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.chunks import FLOATS, chunk_size, read_chunk

RANKED = 10
"""Likeliest characters that are kept of each place."""
LONG = 100_000
"""Characters of a text whose kept states shall stay within ``FLOATS``."""


@dataclass
class Piece:
    """Some characters of a text, and what was predicted after each of them."""

    ids: list[int]
    """Those that were read, and the one after them unless the text ends."""
    nats: list[float]
    """The loss of each of ``ids`` but the first."""
    ranks: list[int]
    """The place of each of these among all characters: 1 if none was likelier."""
    likeliest: Tensor
    """The likeliest ids after each character that was read, best first, (read, up to RANKED)."""
    chances: Tensor
    """The logarithms of their probabilities."""
    after: State | None
    """The state behind it; not every piece keeps it."""


class Predictions:
    """Reads texts for one network, and keeps what it predicted: a text that begins like the last one is read on.

    Pieces always begin at the same places, so that what is kept is, to the last bit, what reading anew would give.
    """

    def __init__(self, network: CharRNN) -> None:
        self.size = chunk_size(network)
        self._network = network
        self._pieces: list[Piece] = []
        numbers = sum(part.numel() for part in network.zero_state(1))
        self._keep_every = -(-LONG * numbers // (self.size * FLOATS))
        """Pieces from one whose state is kept to the next."""

    def along(self, ids: list[int], check: Callable[[], None]) -> Iterator[Piece]:
        """The pieces of the text, computed as they are asked for. What ``check`` raises between them ends the work."""
        for index, begin in enumerate(range(0, len(ids), self.size)):
            wanted = ids[begin : begin + self.size + 1]
            if index == len(self._pieces) or self._pieces[index].ids != wanted:
                check()
                self._compute(index, wanted, check)
            yield self._pieces[index]

    def behind(self, ids: list[int], check: Callable[[], None]) -> State:
        """The state once all of ``ids`` have been read."""
        pieces = sum(1 for _ in self.along(ids, check))
        return self._state_behind(pieces, check)

    @torch.inference_mode()
    def _compute(self, index: int, ids: list[int], check: Callable[[], None]) -> None:
        state = self._state_behind(index, check)
        del self._pieces[index:]
        if index and index % self._keep_every:
            self._pieces[-1].after = None
        logits, after = read_chunk(self._network, torch.tensor(ids[: self.size]), state)
        losses = -torch.log_softmax(logits, -1)
        chances, likeliest = losses.topk(min(RANKED, losses.shape[1]), largest=False)
        following = torch.tensor(ids[1:], dtype=torch.int64, device=losses.device).unsqueeze(1)
        predicted = losses[: len(following)]
        nats = predicted.gather(1, following)
        ranks = (predicted < nats).sum(1) + 1
        self._pieces.append(
            Piece(ids, nats.squeeze(1).tolist(), ranks.tolist(), likeliest.int().cpu(), -chances.cpu(), after)
        )

    @torch.inference_mode()
    def _state_behind(self, pieces: int, check: Callable[[], None]) -> State:
        """The state behind so many pieces, read again from where it was last kept."""
        kept = pieces
        while kept and self._pieces[kept - 1].after is None:
            kept -= 1
        after = self._pieces[kept - 1].after if kept else None
        state = self._network.zero_state(1) if after is None else after
        for piece in self._pieces[kept:pieces]:
            check()
            state = read_chunk(self._network, torch.tensor(piece.ids[: self.size]), state)[1]
        return state
