"""How gradients become updates."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, AdamW, Optimizer, RMSprop

from tui_textgen.config import TrainingConfig

RMSPROP_MEMORY = 0.95
"""Decay of the squared gradients' average, as in char-rnn; torch's own 0.99 is slow to forget the first steps."""


def build_optimiser(config: TrainingConfig, network: nn.Module) -> Optimizer:
    """The optimiser that ``config`` names. Weight decay pulls matrices alone: biases have nothing to gain from it."""
    parameters = list(network.parameters())
    if config.optimizer == "adam":
        return Adam(parameters, lr=config.lr, fused=True)
    if config.optimizer == "rmsprop":
        return RMSprop(parameters, lr=config.lr, alpha=RMSPROP_MEMORY)
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=config.lr, fused=True)


def set_rate(optimiser: Optimizer, rate: float) -> None:
    """Use ``rate`` from the next update on."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def optimiser_tensors(optimiser: Optimizer) -> dict[str, Tensor]:
    """What the optimiser remembers, as ``<parameter's index>.<name>``."""
    state: dict[int, dict[str, Any]] = optimiser.state_dict()["state"]
    return {f"{index}.{name}": value for index, memory in state.items() for name, value in memory.items()
            if isinstance(value, Tensor)}  # fmt: skip


def restore_optimiser(optimiser: Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what :func:`optimiser_tensors` took out."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def clip_gradients(parameters: list[nn.Parameter], largest: float) -> Tensor:
    """Scale the gradients to a norm of at most ``largest`` (0: leave them); the norm before, on the device."""
    limit = largest or float("inf")
    norm: Tensor = torch.nn.utils.clip_grad_norm_(parameters, limit, foreach=True)
    return norm
