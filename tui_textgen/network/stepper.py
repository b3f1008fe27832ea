"""Streams written character by character, as fast as the weights can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.device import cpu_has_bf16

PRIME_CHUNK = 1024
"""Characters of a prime read in one pass."""
SHARED_FROM = 8_000_000
"""Parameters, times streams, from which on several threads share a step. Below, waiting for each other costs them more
than they gain, and tens of times more on a busy machine."""


class Stepper:
    """A copy of a network's weights, packed for one character at a time of a few parallel streams.

    ``nn.LSTM`` packs all its weights anew at every call; here that is done once. The first layer's product with a
    one-hot vector, together with its biases, is one row of a table. Products read the weights in 16 bits where the CPU
    does that faster; gates and states are fp32. Call it under ``torch.inference_mode()``.
    """

    def __init__(self, network: CharRNN, streams: int = 1) -> None:
        self._network, self._streams = network, streams
        kind, dtype = _KINDS[network.shape.model], _format(network, streams)
        rnn = network.rnn
        self._residual = network.shape.residual
        self._layers = [kind(rnn.weights(layer), dtype, first=layer == 0) for layer in range(rnn.n_layers)]
        self._output = _Product(network.fc.weight.detach(), network.fc.bias.detach(), dtype)
        self._alone = streams * sum(parameter.numel() for parameter in network.parameters()) < SHARED_FROM

    def read(self, ids: list[int]) -> None:
        """Begin anew with the characters of ``ids`` behind every stream, in one pass per ``PRIME_CHUNK`` of them."""
        state = self._network.zero_state(1)
        for begin in range(0, len(ids), PRIME_CHUNK):
            chunk = torch.tensor(ids[begin : begin + PRIME_CHUNK], device=self._network.fc.weight.device)
            _, state = self._network(chunk.unsqueeze(1), state)
        self._begin(state)

    def step(self, ids: Tensor) -> Tensor:
        """Read one more character of each stream, (streams,); their successors' logits, (streams, distinct), fp32."""
        with _threads(1 if self._alone else None):
            values = ids
            for index, layer in enumerate(self._layers):
                outputs = layer.step(values)
                values = outputs + values if index and self._residual else outputs
            return self._output(values)

    @property
    def state(self) -> list[Tensor]:
        """What is carried to the next character, each (streams, n_hidden): of one layer after the other."""
        return [part for layer in self._layers for part in layer.carried()]

    @state.setter
    def state(self, parts: list[Tensor]) -> None:
        each = len(parts) // len(self._layers)
        for index, layer in enumerate(self._layers):
            layer.begin(*parts[index * each : (index + 1) * each])

    def _begin(self, state: State) -> None:
        for index, layer in enumerate(self._layers):
            layer.begin(*(part[index].float().expand(self._streams, -1) for part in state))


class _Product:
    """``values`` (streams, inputs), fp32, to fp32 ``values @ weight.T + bias``, with the weights kept as ``dtype``."""

    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype) -> None:
        self._dtype, self._bias = dtype, bias.float()
        self._weight = weight.to(dtype).t()
        if dtype == torch.float32:
            self._weight = self._weight.contiguous()  # fp32 is read in order so; 16 bits are as they lie

    def __call__(self, values: Tensor) -> Tensor:
        return self.added_to(self._bias, values)

    def added_to(self, others: Tensor, values: Tensor) -> Tensor:
        """The product with ``others`` in the bias's place."""
        return (values.to(self._dtype) @ self._weight).float().add_(others)


class _Layer:
    """What the kinds have in common: the input's product with the biases, a table for the first layer."""

    def __init__(self, weights: list[Tensor], dtype: torch.dtype, *, first: bool) -> None:
        w_ih, w_hh, b_ih, b_hh = (weight.detach() for weight in weights)
        bias, hidden_bias = self._biases(b_ih, b_hh)
        self._table = (w_ih.t() + bias).float() if first else None
        self._from_below = _Product(w_ih, bias, dtype)
        self._from_before = _Product(w_hh, hidden_bias, dtype)
        self.h = w_hh.new_zeros(1, w_hh.shape[1], dtype=torch.float32)

    def begin(self, h: Tensor, *_: Tensor) -> None:
        self.h = h

    def carried(self) -> list[Tensor]:
        """What :meth:`begin` takes."""
        return [self.h]

    def step(self, values: Tensor) -> Tensor:
        """From the ids of the characters, or the outputs of the layer below, to this layer's outputs."""
        raise NotImplementedError

    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """What is added to the input's product, and what to the hidden state's."""
        return b_ih + b_hh, torch.zeros_like(b_hh)

    def _input(self, values: Tensor) -> Tensor:
        return self._from_below(values) if self._table is None else self._table.index_select(0, values)


class _LSTM(_Layer):
    def begin(self, h: Tensor, *rest: Tensor) -> None:
        self.h, self._c = h, rest[0]

    def carried(self) -> list[Tensor]:
        return [self.h, self._c]

    def step(self, values: Tensor) -> Tensor:
        gates = self._from_before.added_to(self._input(values), self.h)
        new = gates.chunk(4, dim=1)[2].tanh()
        i, f, _, o = gates.sigmoid_().chunk(4, dim=1)
        self._c = torch.addcmul(f * self._c, i, new)
        self.h = o * self._c.tanh()
        return self.h


class _GRU(_Layer):
    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """The new gate's hidden bias stays with the hidden state, since the reset gate scales both."""
        new = torch.arange(b_hh.numel(), device=b_hh.device) >= b_hh.numel() // 3 * 2
        return b_ih + b_hh.masked_fill(new, 0), b_hh.masked_fill(~new, 0)

    def step(self, values: Tensor) -> Tensor:
        input_r, input_z, input_n = self._input(values).chunk(3, dim=1)
        hidden_r, hidden_z, hidden_n = self._from_before(self.h).chunk(3, dim=1)
        new = torch.addcmul(input_n, (input_r + hidden_r).sigmoid(), hidden_n).tanh()
        self.h = torch.lerp(new, self.h, (input_z + hidden_z).sigmoid())
        return self.h


class _RNN(_Layer):
    def step(self, values: Tensor) -> Tensor:
        self.h = self._from_before.added_to(self._input(values), self.h).tanh_()
        return self.h


_KINDS: dict[str, type[_Layer]] = {"lstm": _LSTM, "gru": _GRU, "rnn": _RNN}


def _format(network: CharRNN, streams: int) -> torch.dtype:
    """What the weights are kept as.

    One stream reads every weight once, and half as many bytes take less time: fp16. Several streams multiply matrices,
    which CPUs with bf16 do faster in it. Elsewhere, and for weights that fp16 does not hold, fp32.

    Measured at 2 × 512 on one core of a busy Zen 4: one stream 0.48 ms a character in fp16, 0.62 in fp32, 0.80 in bf16;
    64 streams 4.5 ms a step in bf16, 8.5 in fp32. What 8,000 characters of Anna Karenina cost rises by 0.00002 bpc in
    fp16, and by nothing that could be measured in bf16.
    """
    if network.fc.weight.device.type != "cpu":
        return torch.float32
    if streams > 1:
        return torch.bfloat16 if cpu_has_bf16() else torch.float32
    largest = max(float(parameter.detach().abs().max()) for parameter in network.parameters())
    return torch.float16 if largest < torch.finfo(torch.float16).max else torch.float32


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    """``number`` threads inside the block; switching takes 0.2 µs."""
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
