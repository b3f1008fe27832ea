"""Files that are there whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tui_textgen.errors import TextgenError
from tui_textgen.paths import HOME_VARIABLE, make_private
from tui_textgen.visible import visible_line

ABANDONED_SECONDS = 600.0
"""What was not written to for so long belongs to a process that was killed."""


PARTS = f".*.{'[0-9a-f]' * 8}.part"
"""What :func:`whole_file` calls files that are not whole yet; a folder of the user's may hold other unfinished ones."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes ``path``'s place once the block ends, and leaves nothing if it ends in an exception.

    Readable by the user alone, as is the folder if it has to be made. A full or read-only disk is a TextgenError. What
    writers that were killed left in the folder goes, too.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        sweep(make_private(path.parent))
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise TextgenError(not_written(path, error)) from error


def not_written(path: Path, error: OSError) -> str:
    """What to tell where the system refused to write ``path``, a file of the app's or one that somebody asked for."""
    remedy = "free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "mend that"
    return (
        f"‘{visible_line(str(path))}’ could not be written ({error.strerror or error}); {remedy}, or choose another "
        f"place: {HOME_VARIABLE} moves all that the app keeps."
    )


def sweep(folder: Path, pattern: str = PARTS, age: float = ABANDONED_SECONDS) -> None:
    """Remove files and folders that nobody has written to for ``age`` seconds. One that cannot be removed stays."""
    for left in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime >= age:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _sync_folder(folder: Path) -> None:
    """Some file systems, of Windows shares say, sync files alone: what is there is whole all the same."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
