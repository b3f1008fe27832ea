"""Noticing that texts were put into the user's folder, or taken out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.message import Message

from tui_textgen.tui.background import Repeated

LOOK_SECONDS = 1.0
"""Between two looks: a file that is being copied there is told of once it has stayed the same for as long."""

State = frozenset[tuple[str, int, int]]


class FolderWatch:
    """Looks into ``folder`` once a second while ``wanted``, in a thread, and posts Changed."""

    class Changed(Message):
        """Other files are there than the last time, or with another size or time; it comes once at the start, too."""

    def __init__(self, folder: Path, wanted: Callable[[], bool], post: Callable[[Message], object]) -> None:
        self._folder, self._wanted, self._post = folder, wanted, post
        self._told: State | None = None
        """What was there when it was last told of."""
        self._last: State | None = None
        self._looks = Repeated(self.look, LOOK_SECONDS)

    def start(self) -> None:
        self._looks.start()

    def stop(self) -> None:
        self._looks.stop()

    def look(self) -> None:
        """Look once."""
        if self._told is not None and not self._wanted():
            return
        now = state(self._folder)
        if self._told is None or (now != self._told and now == self._last):
            self._told = now
            self._post(self.Changed())
        self._last = now


def state(folder: Path) -> State:
    """Name, size and time of the files in a folder, hidden ones left out; nothing where it cannot be read."""
    try:
        found = [(path.name, path.lstat()) for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:  # it need not exist, and a file may go while it is looked at: the next look tells
        return frozenset()
    return frozenset((name, status.st_size, status.st_mtime_ns) for name, status in found)
