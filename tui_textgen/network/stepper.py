"""Streams written character by character, as fast as the weights can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State

PRIME_CHUNK = 1024
"""Characters of a prime read in one pass."""
SHARED_FROM = 8_000_000
"""Parameters from which on several threads share a step. Below, waiting for each other costs them more than they gain,
and tens of times more on a busy machine."""


class Stepper:
    """A copy of a network's weights, packed for one character at a time of a few parallel streams.

    ``nn.LSTM`` packs all its weights anew at every call; here that is done once. The first layer's product with a
    one-hot vector, together with its biases, is one row of a table. Call it under ``torch.inference_mode()``.
    """

    def __init__(self, network: CharRNN, streams: int = 1) -> None:
        self._network, self._streams = network, streams
        kind = _KINDS[network.shape.model]
        rnn = network.rnn
        self._layers = [kind(rnn.weights(layer), first=layer == 0) for layer in range(rnn.n_layers)]
        self._output = _packed(network.fc.weight)
        self._bias = network.fc.bias.detach().float()
        self._alone = sum(parameter.numel() for parameter in network.parameters()) < SHARED_FROM

    def read(self, ids: list[int]) -> None:
        """Begin anew with the characters of ``ids`` behind every stream, in one pass per ``PRIME_CHUNK`` of them."""
        state = self._network.zero_state(1)
        for begin in range(0, len(ids), PRIME_CHUNK):
            chunk = torch.tensor(ids[begin : begin + PRIME_CHUNK], device=self._bias.device)
            _, state = self._network(chunk.unsqueeze(1), state)
        self._begin(state)

    def step(self, ids: Tensor) -> Tensor:
        """Read one more character of each stream, (streams,); their successors' logits, (streams, distinct), fp32."""
        with _threads(1 if self._alone else None):
            values = ids
            for layer in self._layers:
                values = layer.step(values)
            return torch.addmm(self._bias, values, self._output)

    def _begin(self, state: State) -> None:
        for index, layer in enumerate(self._layers):
            layer.begin(*(part[index].float().expand(self._streams, -1) for part in state))


class _Layer:
    """What the kinds have in common: the input's product with the biases, a table for the first layer."""

    def __init__(self, weights: list[Tensor], *, first: bool) -> None:
        w_ih, w_hh, b_ih, b_hh = weights
        self._w_ih, self._w_hh = _packed(w_ih), _packed(w_hh)
        self._bias, self._hidden_bias = self._biases(b_ih.detach().float(), b_hh.detach().float())
        self._table = self._w_ih + self._bias if first else None
        self.h = self._w_hh.new_zeros(1, w_hh.shape[1])

    def begin(self, h: Tensor, *_: Tensor) -> None:
        self.h = h

    def step(self, values: Tensor) -> Tensor:
        """From the ids of the characters, or the outputs of the layer below, to this layer's outputs."""
        raise NotImplementedError

    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """What is added to the input's product, and what to the hidden state's."""
        return b_ih + b_hh, torch.zeros_like(b_hh)

    def _input(self, values: Tensor) -> Tensor:
        if self._table is not None:
            return self._table.index_select(0, values)
        return torch.addmm(self._bias, values, self._w_ih)


class _LSTM(_Layer):
    def begin(self, h: Tensor, *rest: Tensor) -> None:
        self.h, self._c = h, rest[0]

    def step(self, values: Tensor) -> Tensor:
        i, f, g, o = torch.addmm(self._input(values), self.h, self._w_hh).chunk(4, dim=1)
        self._c = torch.addcmul(f.sigmoid() * self._c, i.sigmoid(), g.tanh())
        self.h = o.sigmoid() * self._c.tanh()
        return self.h


class _GRU(_Layer):
    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """The new gate's hidden bias stays with the hidden state, since the reset gate scales both."""
        new = torch.arange(b_hh.numel(), device=b_hh.device) >= b_hh.numel() // 3 * 2
        return b_ih + b_hh.masked_fill(new, 0), b_hh.masked_fill(~new, 0)

    def step(self, values: Tensor) -> Tensor:
        input_r, input_z, input_n = self._input(values).chunk(3, dim=1)
        hidden_r, hidden_z, hidden_n = torch.addmm(self._hidden_bias, self.h, self._w_hh).chunk(3, dim=1)
        new = torch.addcmul(input_n, (input_r + hidden_r).sigmoid(), hidden_n).tanh()
        self.h = torch.lerp(new, self.h, (input_z + hidden_z).sigmoid())
        return self.h


class _RNN(_Layer):
    def step(self, values: Tensor) -> Tensor:
        self.h = torch.addmm(self._input(values), self.h, self._w_hh).tanh()
        return self.h


_KINDS: dict[str, type[_Layer]] = {"lstm": _LSTM, "gru": _GRU, "rnn": _RNN}


def _packed(weight: Tensor) -> Tensor:
    """(outputs, inputs) as the fp32 (inputs, outputs) that a product with a row vector reads in order."""
    return weight.detach().float().t().contiguous()


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    """``number`` threads inside the block; switching takes 0.2 µs."""
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
