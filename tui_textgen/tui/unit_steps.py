"""Ways from one unit of a network to others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tui_textgen.errors import InputError
from tui_textgen.tui.renderables.activity import unit_words
from tui_textgen.workers.protocol import Unit

if TYPE_CHECKING:
    from tui_textgen.config import ModelConfig

TYPED = re.compile(r"(?:(\d{1,4})\s*[./ ]\s*)?(\d{1,6})\s*(c|cell|h|output)?", re.ASCII)


def next_unit(unit: Unit, by: int, shape: ModelConfig) -> Unit:
    """The unit ``by`` places on in its layer; behind the last comes the first."""
    return replace(unit, index=(unit.index + by) % shape.n_hidden)


def next_layer(unit: Unit, shape: ModelConfig) -> Unit:
    """The unit of the same number a layer up; above the last comes the first."""
    return replace(unit, layer=(unit.layer + 1) % shape.n_layers)


def other_part(unit: Unit) -> Unit:
    """The unit's cell for its output, and back."""
    return replace(unit, part="h" if unit.part == "c" else "c")


def typed_unit(typed: str, shape: ModelConfig, now: Unit) -> Unit:
    """``2.137``, ``137`` of the layer of ``now``, ``137 cell``; counted from 1. Raises InputError."""
    match = TYPED.fullmatch(typed.strip())
    layer = int(match[1]) - 1 if match and match[1] else now.layer
    index = int(match[2]) - 1 if match else -1
    if not match or not (0 <= layer < shape.n_layers and 0 <= index < shape.n_hidden):
        raise InputError(
            f"Type a unit from 1 to {shape.n_hidden}, with a layer from 1 to {shape.n_layers} before it if you like: "
            f"{shape.n_layers}.{shape.n_hidden}"
        )
    part = now.part if not match[3] else "c" if match[3].startswith("c") else "h"
    if part == "c" and shape.model != "lstm":
        raise InputError(f"Only an LSTM's units have a cell, and this is a {shape.model.upper()}.")
    return Unit(layer, index, part)


def told_unit(typed: str, shape: ModelConfig, now: Unit) -> str:
    """What would come of it; raises InputError as :func:`typed_unit`."""
    return unit_words(typed_unit(typed, shape, now), shape.n_layers, shape.n_hidden)
