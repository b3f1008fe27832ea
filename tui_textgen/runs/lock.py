"""The kernel lock that says whether a run has a trainer.

``flock`` belongs to the open file, so that the kernel frees it however the trainer dies; what the file holds, and
whether it is there, means nothing. ``fcntl`` is used directly: it is part of Python, costs nothing to import where
the list of runs is opened, and leaves the file alone when a lock is given back.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tui_textgen.errors import RunError, RunLostError

PATIENCE = 2.0
"""Seconds a trainer waits for a lock that a prober may be looking at."""


class TrainerLock:
    """Held by the one trainer of a run, from before its first row until it ends."""

    def __init__(self, path: Path, patience: float = PATIENCE, sleep: Callable[[float], None] = time.sleep) -> None:
        self._path = path
        self._patience = patience
        self._sleep = sleep
        self._file: int | None = None

    def __enter__(self) -> TrainerLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    @property
    def descriptor(self) -> int:
        """The open file. A process that inherits it holds the lock too, for as long as it lives."""
        assert self._file is not None
        return self._file

    def acquire(self) -> None:
        """Take the lock; raises RunError if another trainer keeps it, the run is gone, or the disk knows no locks."""
        try:
            self._file = self._taken()
        except OSError as error:
            raise RunError(
                f"The run's folder cannot be locked ({error.strerror}): {self._path.parent}; if its disk keeps no "
                "locks, move everything to another with TEXTGEN_TUI_HOME."
            ) from error

    def release(self) -> None:
        """Give the lock back; the file stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def keep(self) -> None:
        """Put the lock's file back if somebody removed it; raises RunLostError where the run is no longer ours.

        Where the disk does not let us for now, what we hold stays, and the next call tries again.
        """
        assert self._file is not None
        if _is_at(self._path, self._file):
            return
        before = self._file
        try:
            self._file = self._taken()
        except (RunError, FileNotFoundError) as error:
            raise RunLostError(f"The training ends, since its run was taken away: {error}") from error
        except OSError:
            return
        os.close(before)

    def _taken(self) -> int:
        """The locked file, open; raises RunError if it is another's, or of a run that is gone, and OSError."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait_for(file)
            self._check_in_place(file)
        except BaseException:
            os.close(file)
            raise
        return file

    def _wait_for(self, file: int) -> None:
        waited = 0.0
        while not _try_lock(file, fcntl.LOCK_EX):
            if waited >= self._patience:
                name = self._path.parent.name
                raise RunError(f"The run {name!r} is already being trained; stop it first: textgen-tui stop {name}")
            self._sleep(0.05)
            waited += 0.05

    def _check_in_place(self, file: int) -> None:
        """A run that was deleted while we waited leaves us with a lock on nothing."""
        if not _is_at(self._path, file):
            raise RunError(f"The run {self._path.parent.name!r} was deleted.")


def is_held(path: Path) -> bool:
    """Whether a trainer holds the lock.

    A free lock is shared for some microseconds by looking at it, which a starting trainer outwaits. On a disk that
    keeps no locks none does: no trainer starts there.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return not _try_lock(file, fcntl.LOCK_SH)
        finally:
            os.close(file)
    except OSError:
        return False


def is_gone(path: Path) -> bool:
    """Whether there is surely nothing at ``path``: a disk that fails, or is closed to us for now, is no answer."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _is_at(path: Path, file: int) -> bool:
    """Whether the open ``file`` is the one that ``path`` names; where that cannot be told for now, it is."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
