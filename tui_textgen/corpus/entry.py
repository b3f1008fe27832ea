"""What the library tells about a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_textgen.corpus.vocabulary import Unit
from tui_textgen.errors import CorpusError


@dataclass(frozen=True)
class CorpusEntry:
    """A line of the library; None where it is not known yet."""

    name: str
    """What ``train`` takes."""
    title: str
    source: str
    """``shipped``, ``embedded``, ``catalogue``, ``yours``, ``path``."""
    path: Path | None
    bytes: int | None
    characters: int | None
    distinct: int | None
    available: bool
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Training settings that suit it."""
    url: str = ""
    """Where a text of the catalogue comes from."""
    licence: str = ""
    """Of a text of the catalogue."""

    @property
    def gettable(self) -> bool:
        """Whether it is a text of the catalogue that is not here yet."""
        return self.source == "catalogue" and self.path is None


@dataclass(frozen=True)
class CorpusDescription:
    """A corpus as far as it is known after reading it."""

    entry: CorpusEntry
    preview: str
    """The first 500 characters, raw."""
    notes: tuple[str, ...] = ()
    """Sentences about what was left out."""
    utf8: int | None = None
    """Bytes of the text as UTF-8: what a model of bytes learns."""
    distinct_bytes: int | None = None

    def size_in(self, unit: Unit) -> tuple[int, int]:
        """How many units the text has, and how many distinct ones; raises CorpusError where it has not been counted."""
        counts = (self.entry.characters, self.entry.distinct) if unit == "char" else (self.utf8, self.distinct_bytes)
        size, distinct = counts
        if size is None or distinct is None:
            raise CorpusError("This text has not been counted; choose it again in Corpora.")
        return size, distinct
