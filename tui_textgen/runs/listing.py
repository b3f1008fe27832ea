"""The list of runs, read again and again: a record that has not changed since is not opened anew."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder, run_folders
from tui_textgen.runs.lock import is_held
from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.runs.summary import newest_first, read_or_excuse

SETTLED_SECONDS = 2.0
"""A file that was written this recently may be written again without another time: some file systems count seconds."""

Stamp = tuple[tuple[int, int, int], ...]
"""Time, size and inode of each file of a record."""


@dataclass(frozen=True)
class _Read:
    stamp: Stamp
    summary: RunSummary


class RunListing:
    """Lists the runs of a home. Safe from any thread; two lists at once only do the same work twice.

    Kept is what nothing but a new row can change: the summary of a run that no trainer was at work on. 500 finished
    runs took 0.6 s at first and 0.03 s from then on (AMD Zen 5, both cores busy with other work).
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._read: dict[str, _Read] = {}

    def summaries(self) -> list[RunSummary]:
        """As :func:`~tui_textgen.runs.summary.list_runs`."""
        known, now_known = self._read, dict[str, _Read]()
        summaries = []
        for folder in run_folders(self._home):
            read = known.get(folder.name)
            stamp = _stamp(folder)
            if read is None or read.stamp != stamp or is_held(folder.lock):
                read = _Read(stamp, read_or_excuse(folder))
            summaries.append(read.summary)
            if stamp and read.summary.readable and not read.summary.state.live and _settled(stamp):
                now_known[folder.name] = read
        self._read = now_known
        return newest_first(summaries)


def _stamp(folder: RunFolder) -> Stamp:
    """Of the store, and of the journal beside it that new rows join first; nothing where there is no store."""
    store = _file_stamp(folder.store)
    journal = _file_stamp(folder.store.with_name(folder.store.name + "-wal"))
    return store + journal if store else ()


def _file_stamp(path: Path) -> Stamp:
    """Nothing for a missing file, and for an empty one: looking into a store may leave an empty journal behind."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return ((status.st_mtime_ns, status.st_size, status.st_ino),) if status.st_size else ()


def _settled(stamp: Stamp) -> bool:
    return max(file[0] for file in stamp) < (time.time() - SETTLED_SECONDS) * 1e9
