"""How much of a single stream is computed in one call: so little that a person who cancels doesn't wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.stepper import SHARED_FROM, threads

WORK = 2**28
"""Parameters times characters of a call. A 2 × 512 LSTM reads 64 characters in 24 ms on one busy core of a Zen 5, of
which most of 9 ms go into packing its weights."""
FLOATS = 2_000_000
"""Numbers that a call makes, at most, of all that is computed for a character."""
MOST = 512
"""Characters of a call: time of small networks goes into the steps themselves."""


def chunk_size(network: CharRNN) -> int:
    """Characters of a call, a power of two. It depends on the network's shape alone, and so does all rounding."""
    shape = network.shape
    parameters = sum(parameter.numel() for parameter in network.parameters())
    floats = 4 * network.distinct + 8 * shape.n_layers * shape.n_hidden
    return 1 << max(1, min(MOST, WORK // parameters, FLOATS // floats)).bit_length() - 1


def read_chunk(network: CharRNN, ids: Tensor, state: State) -> tuple[Tensor, State]:
    """Read ``ids`` after ``state`` (one lane); the logits after each, (ids, distinct), fp32, and the new state."""
    with own_threads(network):
        logits, state = network(ids.to(network.fc.weight.device).unsqueeze(1), state)
    return logits.squeeze(1).float(), state


@contextmanager
def own_threads(network: CharRNN) -> Iterator[None]:
    """As many threads as a single stream of ``network`` gains from."""
    alone = sum(parameter.numel() for parameter in network.parameters()) < SHARED_FROM
    with threads(1 if alone else None):
        yield
