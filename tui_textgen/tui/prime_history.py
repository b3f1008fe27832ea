"""The primes somebody wrote from, kept in a file between starts."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tui_textgen.errors import TextgenError
from tui_textgen.paths import make_private

KEPT = 200


class PrimeHistory:
    """A file of JSON strings, one a line, oldest first.

    Two apps that add at once may lose one prime, never the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> list[str]:
        """The primes, oldest first; a line that is not a JSON string is passed over. Raises TextgenError."""
        try:
            lines = self._path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise TextgenError(f"The history of primes cannot be read ({error.strerror}): {self._path}.") from None
        return [prime for prime in map(_string, lines) if prime][-KEPT:]

    def add(self, prime: str) -> None:
        """Put ``prime`` last, leaving out an earlier copy of it. Raises TextgenError."""
        primes = [earlier for earlier in self.load() if earlier != prime] + [prime]
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            make_private(self._path.parent)
            with open(temporary, "w", encoding="utf-8", opener=_private) as file:
                file.writelines(json.dumps(kept) + "\n" for kept in primes[-KEPT:])
            temporary.replace(self._path)
        except OSError as error:
            raise TextgenError(f"The history of primes cannot be kept ({error.strerror}): {self._path}.") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _string(line: str) -> str | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None
