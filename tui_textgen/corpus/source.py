"""Where a text comes from: one file, or several read as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_textgen.corpus.decoding import check_file, known_encoding, read_text
from tui_textgen.corpus.records import to_json

SEPARATOR = "\n\n"
"""What stands between the parts of a joined text."""


@dataclass(frozen=True)
class Part:
    """One file of a text."""

    path: Path
    encoding: str = "utf-8"


@dataclass(frozen=True)
class CorpusSource:
    """A text before it is read: its files in order, and how it is called."""

    name: str
    parts: tuple[Part, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Training settings that suit it."""

    def read(self, consumed: Callable[[int], None] | None = None) -> Iterator[str]:
        """The whole text in chunks, with a blank line between its parts; ``consumed`` is told the bytes of each."""
        for index, part in enumerate(self.parts):
            if index:
                yield SEPARATOR
            yield from read_text(part.path, part.encoding, consumed)

    def bytes(self) -> int:
        """The size of all its files; raises CorpusError where one cannot be read."""
        return sum(check_file(part.path).st_size for part in self.parts)

    def fingerprint(self) -> str:
        """Changes whenever one of its files does; raises CorpusError where one cannot be read."""
        return hashlib.sha256(to_json([_state(part) for part in self.parts])).hexdigest()


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
