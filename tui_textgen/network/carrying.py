"""Weights for one vocabulary, taken over to another."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

CHARACTER_AXIS = {"rnn.weight_ih_l0": 1, "fc.weight": 0, "fc.bias": 0}
"""Where a parameter has a place for each character; the others know of none."""


def carried_over(
    weights: Mapping[str, Tensor], known: str, wanted: str, fresh: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """``weights`` of a network over the characters ``known``, for one over ``wanted``, in their orders.

    What belongs to characters that are not ``known`` is taken from ``fresh``, the weights of a network over ``wanted``.
    """
    if known == wanted:
        return dict(weights)
    ids = {character: index for index, character in enumerate(known)}
    shared = [(index, ids[character]) for index, character in enumerate(wanted) if character in ids]
    into, out_of = torch.tensor(shared, dtype=torch.int64).reshape(-1, 2).unbind(1)
    carried = dict(weights)
    for name, axis in CHARACTER_AXIS.items():
        there = fresh[name]
        rows = weights[name].index_select(axis, out_of).to(there)
        carried[name] = there.clone().index_copy_(axis, into.to(there.device), rows)
    return carried
