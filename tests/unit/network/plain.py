"""The same networks in PyTorch's own modules, which read one character at a time: slow, and beyond doubt."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from tui_textgen.network.char_rnn import CharRNN

_MODULES: dict[str, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass
class PlainPass:
    """What a network did along a text; its units for each layer, (characters, n_hidden)."""

    logits: Tensor
    h: list[Tensor]
    c: list[Tensor]
    """Of an LSTM the tanh of its cells."""


@torch.inference_mode()
def plain_pass(network: CharRNN, ids: list[int]) -> PlainPass:
    """One stream from a zero state."""
    values = one_hot(torch.tensor(ids), network.distinct).float()
    told = PlainPass(values, [], [])
    for layer in range(network.shape.n_layers):
        hidden, cells = _layer(network, layer, values)
        values = hidden + values if layer and network.shape.residual else hidden
        told.h.append(hidden)
        told.c.append(cells)
    told.logits = values @ network.fc.weight.t() + network.fc.bias
    return told


def _layer(network: CharRNN, layer: int, values: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs and the tanh of the cells (of other kinds than an LSTM: the outputs again)."""
    kind = network.shape.model
    module = _MODULES[kind](values.shape[1], network.shape.n_hidden)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    module.load_state_dict(dict(zip(names, network.rnn.weights(layer), strict=True)))
    outputs, cells, state = [], [], None
    for value in values:
        output, state = module(value.unsqueeze(0), state)
        outputs.append(output[0])
        cells.append(state[1][0].tanh() if kind == "lstm" else output[0])
    return torch.stack(outputs), torch.stack(cells)
