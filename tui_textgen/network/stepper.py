"""One stream, character by character, as fast as matrix-vector products go."""

from __future__ import annotations

import torch
from torch import Tensor

from tui_textgen.network.char_rnn import CharRNN, State

PRIME_CHUNK = 1024
"""Characters of a prime read in one pass."""


class Stepper:
    """A copy of a network's weights, packed for one character at a time.

    ``nn.LSTM`` packs all its weights anew at every call; here that is done once. The first layer's product with a
    one-hot vector, together with its biases, is one row of a table. Call it under ``torch.inference_mode()``.
    """

    def __init__(self, network: CharRNN) -> None:
        self._network = network
        kind = _KINDS[network.shape.model]
        rnn = network.rnn
        self._layers = [kind(rnn.weights(layer), first=layer == 0) for layer in range(rnn.n_layers)]
        self._weight = network.fc.weight.detach().float().contiguous()
        self._bias = network.fc.bias.detach().float()

    def read(self, ids: list[int]) -> None:
        """Begin anew with the characters of ``ids`` behind, in one pass per ``PRIME_CHUNK`` of them."""
        state = self._network.zero_state(1)
        for begin in range(0, len(ids), PRIME_CHUNK):
            chunk = torch.tensor(ids[begin : begin + PRIME_CHUNK], device=self._weight.device)
            _, state = self._network(chunk.unsqueeze(1), state)
        self._begin(state)

    def step(self, character: int) -> Tensor:
        """Read one more character; the logits of its successor, (distinct,), fp32."""
        source: int | Tensor = character
        for layer in self._layers:
            source = layer.step(source)
        assert isinstance(source, Tensor)
        return torch.addmv(self._bias, self._weight, source)

    def _begin(self, state: State) -> None:
        for index, layer in enumerate(self._layers):
            layer.begin(*(part[index, 0] for part in state))


class _Layer:
    """What the kinds have in common: the input's product with both biases, as a table for the first layer."""

    def __init__(self, weights: list[Tensor], *, first: bool) -> None:
        w_ih, w_hh, b_ih, b_hh = (weight.detach().float() for weight in weights)
        bias, self._hidden_bias = self._biases(b_ih, b_hh)
        self._w_hh = w_hh.contiguous()
        self._table = (w_ih.t() + bias).contiguous() if first else None
        self._w_ih = w_ih.contiguous()
        self._bias = bias
        self.h = w_hh.new_zeros(w_hh.shape[1])

    def begin(self, h: Tensor, *_: Tensor) -> None:
        self.h = h.float()

    def step(self, source: int | Tensor) -> Tensor:
        raise NotImplementedError

    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor | None]:
        return b_ih + b_hh, None

    def _input(self, source: int | Tensor) -> Tensor:
        if isinstance(source, int):
            assert self._table is not None
            return self._table[source]
        return torch.addmv(self._bias, self._w_ih, source)


class _LSTM(_Layer):
    def begin(self, h: Tensor, *rest: Tensor) -> None:
        self.h, self._c = h.float(), rest[0].float()

    def step(self, source: int | Tensor) -> Tensor:
        i, f, g, o = torch.addmv(self._input(source), self._w_hh, self.h).chunk(4)
        self._c = torch.addcmul(f.sigmoid() * self._c, i.sigmoid(), g.tanh())
        self.h = o.sigmoid() * self._c.tanh()
        return self.h


class _GRU(_Layer):
    def _biases(self, b_ih: Tensor, b_hh: Tensor) -> tuple[Tensor, Tensor]:
        """The new gate's hidden bias stays apart, since the reset gate scales it."""
        hidden = b_hh.numel() // 3
        folded, apart = b_hh.clone(), b_hh.clone()
        folded[2 * hidden :] = 0
        apart[: 2 * hidden] = 0
        return b_ih + folded, apart

    def step(self, source: int | Tensor) -> Tensor:
        assert self._hidden_bias is not None
        input_r, input_z, input_n = self._input(source).chunk(3)
        hidden_r, hidden_z, hidden_n = torch.addmv(self._hidden_bias, self._w_hh, self.h).chunk(3)
        new = torch.addcmul(input_n, (input_r + hidden_r).sigmoid(), hidden_n).tanh()
        self.h = torch.lerp(new, self.h, (input_z + hidden_z).sigmoid())
        return self.h


class _RNN(_Layer):
    def step(self, source: int | Tensor) -> Tensor:
        self.h = torch.addmv(self._input(source), self._w_hh, self.h).tanh()
        return self.h


_KINDS: dict[str, type[_Layer]] = {"lstm": _LSTM, "gru": _GRU, "rnn": _RNN}
