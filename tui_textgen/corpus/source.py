"""Where a text comes from: one file, or several read as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui_textgen.corpus.decoding import check_file, known_encoding, read_text
from tui_textgen.corpus.records import to_json
from tui_textgen.corpus.vocabulary import Unit
from tui_textgen.visible import visible_line


@dataclass(frozen=True)
class Part:
    """One file of a text."""

    path: Path
    encoding: str = "utf-8"
    label: str = ""
    """What it is called in a joined text."""


@dataclass(frozen=True)
class CorpusSource:
    """A text before it is read: its files in order, how it is called, and what is to become of it."""

    name: str
    parts: tuple[Part, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Training settings that suit it."""
    notes: tuple[str, ...] = ()
    """Sentences about what was left out."""
    unit: Unit = "char"
    """What gets an id."""
    min_count: int = 1
    """Characters that occur less often become a placeholder."""

    def read(self, consumed: Callable[[int], None] | None = None) -> Iterator[str]:
        """The whole text in chunks, each of several parts under its name; ``consumed`` is told the bytes of a chunk."""
        for index, part in enumerate(self.parts):
            if len(self.parts) > 1:
                yield separator(part.label or part.path.name, first=index == 0)
            yield from read_text(part.path, part.encoding, consumed)

    def taken(self, unit: Unit, min_count: int) -> CorpusSource:
        """The same text, to be encoded in these terms."""
        return replace(self, unit=unit, min_count=min_count)

    def bytes(self) -> int:
        """The size of all its files; raises CorpusError where one cannot be read."""
        return sum(check_file(part.path).st_size for part in self.parts)

    def fingerprint(self) -> str:
        """Changes whenever its characters may; raises CorpusError where a file cannot be read."""
        joined = len(self.parts) > 1
        states: list[Any] = [[*_state(part), *([part.label] if joined else [])] for part in self.parts]
        floor = [self.min_count] if self.min_count > 1 else []
        return hashlib.sha256(to_json(states + floor)).hexdigest()


def separator(label: str, first: bool) -> str:
    """The line over a part of a joined text, as ``head`` has it over each of several files, between empty lines."""
    return f"{'' if first else chr(10) * 2}==> {visible_line(label)} <==\n\n"


def _state(part: Part) -> tuple[str | int, ...]:
    status = check_file(part.path)
    return (
        str(part.path.absolute()),
        known_encoding(part.encoding),
        status.st_size,
        status.st_ino,
        status.st_mtime_ns,
        status.st_ctime_ns,  # a file put in another's place may bring its old mtime along
    )
