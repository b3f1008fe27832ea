"""How gradients become updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, AdamW, Optimizer, RMSprop

from tui_textgen.config import TrainingConfig
from tui_textgen.network.muon import Muon

RMSPROP_MEMORY = 0.95
"""Decay of the squared gradients' average, as in char-rnn; torch's own 0.99 is slow to forget the first steps."""


MEMORIES: Mapping[type[Optimizer], frozenset[str]] = {
    Adam: frozenset({"step", "exp_avg", "exp_avg_sq"}),
    AdamW: frozenset({"step", "exp_avg", "exp_avg_sq"}),
    RMSprop: frozenset({"step", "square_avg"}),
    Muon: frozenset({"momentum"}),
}
"""What each remembers of a parameter, once it has updated it."""


class Optimisers:
    """Optimisers that share out a network's parameters, used as one.

    A parameter group's ``factor`` says how its learning rate relates to the run's. With ``device``, each group's rate
    is a tensor there: a captured step reads it anew at every replay, where a number would stay what it was.
    """

    def __init__(self, *parts: Optimizer, device: torch.device | None = None) -> None:
        self._parts = parts
        self.on_device = device is not None
        """Whether the rates are tensors."""
        if device is not None:
            for group in self._groups():
                group["lr"] = torch.tensor(float(group["lr"]), device=device)

    def zero_grad(self) -> None:
        for part in self._parts:
            part.zero_grad(set_to_none=True)

    def set_rate(self, rate: float) -> None:
        """Make ``rate`` the learning rate of the steps to come."""
        for group in self._groups():
            value = rate * group.get("factor", 1.0)
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(value)
            else:
                group["lr"] = value

    def scale_rate(self, factor: Tensor) -> None:
        """Multiply the rate by ``factor`` (a scalar on the device) until it is set again. Rates must be tensors."""
        for group in self._groups():
            group["lr"].mul_(factor)

    def step(self) -> None:
        """Update every parameter."""
        for part in self._parts:
            part.step()

    def tensors(self) -> dict[str, Tensor]:
        """What the optimisers remember, as ``<parameter's index>.<name>``."""
        return {f"{offset + index}.{name}": value for offset, part in self._numbered()
                for index, memory in part.state_dict()["state"].items() for name, value in memory.items()
                if isinstance(value, Tensor)}  # fmt: skip

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what :meth:`tensors` took out; raises ValueError for what it cannot have been.

        torch checks no shape, and its fused updates would read beyond a memory that is too short.
        """
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            index, name = key.split(".", 1)
            state.setdefault(int(index), {})[name] = value
        self._check(state)
        for offset, part in self._numbered():
            mine = {index - offset: memory for index, memory in state.items()
                    if offset <= index < offset + _count(part)}  # fmt: skip
            part.load_state_dict({"state": mine, "param_groups": part.state_dict()["param_groups"]})

    def _check(self, state: Mapping[int, Mapping[str, Tensor]]) -> None:
        """Each parameter's memory is of its shape, but for the count of steps, and all that it remembers is there."""
        for offset, part in self._numbered():
            parameters = [parameter for group in part.param_groups for parameter in group["params"]]
            for index, parameter in enumerate(parameters, offset):
                memory = state.get(index, {})
                if memory and memory.keys() != MEMORIES[type(part)]:
                    raise ValueError("its optimiser's memory is not whole")
                for name, value in memory.items():
                    if value.shape != (torch.Size() if name == "step" else parameter.shape):
                        raise ValueError("its optimiser's memory has other shapes than the network")

    def _groups(self) -> Iterator[dict[str, Any]]:
        for part in self._parts:
            yield from part.param_groups

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
    device = next(network.parameters()).device
    on_gpu = device.type == "cuda"
    rates = device if on_gpu or dtype == torch.float16 else None  # fp16 skips updates by a rate of 0
    if config.optimizer == "adam":
        return Optimisers(Adam(parameters, lr=config.lr, fused=True, capturable=on_gpu), device=rates)
    if config.optimizer == "rmsprop":
        return Optimisers(RMSprop(parameters, lr=config.lr, alpha=RMSPROP_MEMORY, capturable=on_gpu), device=rates)
    if config.optimizer == "adamw":
        return Optimisers(_adamw(config, parameters, on_gpu), device=rates)
    gates = _gate_matrices(network)
    rest = [parameter for parameter in parameters if all(parameter is not matrix for matrix in gates)]
    group = {"params": gates, "factor": config.muon_lr / config.lr}
    muon = Muon([group], config.muon_lr, config.weight_decay, dtype=dtype)
    return Optimisers(muon, _adamw(config, rest, on_gpu), device=rates)


def _adamw(config: TrainingConfig, parameters: list[nn.Parameter], on_gpu: bool) -> AdamW:
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=config.lr, fused=True, capturable=on_gpu)


def _gate_matrices(network: nn.Module) -> list[nn.Parameter]:
    """The weights between hidden units: all of the recurrent layers' but the first's ``weight_ih``, a table really."""
    return [parameter for name, parameter in network.named_parameters()
            if "weight_hh" in name or ("weight_ih" in name and not name.endswith("_l0"))]  # fmt: skip


def _count(optimiser: Optimizer) -> int:
    return sum(len(group["params"]) for group in optimiser.param_groups)


def clip_gradients(parameters: list[nn.Parameter], largest: float) -> Tensor:
    """Scale the gradients to a norm of at most ``largest`` (0: leave them); the norm before, on the device."""
    limit = largest or float("inf")
    norm: Tensor = torch.nn.utils.clip_grad_norm_(parameters, limit)  # all at once, where the device can
    return norm
