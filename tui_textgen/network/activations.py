"""What the units of a network do along a text, and which of them go with a feature of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn.functional import linear

from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.chunks import chunk_size, own_threads
from tui_textgen.network.stepper import threads

KEPT_FLOATS = 8_000_000
"""Numbers that are kept of the last text, where all of its fit: 4,000 characters of a 2 × 512 LSTM, in 32 MB."""
NEXT_TO_NOTHING = 1e-9
"""Of a feature that does not vary: what else there is of it is rounding."""
LEAST_VARIANCE = 1e-10
"""Of a unit that does nothing: what varies less is rounding."""

Activity = list[Tensor]
"""For each layer (characters, parts, n_hidden): the outputs h, and of an LSTM the tanh of its cells."""


class Activations:
    """Reads texts for one network, and keeps what its units did in the last one, if it was short enough."""

    def __init__(self, network: CharRNN) -> None:
        self._network = network
        self._size = chunk_size(network)
        self._ids: list[int] = []
        self._kept: list[Activity] = []

    def along(self, ids: list[int], check: Callable[[], None]) -> Iterator[Activity]:
        """All units after each character, some characters at a time. What ``check`` raises ends the work."""
        if ids == self._ids:
            yield from self._kept
            return
        self._ids, self._kept = [], []
        kept: list[Activity] = []
        per_character = sum(part.numel() for part in self._network.zero_state(1))
        for activity in self._read(ids, check):
            if per_character * len(ids) <= KEPT_FLOATS:
                kept.append(activity)
            yield activity
        if kept:
            self._ids, self._kept = ids, kept

    def _read(self, ids: list[int], check: Callable[[], None]) -> Iterator[Activity]:
        state = self._network.zero_state(1)
        for begin in range(0, len(ids), self._size):
            check()
            activity, state = activity_in(self._network, ids[begin : begin + self._size], state)
            yield activity


@torch.inference_mode()
def activity_in(network: CharRNN, ids: list[int], state: State) -> tuple[Activity, State]:
    """All units after each of ``ids``, which are read after ``state`` (one lane); and the state behind them."""
    read = torch.tensor(ids, device=network.fc.weight.device)
    activity, ends = [], []
    with own_threads(network):
        below: Tensor | None = None
        for layer, told in enumerate(network.rnn.layers(read.unsqueeze(1), state)):
            parts = [told.outputs.squeeze(1)]
            if network.rnn.kind == "lstm":
                weights = network.rnn.weights(layer)
                inputs = weights[0].t()[read] if below is None else linear(below, weights[0])
                parts.append(_cells(inputs, parts[0], state[0][layer, 0], state[1][layer, 0], weights).tanh())
            below = told.above.squeeze(1)
            activity.append(torch.stack(parts, 1))
            ends.append(told.end)
    return activity, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))


def _cells(inputs: Tensor, outputs: Tensor, h: Tensor, c: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """An LSTM layer's cells after each character, (characters, n_hidden), which its fused pass does not tell.

    ``inputs`` are the products with what it read. All outputs are known, and with them all gates in one product; what
    is left for a loop is ``c = f c + i g``.
    """
    _, w_hh, b_ih, b_hh = weights
    rows = 3 * len(h)  # input, forget and cell; the output gate comes after the cells
    before = torch.cat((h.unsqueeze(0), outputs[:-1]))
    gates = inputs[:, :rows] + linear(before, w_hh[:rows], b_ih[:rows] + b_hh[:rows])
    i, f, new = gates.chunk(3, dim=1)
    added, kept = i.sigmoid() * new.tanh(), f.sigmoid()
    cells = torch.empty_like(outputs)
    for step, (more, share) in enumerate(zip(added, kept, strict=True)):
        c = torch.addcmul(more, share, c, out=cells[step])
    return cells


@torch.inference_mode()
def correlations(activity: Iterator[Activity], features: Sequence[Sequence[float]]) -> list[Tensor]:
    """Pearson's correlation of each unit with each of ``features``, for each layer (features, parts, n_hidden), fp64.

    A feature has one value for each character that ``activity`` tells of. What does not vary correlates with nothing.
    """
    wanted = torch.tensor(features, dtype=torch.float64)
    wanted = wanted - wanted.mean(1, keepdim=True)
    length = wanted.norm(dim=1, keepdim=True)
    wanted = torch.where(length > NEXT_TO_NOTHING, wanted / length, 0)
    begin, sums = 0, list[list[Tensor]]()
    for layers in activity:
        part = wanted[:, begin : begin + len(layers[0])]
        begin += len(layers[0])
        with threads(1):  # several would wait for each other longer than they work
            sums = [_added(*pair, part) for pair in zip(sums or [[]] * len(layers), layers, strict=True)]
    return [_pearson(begin, *of_layer) for of_layer in sums]


def _added(sums: list[Tensor], values: Tensor, features: Tensor) -> list[Tensor]:
    """``sums`` of the values, their squares and their products with the features, and those of some more characters."""
    exact = values.cpu().double()  # Apple's GPUs know no fp64
    products = (features @ exact.flatten(1)).view(len(features), *exact.shape[1:])
    more = [exact.sum(0), exact.square().sum(0), products]
    return [a + b for a, b in zip(sums, more, strict=True)] if sums else more


def _pearson(characters: int, total: Tensor, squares: Tensor, products: Tensor) -> Tensor:
    varied = squares - total.square() / characters
    correlation = products / varied.clamp(min=LEAST_VARIANCE).sqrt()
    return torch.where(varied > LEAST_VARIANCE * characters, correlation.clamp(-1, 1), 0)
