"""What a person chose about the screen, kept from one start to the next."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, TypeVar

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.errors import TextgenError

Choice = bool | int | float | str | list[str]
V = TypeVar("V", bool, int, float, str, list[str])


class Preferences:
    """Choices by name, in a JSON file; without a ``path`` in memory alone.

    A file that is missing or damaged holds no choices: a screen that looks as on the first day is no loss. Two apps
    that choose at once may lose a choice, never the file. Safe from any thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._values: dict[str, Any] | None = None if path else {}

    def get(self, name: str, default: V) -> V:
        """What was chosen, if it is of the default's type; else ``default``."""
        with self._lock:
            value = self._load().get(name, default)
        return value if type(value) is type(default) else default

    def set(self, name: str, value: Choice) -> None:
        """Choose, and write it down. Raises TextgenError where the file cannot be written; the choice holds anyway."""
        with self._lock:
            values = self._load()
            if values.get(name) == value:
                return
            values[name] = value
            if self._path:
                self._write(self._path, values)

    def _load(self) -> dict[str, Any]:
        if self._values is None:
            assert self._path
            try:
                read = json.loads(self._path.read_text("utf-8"))
            except (OSError, ValueError, RecursionError):
                read = None
            chosen = read.items() if isinstance(read, dict) else ()
            self._values = {name: value for name, value in chosen if _is_choice(value)}
        return self._values

    def _write(self, path: Path, values: dict[str, Any]) -> None:
        try:
            with whole_file(path) as file:
                file.write(json.dumps(values, indent=1, sort_keys=True).encode())
        except TextgenError as error:
            raise TextgenError(f"Your choices cannot be remembered: {error}") from error


def _is_choice(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, bool | int | float | str)
