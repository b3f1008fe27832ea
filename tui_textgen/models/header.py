"""The header of a safetensors file, read without its tensors, and never trusted.

The format: 8 bytes of length, little endian; a JSON object of that length, which maps each tensor's name to its dtype,
shape and place in the rest of the file, and ``__metadata__`` to an object of strings; the tensors, without gaps.
"""

from __future__ import annotations

import json
import math
import os
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_textgen.errors import ModelFileError
from tui_textgen.visible import visible_line

LONGEST = 8 << 20
"""Bytes of a header. A vocabulary of 180,000 characters takes 3 MB."""
MOST_DIMENSIONS = 8
ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
"""How files begin that ``torch.save`` writes: a zip archive with a pickle in it, or a pickle."""


@dataclass(frozen=True)
class Tensor:
    """A tensor as the header describes it."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Header:
    """What a safetensors file holds. All tensors lie within the file, without gaps."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]
    saved_at: float
    """When the file was last written, in seconds since 1970."""


def read_header(path: Path) -> Header:
    """The header of ``path``; raises ModelFileError with the reason and the remedy."""
    shown = visible_line(str(path))
    try:
        return _parse(*_read(path))
    except OSError as error:
        raise ModelFileError(f"The model file {shown} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else visible_line(str(error))
        raise ModelFileError(
            f"The model file {shown} is damaged or not a safetensors file ({reason}); get it anew, or pick another."
        ) from error


def is_pickled(path: Path) -> bool:
    """Whether ``path`` is a file that begins as those of ``torch.save`` do."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _begins_pickled(file.read(8))
    except OSError as error:
        raise ModelFileError(f"The model file {visible_line(str(path))} cannot be read: {error.strerror}.") from error


def _begins_pickled(start: bytes) -> bool:
    """A header of 640 bytes begins like a pickle too: only what cannot be a length is one."""
    return start.startswith(_PICKLES) and (int.from_bytes(start, "little") > LONGEST or len(start) < 8)


def _read(path: Path) -> tuple[bytes, int, float]:
    """The header's bytes, how many follow, and when they were written."""
    shown = visible_line(str(path))
    if not path.exists():
        raise ModelFileError(f"There is no model file {shown}; list what there is with: textgen-tui models")
    if not stat.S_ISREG(path.stat().st_mode):
        raise ModelFileError(f"{shown} is not a file; a model is one .safetensors file.")
    with path.open("rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if _begins_pickled(start):
            raise ModelFileError(
                f"{shown} is a PyTorch checkpoint, which may hold code and is no model file here; take it over with: "
                f"textgen-tui models import {shlex.quote(shown)}"
            )
        status = os.fstat(file.fileno())
        rest = status.st_size - 8 - length
        if len(start) < 8 or rest < 0:
            raise ValueError("it ends too early")
        if length > LONGEST:
            raise ValueError("its header is too long")
        return file.read(length), rest, status.st_mtime


def _parse(text: bytes, size: int, saved_at: float) -> Header:
    values = json.loads(text.decode("utf-8"))
    _expect(isinstance(values, dict), "its header is not an object")
    metadata = values.pop("__metadata__", {})
    strings = isinstance(metadata, dict) and all(isinstance(value, str) for value in metadata.values())
    _expect(strings, "its metadata are not strings")
    places = sorted(_place(name, value, size) for name, value in values.items())
    end = 0
    for begin, stop, name in places:
        _expect(begin == end, f"tensor {name!r} is out of place")
        end = stop
    _expect(end == size, "it ends too early" if end > size else "more follows than its tensors")
    tensors = {name: Tensor(value["dtype"], tuple(value["shape"])) for name, value in values.items()}
    return Header(tensors, metadata, saved_at)


def _place(name: str, value: Any, size: int) -> tuple[int, int, str]:
    """Where the tensor ``name`` begins and ends, checked against what it must hold."""
    try:
        dtype, shape, (begin, end) = value["dtype"], value["shape"], value["data_offsets"]
        item = ITEM_BYTES[dtype]
    except (TypeError, KeyError, ValueError):
        raise ValueError(f"tensor {name!r} is not described") from None
    _expect(isinstance(shape, list) and len(shape) <= MOST_DIMENSIONS, f"tensor {name!r} has no proper shape")
    numbers = [*shape, begin, end]
    _expect(all(type(number) is int and 0 <= number <= size for number in numbers), f"tensor {name!r} is out of bounds")
    _expect(end - begin == math.prod(shape) * item, f"tensor {name!r} has the wrong size")
    return begin, end, name


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
