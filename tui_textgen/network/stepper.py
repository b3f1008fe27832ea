"""Streams written character by character, as fast as the weights can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.products import product

PRIME_CHUNK = 1024
"""Characters of a prime read in one pass."""
SHARED_FROM = 8_000_000
"""Parameters, times streams, from which on several threads share a step. Below, waiting for each other costs them more
than they gain, and tens of times more on a busy machine."""


class Stepper:
    """A copy of a network's weights, packed for one character at a time of a few parallel streams.

    ``nn.LSTM`` packs all its weights anew at every call; here that is done once. The first layer's product with a
    one-hot vector, together with its biases, is one row of a table. What a layer says is multiplied once with all the
    weights that read it: its own at the next character, those of the layers above, the output's. Gates and states are
    fp32. Call it under ``torch.inference_mode()``.
    """

    def __init__(self, network: CharRNN, streams: int = 1) -> None:
        self._network, self._streams = network, streams
        rnn = network.rnn
        self._layers = [_KINDS[rnn.kind](rnn.weights(layer)) for layer in range(rnn.n_layers)]
        self._readers = [_readers(network, self._layers, layer, streams) for layer in range(rnn.n_layers)]
        self._table = self._layers[0].table()
        self._alone = streams * sum(parameter.numel() for parameter in network.parameters()) < SHARED_FROM

    def read(self, ids: list[int]) -> None:
        """Begin anew with the characters of ``ids`` behind every stream, in one pass per ``PRIME_CHUNK`` of them."""
        state = self._network.zero_state(1)
        for begin in range(0, len(ids), PRIME_CHUNK):
            chunk = torch.tensor(ids[begin : begin + PRIME_CHUNK], device=self._network.fc.weight.device)
            _, state = self._network(chunk.unsqueeze(1), state)
        self.begin(state)

    def begin(self, state: State) -> None:
        """Begin anew with ``state``, that of one lane, in every stream."""
        for index, (layer, readers) in enumerate(zip(self._layers, self._readers, strict=True)):
            parts = [part[index].float().expand(self._streams, -1) for part in state]
            layer.begin(*parts)
            layer.recurrent = readers(parts[0])[0]

    def step(self, ids: Tensor) -> Tensor:
        """Read one more character of each stream, (streams,); their successors' logits, (streams, distinct), fp32."""
        with threads(1 if self._alone else None):
            waiting = [self._table.index_select(0, ids)]
            for layer, readers in zip(self._layers, self._readers, strict=True):
                layer.recurrent, *above = readers(layer.step(waiting.pop(0)))
                waiting = _added(waiting, above)
            return waiting[0]

    @property
    def state(self) -> list[Tensor]:
        """What is carried to the next character, each (streams, …): of one layer after the other."""
        return [part for layer in self._layers for part in layer.carried]

    @state.setter
    def state(self, parts: list[Tensor]) -> None:
        each = len(parts) // len(self._layers)
        for index, layer in enumerate(self._layers):
            layer.carried = parts[index * each : (index + 1) * each]


class _Readers:
    """All products with one layer's output, in one."""

    def __init__(self, weights: list[Tensor], biases: list[Tensor], streams: int) -> None:
        self._rows = [len(weight) for weight in weights]
        self._product = product(torch.cat(weights).detach(), torch.cat(biases).detach(), streams)

    def __call__(self, values: Tensor) -> tuple[Tensor, ...]:
        return torch.split(self._product(values), self._rows, dim=1)


def _readers(network: CharRNN, layers: list[_Layer], index: int, streams: int) -> _Readers:
    """Who reads layer ``index``: itself, the next one up or the output; with a residual all of those above."""
    above = [(layer.w_ih, layer.input_bias) for layer in layers[index + 1 :]] + [(network.fc.weight, network.fc.bias)]
    if not network.shape.residual:
        above = above[:1]
    weights = [layers[index].w_hh, *(weight for weight, _ in above)]
    elsewhere = [
        torch.zeros_like(bias) for _, bias in above[1:]
    ]  # each bias counts once: where the layer below is read
    return _Readers(weights, [layers[index].hidden_bias, above[0][1], *elsewhere], streams)


