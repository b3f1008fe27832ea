"""Several open runs, watched together from one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Watch

POLL_SECONDS = 1.0


class RunsFollower:
    """Polls the runs one after another and posts all that changed at once, so that they are drawn once.

    At most one message is on its way at a time: whoever handles it calls :meth:`taken`.
    """

    class Seen(Message):
        """These runs have changed; of those in ``gone`` nothing more will be told, they were deleted or renamed."""

        def __init__(self, follower: RunsFollower, snapshots: Mapping[str, RunSnapshot], gone: Sequence[str]) -> None:
            super().__init__()
            self.follower, self.snapshots, self.gone = follower, snapshots, gone

    class Failed(Message):
        """The run ``name`` cannot be read until it is Seen again; the follower goes on trying."""

        def __init__(self, follower: RunsFollower, name: str, sentence: str) -> None:
            super().__init__()
            self.follower, self.name, self.sentence = follower, name, sentence

    def __init__(self, names: Sequence[str], opened: Callable[[str], Watch], post: Callable[[Message], bool]) -> None:
        self._names = list(names)
        self._opened, self._post = opened, post
        self._watches: dict[str, Watch] = {}
        self._last: dict[str, RunSnapshot] = {}
        self._said: dict[str, str] = {}
        self._news: dict[str, RunSnapshot] = {}
        self._gone: list[str] = []
        self._on_its_way = False
        self._stopped = threading.Event()

    def start(self) -> None:
        in_background(self._follow)

    def stop(self) -> None:
        """Watch no more; the thread ends by itself."""
        self._stopped.set()

    def taken(self) -> None:
        """The last message was handled; the next may come."""
        self._on_its_way = False

    def _follow(self) -> None:
        opening = True
        try:
            while not self._stopped.is_set():
                for name in tuple(self._names):
                    if not self._stopped.is_set():
                        self._look(name)
                    if opening:
                        self._tell()
                opening = False
                self._tell()
                self._stopped.wait(POLL_SECONDS)
        finally:
            for name in tuple(self._watches):
                self._forget(name)

    def _look(self, name: str) -> None:
        try:
            watch = self._watches.get(name) or self._opened(name)
            self._watches[name] = watch
            snapshot = watch.poll()
        except TextgenError as error:
            self._forget(name)
            if self._said.get(name) != str(error):
                self._said[name] = str(error)
                self._post(self.Failed(self, name, str(error)))
            return
        self._said.pop(name, None)
        if snapshot.gone:
            self._forget(name)
            self._names.remove(name)
            self._gone.append(name)
        elif snapshot is not self._last.get(name):
            self._last[name] = self._news[name] = snapshot

    def _forget(self, name: str) -> None:
        """Close the run's watch; a run whose disk was away may be there again, as another file."""
        if watch := self._watches.pop(name, None):
            watch.close()

    def _tell(self) -> None:
        if (self._news or self._gone) and not self._on_its_way:
            self._on_its_way = True
            self._post(self.Seen(self, self._news, self._gone))
            self._news, self._gone = {}, []
