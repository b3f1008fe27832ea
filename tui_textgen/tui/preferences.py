"""What a person chose about the screen, kept from one start to the next."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.errors import TextgenError

Choice = bool | int | float | str | list[str]
V = TypeVar("V", bool, int, float, str, list[str])


class Preferences:
    """Choices by name, in a JSON file; without a ``path`` in memory alone.

    A file that is missing or damaged holds no choices: a screen that looks as on the first day is no loss. Apps that
    are open at once see what the other one chose at their next start; the last word of either stays, but two at the
    same moment may lose one, never the file. Safe from any thread, and nobody who asks for a choice waits for a write.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._values: dict[str, Any] | None = None if path else {}
        self._unwritten: dict[str, Choice] = {}

    def get(self, name: str, default: V) -> V:
        """What was chosen, if it is of the default's type; else ``default``."""
        with self._lock:
            value = self._load().get(name, default)
        return value if type(value) is type(default) else default

    def set(self, name: str, value: Choice) -> None:
        """Choose, and write it down. Raises TextgenError where the file cannot be written; the choice holds anyway."""
        self.choose({name: value})
        self.write()

    def choose(self, choices: Mapping[str, Choice]) -> None:
        """Let ``choices`` hold from now on; :meth:`write` keeps them."""
        with self._lock:
            values = self._load()
            new = {name: value for name, value in choices.items() if values.get(name) != value}
            values.update(new)
            self._unwritten.update(new)

    def write(self) -> None:
        """Keep what was chosen since the last time, with whatever else the file says by now. Raises TextgenError."""
        with self._writing:
            with self._lock:
                new, self._unwritten = self._unwritten, {}
            if not (new and self._path):
                return
            try:
                _write(self._path, _read(self._path) | new)
            except TextgenError:
                with self._lock:
                    self._unwritten = new | self._unwritten
                raise

    def _load(self) -> dict[str, Any]:
        if self._values is None:
            assert self._path
            self._values = _read(self._path)
        return self._values


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        read = None
    chosen = read.items() if isinstance(read, dict) else ()
    return {name: value for name, value in chosen if _is_choice(value)}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    try:
        with whole_file(path) as file:
            file.write(json.dumps(values, indent=1, sort_keys=True).encode())
    except TextgenError as error:
        raise TextgenError(f"Your choices cannot be remembered: {error}") from error


def _is_choice(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, bool | int | float | str)
