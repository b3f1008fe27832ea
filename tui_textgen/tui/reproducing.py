"""The command line that writes a passage again."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.models.library import ModelEntry

LONGEST_ARGUMENT = 120_000
"""Bytes of one argument; Linux takes 131,072 at most."""
_NO_ARGUMENT = re.compile("[\\0\\ud800-\\udfff]")
_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "'": r"\'", "\\": r"\\"}


@dataclass(frozen=True)
class Origin:
    """What a passage comes from: the same again gives the same text."""

    model: str
    """As ``generate`` takes it."""
    prime: str
    sampling: SamplingConfig
    """With its seed."""


def command(origin: Origin) -> str | None:
    """The command line for a shell, without a character that a terminal acts on.

    None where the prime cannot be an argument: it is too long, or holds a NUL or a lone surrogate.
    """
    if _NO_ARGUMENT.search(origin.prime) or len(origin.prime.encode()) > LONGEST_ARGUMENT:
        return None
    settings = {name: str(value) for name, value in origin.sampling if value is not None}
    options = [word for name, text in settings.items() for word in (f"--{name.replace('_', '-')}", text)]
    words = ["textgen-tui", "generate", quoted(origin.model), "--prime", quoted(origin.prime), *options]
    return " ".join(words)


def quoted(text: str) -> str:
    """``text`` as one word of bash, ksh or zsh; what a terminal acts on or hides is written as escapes of its bytes."""
    if all(map(_is_plain, text)):
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def name_for(path: Path, entries: Iterable[ModelEntry]) -> str:
    """The shortest word by which ``generate`` finds the model at ``path``: its name, unless that means another file."""
    entries = list(entries)
    name = next((entry.name for entry in entries if entry.path == path), None)
    if name is None or _exists(Path(name)):
        return str(path.absolute())
    found = min((entry for entry in entries if entry.name == name), key=_rank)
    return name if found.path == path else str(path.absolute())


def _rank(entry: ModelEntry) -> int:
    """In what order ``find_model`` looks."""
    return ["run", "run, latest", "shipped", "yours"].index(entry.source)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, say
        return False


def _is_plain(character: str) -> bool:
    return character.isprintable() and visible_line(character) == character


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _is_plain(character):
        return character
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))
