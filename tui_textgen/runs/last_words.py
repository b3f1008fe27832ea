"""What a trainer printed before it ended without a word in its store."""

from __future__ import annotations

import os
from pathlib import Path

from tui_textgen.runs.snapshot import LogLine

MOST_BYTES = 4096
MOST_LINES = 5


def last_words(log: Path, since: float) -> tuple[LogLine, ...]:
    """The last lines of ``log`` (``trainer.log``), if anything was printed after ``since``, in seconds since 1970.

    None of a log that cannot be read: it is no more than a hint.
    """
    try:
        with log.open("rb") as file:
            printed = os.fstat(file.fileno())
            if printed.st_mtime < since:
                return ()
            file.seek(max(0, printed.st_size - MOST_BYTES))
            end = file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()
    lines = [line.rstrip() for line in end.splitlines() if line.strip()]
    return tuple(LogLine(printed.st_mtime, "info", f"trainer.log: {line}") for line in lines[-MOST_LINES:])