def _added(waiting: list[Tensor], more: Sequence[Tensor]) -> list[Tensor]:
    """Sums of what readers get from several layers, in the order of the readers."""
    return [a + b for a, b in zip(waiting, more, strict=True)] if waiting else list(more)


class _Layer:
    """One layer's gates and state. ``recurrent`` is the product of its last output with its recurrent weights."""

    def __init__(self, weights: list[Tensor]) -> None:
        self.w_ih, self.w_hh, b_ih, b_hh = (weight.detach() for weight in weights)
        self.input_bias, self.hidden_bias = self._biases(b_ih, b_hh)
        self.recurrent = self.w_hh

    def table(self) -> Tensor:
        """The input's product with every one-hot vector, biases included, (distinct, gates × n_hidden), fp32."""
        return (self.w_ih.t() + self.input_bias).float()

    def begin(self, *state: Tensor) -> None:
        """Take over the parts of a network's state, but for what ``recurrent`` holds."""

    def step(self, inputs: Tensor) -> Tensor:
        """From the input's product, biases included, to this layer's output, (streams, n_hidden)."""
        raise NotImplementedError

    @property
    def carried(self) -> list[Tensor]:
        """What the next character needs."""
        return [self.recurrent]

    @carried.setter
    def carried(self, parts: list[Tensor]) -> None:
        (self.recurrent,) = parts

    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """What is added to the input's product, and what to the hidden state's."""
        return b_ih + b_hh, torch.zeros_like(b_hh)


class _LSTM(_Layer):
    def begin(self, *state: Tensor) -> None:
        self._c = state[1]

    @property
    def carried(self) -> list[Tensor]:
        return [self.recurrent, self._c]

    @carried.setter
    def carried(self, parts: list[Tensor]) -> None:
        self.recurrent, self._c = parts

    def step(self, inputs: Tensor) -> Tensor:
        gates = inputs + self.recurrent
        new = gates.chunk(4, dim=1)[2].tanh()
        i, f, _, o = gates.sigmoid_().chunk(4, dim=1)
        self._c = torch.addcmul(f * self._c, i, new)
        return o * self._c.tanh()


class _GRU(_Layer):
    def begin(self, *state: Tensor) -> None:
        self._h = state[0]

    @property
    def carried(self) -> list[Tensor]:
        return [self.recurrent, self._h]

    @carried.setter
    def carried(self, parts: list[Tensor]) -> None:
        self.recurrent, self._h = parts

    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """The new gate's hidden bias stays with the hidden state, since the reset gate scales both."""
        new = torch.arange(b_hh.numel(), device=b_hh.device) >= b_hh.numel() // 3 * 2
        return b_ih + b_hh.masked_fill(new, 0), b_hh.masked_fill(~new, 0)

    def step(self, inputs: Tensor) -> Tensor:
        n_hidden = self._h.shape[1]
        both = slice(0, 2 * n_hidden)
        r, z = (inputs[:, both] + self.recurrent[:, both]).sigmoid_().chunk(2, dim=1)
        new = torch.addcmul(inputs[:, 2 * n_hidden :], r, self.recurrent[:, 2 * n_hidden :]).tanh_()
        self._h = torch.lerp(new, self._h, z)
        return self._h


class _RNN(_Layer):
    def step(self, inputs: Tensor) -> Tensor:
        return (inputs + self.recurrent).tanh_()


_KINDS: dict[str, type[_Layer]] = {"lstm": _LSTM, "gru": _GRU, "rnn": _RNN}


@contextmanager
def threads(number: int | None) -> Iterator[None]:
    """``number`` threads inside the block; switching takes 0.2 µs."""
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
