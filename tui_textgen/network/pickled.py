"""Files that ``torch.save`` wrote, read without running anything in them and without trusting their sizes."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from tui_textgen.errors import ModelFileError
from tui_textgen.visible import visible_line

_DAMAGE = (
    pickle.UnpicklingError, zipfile.BadZipFile, struct.error, RuntimeError, EOFError, ArithmeticError, LookupError,
    TypeError, ValueError, AttributeError, AssertionError, MemoryError,
)  # fmt: skip
"""What torch's readers raise for bytes that they cannot make sense of."""


def read_pickled(path: Path) -> object:
    """What was saved at ``path``: numbers, texts, collections and tensors, these on the CPU.

    Raises ModelFileError. The file is read twice: at first with tensors that have a shape and no memory, so that what
    they would take is known before it is taken. It cannot be more than the file's own bytes, which are not compressed.
    """
    shown = visible_line(str(path))
    if not path.exists():
        raise ModelFileError(f"There is no file {shown}; check its name.")
    if not path.is_file():
        raise ModelFileError(f"{shown} is not a file; a model of the notebook is one .net file.")
    try:
        _check_archive(path)
        with FakeTensorMode():
            outline = _load(path)
        _check_sizes(outline, path.stat().st_size)
        return _load(path)
    except OSError as error:
        raise ModelFileError(f"The model file {shown} cannot be read: {error.strerror}.") from error
    except pickle.UnpicklingError as error:
        raise ModelFileError(
            f"{shown} holds Python objects that could run code, or is damaged, and is not read; in the notebook, save "
            "n_hidden, n_layers, state_dict and tokens alone."
        ) from error
    except _DAMAGE as error:
        raise ModelFileError(
            f"The model file {shown} is damaged or no file of torch.save ({_reason(error)}); get it anew."
        ) from error


def _load(path: Path) -> object:
    with path.open("rb") as file:
        return torch.load(file, map_location="cpu", weights_only=True)


def _check_archive(path: Path) -> None:
    """Raises ValueError for a zip archive that unpacks to more than it is; older files are none."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("it is compressed, which torch.save never does")
    if sum(entry.file_size for entry in entries) > path.stat().st_size:
        raise ValueError("it claims to hold more than it has")


def _check_sizes(outline: object, size: int) -> None:
    """Raises ValueError for tensors that would take more than ``size`` bytes."""
    wanted = 0
    for tensor in _tensors(outline):
        wanted += max(tensor.numel() * tensor.element_size(), tensor.untyped_storage().nbytes())
        if wanted > size:
            raise ValueError("its tensors are larger than the file")


def _tensors(outline: object) -> Iterator[Tensor]:
    """All tensors within collections, each collection looked into once."""
    waiting, seen = [outline], set[int]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, Mapping | list | tuple | set) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(_parts(value))


def _parts(collection: Any) -> Iterator[object]:
    yield from collection
    if isinstance(collection, Mapping):
        yield from collection.values()


def _reason(error: BaseException) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return visible_line(lines[0])[:200]
