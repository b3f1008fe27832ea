"""Safetensors files: written so that a reader sees the old one or the new one whole, read without trust."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.errors import ModelFileError
from tui_textgen.visible import visible_line


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Replace ``path``, readable by the user alone. A full or read-only disk is a TextgenError."""
    settled = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with whole_file(path) as file:
        file.write(save(settled, dict(metadata)))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors, on the CPU, and the metadata; raises ModelFileError."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118 (no dict)
    except (OSError, SafetensorError) as error:
        raise ModelFileError(
            f"{visible_line(str(path))} is damaged or no safetensors file ({visible_line(str(error))}); "
            "get it anew, or pick another."
        ) from error
