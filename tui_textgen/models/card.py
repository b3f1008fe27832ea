"""What a model file says about itself, read from its header alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_textgen.config import ModelConfig

FORMAT_VERSION = 1


@dataclass(frozen=True)
class ModelCard:
    """The metadata of a model. It is one JSON object under the key ``textgen`` of a safetensors header."""

    shape: ModelConfig
    vocabulary: str
    """The characters in order of their ids."""
    training: Mapping[str, Any] | None
    corpus: str | None
    corpus_sha256: str | None
    step: int | None
    epoch: float | None
    val_loss: float | None
    """Nats per character."""
    package_version: str
    first_character: str | None = None
    """The corpus's first character: where writing without a prime starts."""
    format_version: int = FORMAT_VERSION
    path: Path | None = None
    """Where it was read from; not part of the metadata."""
