"""How gradients become updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.optim import Adam, AdamW, Optimizer, RMSprop

from tui_textgen.config import TrainingConfig
from tui_textgen.network.muon import Muon

RMSPROP_MEMORY = 0.95
"""Decay of the squared gradients' average, as in char-rnn; torch's own 0.99 is slow to forget the first steps."""


class Optimisers:
    """Optimisers that share out a network's parameters, used as one.

    A parameter group's ``factor`` says how its learning rate relates to the run's.
    """

    def __init__(self, *parts: Optimizer) -> None:
        self._parts = parts

    def zero_grad(self) -> None:
        for part in self._parts:
            part.zero_grad(set_to_none=True)

    def step(self, rate: float) -> None:
        """Update every parameter at the learning rate ``rate``."""
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = rate * group.get("factor", 1.0)
            part.step()

    def tensors(self) -> dict[str, Tensor]:
        """What the optimisers remember, as ``<parameter's index>.<name>``."""
        return {f"{offset + index}.{name}": value for offset, part in self._numbered()
                for index, memory in part.state_dict()["state"].items() for name, value in memory.items()
                if isinstance(value, Tensor)}  # fmt: skip

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what :meth:`tensors` took out."""
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            index, name = key.split(".", 1)
            state.setdefault(int(index), {})[name] = value
        for offset, part in self._numbered():
            mine = {index - offset: memory for index, memory in state.items()
                    if offset <= index < offset + _count(part)}  # fmt: skip
            part.load_state_dict({"state": mine, "param_groups": part.state_dict()["param_groups"]})

    def _numbered(self) -> Iterator[tuple[int, Optimizer]]:
        """The parts, each with the index of its first parameter."""
        offset = 0
        for part in self._parts:
            yield offset, part
            offset += _count(part)


def build_optimisers(config: TrainingConfig, network: nn.Module, dtype: torch.dtype = torch.float32) -> Optimisers:
    """What ``config`` names; ``dtype`` is what the run computes in.

    Weight decay pulls matrices alone: biases have nothing to gain from it.
    """
    parameters = list(network.parameters())
    if config.optimizer == "adam":
        return Optimisers(Adam(parameters, lr=config.lr, fused=True))
    if config.optimizer == "rmsprop":
        return Optimisers(RMSprop(parameters, lr=config.lr, alpha=RMSPROP_MEMORY))
    if config.optimizer == "adamw":
        return Optimisers(_adamw(config, parameters))
    gates = _gate_matrices(network)
    rest = [parameter for parameter in parameters if all(parameter is not matrix for matrix in gates)]
    group = {"params": gates, "factor": config.muon_lr / config.lr}
    return Optimisers(Muon([group], config.muon_lr, config.weight_decay, dtype=dtype), _adamw(config, rest))


def _adamw(config: TrainingConfig, parameters: list[nn.Parameter]) -> AdamW:
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=config.lr, fused=True)


def _gate_matrices(network: nn.Module) -> list[nn.Parameter]:
    """The weights between hidden units: all of the recurrent layers' but the first's ``weight_ih``, a table really."""
    return [parameter for name, parameter in network.named_parameters()
            if "weight_hh" in name or ("weight_ih" in name and not name.endswith("_l0"))]  # fmt: skip


def _count(optimiser: Optimizer) -> int:
    return sum(len(group["params"]) for group in optimiser.param_groups)


def clip_gradients(parameters: list[nn.Parameter], largest: float) -> Tensor:
    """Scale the gradients to a norm of at most ``largest`` (0: leave them); the norm before, on the device."""
    limit = largest or float("inf")
    norm: Tensor = torch.nn.utils.clip_grad_norm_(parameters, limit, foreach=True)
    return norm
