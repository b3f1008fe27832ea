"""The loss of a network on a text cut into lanes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.lanes import Lanes


def window_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross entropy in nats per character, in fp32 whatever the logits' precision."""
    return cross_entropy(logits.float().flatten(0, 1), targets.flatten())


@torch.inference_mode()
def lanes_loss(network: CharRNN, lanes: Lanes, dtype: torch.dtype = torch.float32) -> float:
    """Mean over the windows' losses; the state is zero at the start and carried from window to window."""
    device = network.fc.weight.device
    state = network.zero_state(lanes.count, dtype)
    total = torch.zeros((), device=device)
    for index in range(lanes.grid.windows):
        inputs, targets = lanes.window(index, device)
        logits, state = network(inputs, state)
        total += window_loss(logits, targets)
    return float(total) / lanes.grid.windows
