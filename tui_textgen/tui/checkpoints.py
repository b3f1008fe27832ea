"""Which of a run's checkpoints is the newest, from their files alone. It reads the disk: call it from a thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.runs.folder import RunFolder

if TYPE_CHECKING:
    from tui_textgen.models.library import ModelEntry

Version = tuple[int, int]
PREFERRED = "anna-karenina"
"""The model that somebody who has trained nothing yet begins with."""


def version(path: Path) -> Version | None:
    """What changes when another file takes the place of this one; it grows with time. None: there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def newest_beside(path: Path) -> Path:
    """The newest of best and latest of the run that ``path`` is a checkpoint of; ``path`` itself, if it is of none."""
    folder = RunFolder(path.parent.parent)
    checkpoints = (folder.best, folder.latest)
    return newest(checkpoints) or path if path in checkpoints else path


def newest(paths: Sequence[Path]) -> Path | None:
    """The file that was written last; None if there is none of them."""
    written = {path: found for path in paths if (found := version(path))}
    return max(written, key=lambda path: written[path]) if written else None


def first_to_load(entries: Sequence[ModelEntry]) -> Path | None:
    """The model to open with: the newest of a run, which is that of one in training; else PREFERRED; else any."""
    of_runs = newest([entry.path for entry in entries if entry.source.startswith("run")])
    by_name = next((entry.path for entry in entries if entry.name == PREFERRED), None)
    return of_runs or by_name or (entries[0].path if entries else None)
