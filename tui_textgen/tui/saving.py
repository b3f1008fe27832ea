"""Text into a file that somebody named."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tui_textgen.errors import InputError


class AlreadyThereError(InputError):
    """A file of that name exists; writing over it takes a second word."""


def save_text(path: Path, text: str | Iterable[str], overwrite: bool = False) -> None:
    """Write ``text``, or its pieces, as UTF-8, whole or not at all.

    Raises AlreadyThereError unless ``overwrite``, InputError, and what the pieces raise. Lone surrogates, which UTF-8
    has no bytes for, are written as WTF-8 writes them.
    """
    temporary = path.with_name(f"{path.name or 'text'}.{os.getpid()}.part")
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; name a file in it.")
        if path.exists() and not overwrite:
            raise AlreadyThereError(f"{path} exists already.")
        with temporary.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
            file.writelines([text] if isinstance(text, str) else text)
        temporary.replace(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be written ({reason}); choose another place.") from None
    finally:
        with suppress(OSError, ValueError):
            temporary.unlink(missing_ok=True)
