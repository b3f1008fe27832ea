"""The network: recurrent layers over one-hot characters, and a linear output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from tui_textgen.config import ModelConfig
from tui_textgen.network.dropout import Dropout
from tui_textgen.network.first_weights import draw_weights
from tui_textgen.network.packed import pack, padded
from tui_textgen.network.recurrence import OWN_KINDS, one_hot, run_layer
from tui_textgen.plan import GATES

State = tuple[Tensor, ...]
"""What the network carries from one character to the next: ``h`` (layers, lanes, n_hidden), and an LSTM its ``c``."""

_FUSED: dict[str, Callable[..., Any]] = {"lstm": torch.lstm, "gru": torch.gru, "rnn": torch.rnn_tanh}
_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class CharRNN(nn.Module):
    """A character-level LSTM, GRU or tanh RNN, with the parameters of ``nn.LSTM`` (or its kin) and ``nn.Linear``."""

    def __init__(self, shape: ModelConfig, distinct: int) -> None:
        super().__init__()
        self.shape = shape
        self.distinct = distinct
        self.rnn = Recurrence(shape, distinct)
        self.fc = nn.Linear(shape.n_hidden, distinct)

    @classmethod
    def initialised(cls, shape: ModelConfig, distinct: int, seed: int, init: str = "uniform") -> CharRNN:
        """An untrained network, its weights drawn as :func:`draw_weights` says."""
        network = cls(shape, distinct)
        draw_weights(network, seed, init)
        return network

    def zero_state(self, lanes: int, dtype: torch.dtype = torch.float32) -> State:
        """The state before the first character."""
        size = (self.shape.n_layers, lanes, self.shape.n_hidden)
        parts = 2 if self.shape.model == "lstm" else 1
        return tuple(torch.zeros(size, dtype=dtype, device=self.fc.weight.device) for _ in range(parts))

    def forward(self, ids: Tensor, state: State, dropout: Dropout | None = None) -> tuple[Tensor, State]:
        """Predict each character's successor.

        ``ids`` is (window, lanes), int64. The logits are (window, lanes, distinct). Computes in the precision of
        ``state``; gradients reach the parameters in theirs.
        """
        outputs, state = self.rnn(ids, state, dropout)
        if dropout is not None:
            outputs = dropout(outputs)
        return linear(outputs, self.fc.weight.to(outputs.dtype), self.fc.bias.to(outputs.dtype)), state


class LayerPass(NamedTuple):
    """One layer over a window: its hidden states, what it says to those above, both (window, lanes, n_hidden), and its
    last state.
    """

    outputs: Tensor
    above: Tensor
    end: Sequence[Tensor]


class Recurrence(nn.Module):
    """The recurrent layers, one call each, so that dropout can stand between them with a generator of our own.

    GPUs have fused kernels for every kind, CPUs for the LSTM alone: a GRU or RNN on a CPU is computed by
    ``recurrence``. There the first layer's product with a one-hot vector is a look-up of a column of ``weight_ih_l0``.
    The fused kernels take vectors alone, and oneDNN's LSTM gains more than the look-up, which would save the 3 % that
    these products are of all work (2 × 512).
    """

    def __init__(self, shape: ModelConfig, distinct: int) -> None:
        super().__init__()
        self.kind = shape.model
        self.n_layers = shape.n_layers
        self.residual = shape.residual
        self.distinct = distinct
        rows = GATES[shape.model] * shape.n_hidden
        for layer in range(shape.n_layers):
            width = shape.n_hidden if layer else distinct
            sizes = ((rows, width), (rows, shape.n_hidden), (rows,), (rows,))
            for name, size in zip(_WEIGHTS, sizes, strict=True):
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(torch.zeros(size)))

    def weights(self, layer: int) -> list[Tensor]:
        """``weight_ih``, ``weight_hh``, ``bias_ih``, ``bias_hh`` of a layer."""
        return [self.get_parameter(f"{name}_l{layer}") for name in _WEIGHTS]

    def forward(self, ids: Tensor, state: State, dropout: Dropout | None) -> tuple[Tensor, State]:
        values, ends = ids, list[Sequence[Tensor]]()
        for layer in self.layers(ids, state, dropout):
            values = layer.above
            ends.append(layer.end)
        return values, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))

    def layers(self, ids: Tensor, state: State, dropout: Dropout | None = None) -> Iterator[LayerPass]:
        """One layer after the other, from the lowest."""
        own = self.kind in OWN_KINDS and ids.device.type == "cpu"
        packs, dtype = ids.device.type == "cuda", state[0].dtype
        values = ids if own else one_hot(ids, padded(self.distinct) if packs else self.distinct, dtype)
        run = self._run_own if own else self._run_fused
        for layer in range(self.n_layers):
            if layer and dropout is not None:
                values = dropout(values)
            weights = self.weights(layer)
            weights = pack(weights, dtype, values.shape[-1]) if packs else [weight.to(dtype) for weight in weights]
            outputs, end = run(values, [part[layer] for part in state], weights)
            above = outputs + values if layer and self.residual else outputs
            yield LayerPass(outputs, above, end)
            values = above

    def _run_own(self, values: Tensor, start: list[Tensor], weights: list[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
        outputs = run_layer(self.kind, values, start[0], weights)
        return outputs, [outputs[-1]]

    def _run_fused(self, values: Tensor, start: list[Tensor], weights: list[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
        parts = [part.unsqueeze(0) for part in start]
        hidden = parts if self.kind == "lstm" else parts[0]
        outputs, *end = _FUSED[self.kind](values, hidden, weights, True, 1, 0.0, torch.is_grad_enabled(), False, False)
        return outputs, [part.squeeze(0) for part in end]
