"""Which of a run's checkpoints is the newest, from their files alone. It reads the disk: call it from a thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import is_held

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
    """The model to open with: of the run that was saved last, the newest while it is in training, its best after that;
    else PREFERRED; else any."""
    of_runs = newest([entry.path for entry in entries if entry.source.startswith("run")])
    if of_runs:
        folder = RunFolder(of_runs.parent.parent)
        return folder.best if folder.best.exists() and not is_held(folder.lock) else of_runs
    by_name = next((entry.path for entry in entries if entry.name == PREFERRED), None)
    return by_name or (entries[0].path if entries else None)
