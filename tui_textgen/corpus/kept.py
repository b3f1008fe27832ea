"""What was measured of a text, kept in the cache by the text's hash: any run, under any name, finds it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.records import from_json, to_json
from tui_textgen.paths import Home

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """One measurement's records, in a folder of their own; those of another ``version`` are measured anew."""

    folder: str
    version: int

    def write(self, text: EncodedText, home: Home, facts: Mapping[str, Any]) -> None:
        """Keep ``facts``, which JSON can hold, of ``text``; a full disk is a TextgenError."""
        with whole_file(self._record(text, home)) as file:
            file.write(to_json({"version": self.version, **facts}))

    def read(self, text: EncodedText, home: Home) -> dict[str, Any] | None:
        """The facts of an equal text; None where there is no record, or a damaged one."""
        try:
            facts: dict[str, Any] = from_json(self._record(text, home).read_bytes())
            return facts if facts.pop("version") == self.version else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def read_as(self, kind: Callable[..., T], text: EncodedText, home: Home) -> T | None:
        """The same made into a ``kind`` again; None, too, where its fields are not those of one."""
        facts = self.read(text, home)
        try:
            return kind(**facts) if facts else None
        except TypeError:
            return None

    def _record(self, text: EncodedText, home: Home) -> Path:
        return home.cache / self.folder / f"{text.sha256}.json"
