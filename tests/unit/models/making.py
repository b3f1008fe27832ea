"""Model files to test with, made byte by byte: a header, and zeros for tensors."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_textgen.config import ModelConfig
from tui_textgen.models.card import ModelCard, card_metadata, tensor_shapes

CARD = ModelCard(
    shape=ModelConfig(model="gru", n_hidden=3, n_layers=2, drop_prob=0.5),
    vocabulary="\n abcé源",
    training={"lr": 0.001, "epochs": 3},
    corpus="small",
    corpus_sha256="ab" * 32,
    step=120,
    epoch=1.5,
    val_loss=1.25,
    package_version="0.1.0",
    first_character="a",
)


def card_with(**values: Any) -> ModelCard:
    return replace(CARD, **values)


def header_of(card: ModelCard = CARD, dtype: str = "F32", size: int = 4) -> dict[str, Any]:
    """The header of a model file, as JSON would have it."""
    header: dict[str, Any] = {"__metadata__": card_metadata(card)}
    end = 0
    for name, shape in tensor_shapes(card.shape, len(card.vocabulary)).items():
        begin, end = end, end + math.prod(shape) * size
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    return header


def write_file(path: Path, header: object, size: int | None = None) -> Path:
    """A safetensors file of ``header``, with ``size`` bytes of tensors (as many as it names, if not given)."""
    text = json.dumps(header).encode()
    if size is None:
        assert isinstance(header, dict)
        places = [value["data_offsets"][1] for name, value in header.items() if name != "__metadata__"]
        size = max(places, default=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(size))
    return path


def write_model(path: Path, card: ModelCard = CARD) -> Path:
    return write_file(path, header_of(card))
