"""One open run, watched from a thread of its own."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.runs.commands import Command
from tui_textgen.runs.snapshot import RunSnapshot, Sample, Stretch
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Watch


class RunFollower:
    """Polls a run and posts what has changed; takes commands to it. The watch lives in the follower's thread alone.

    At most one snapshot is on its way at a time: whoever handles it calls :meth:`taken`, so that a stalled line piles
    nothing up. ``poll_seconds`` tells how long the run may stay unread at the moment.
    """

    class Seen(Message):
        """The run has changed."""

        def __init__(self, follower: RunFollower, snapshot: RunSnapshot) -> None:
            super().__init__()
            self.follower, self.snapshot = follower, snapshot

    class SampleFetched(Message):
        """The sample that was asked for; None: it could not be read."""

        def __init__(self, follower: RunFollower, index: int, sample: Sample | None) -> None:
            super().__init__()
            self.follower, self.index, self.sample = follower, index, sample

    class StretchFetched(Message):
        """The part of the run that was asked for."""

        def __init__(self, follower: RunFollower, stretch: Stretch) -> None:
            super().__init__()
            self.follower, self.stretch = follower, stretch

    class Failed(Message):
        """The run cannot be read (``lost``: until the next snapshot), or did not do what was asked of it.

        The follower goes on trying.
        """

        def __init__(self, follower: RunFollower, sentence: str, lost: bool) -> None:
            super().__init__()
            self.follower, self.sentence, self.lost = follower, sentence, lost

    def __init__(
        self,
        name: str,
        opened: Callable[[str], Watch],
        post: Callable[[Message], bool],
        poll_seconds: Callable[[], float],
    ) -> None:
        self.name = name
        self._opened, self._post, self._poll_seconds = opened, post, poll_seconds
        self._jobs: queue.SimpleQueue[Callable[[Watch], None] | None] = queue.SimpleQueue()
        self._last: RunSnapshot | None = None
        self._on_its_way = False
        self._polled = 0.0
        self._awaited: int | None = None
        self._said: str | None = None

    def start(self) -> None:
        in_background(self._follow)

    def stop(self) -> None:
        """Watch no more; the thread ends by itself."""
        self._jobs.put(None)

    def send(self, command: Command) -> None:
        """Ask the trainer for something."""
        self._jobs.put(lambda watch: watch.send(command))

    def fetch_sample(self, index: int) -> None:
        """Ask for sample ``index``."""
        self._awaited = index
        self._jobs.put(lambda watch: self._fetch(watch, index))

    def fetch_stretch(self, first: int, last: int) -> None:
        """Ask for the curves of the steps from ``first`` to ``last``."""
        self._jobs.put(lambda watch: self._post_stretch(watch.series(first, last)))

    def taken(self) -> None:
        """The last snapshot was handled; the next may come."""
        self._on_its_way = False

    def _follow(self) -> None:
        watch: Watch | None = None
        try:
            job: Callable[[Watch], None] | None = self._poll
            while job is not None:
                watch = self._try(job, watch)
                job = self._next_job()
        finally:
            if watch:
                watch.close()

    def _next_job(self) -> Callable[[Watch], None] | None:
        """A poll when it is time for one, however many other jobs wait; else the next of those."""
        left = self._polled + self._poll_seconds() - time.monotonic()
        try:
            return self._jobs.get(timeout=left) if left > 0 else self._poll
        except queue.Empty:
            return self._poll

    def _try(self, job: Callable[[Watch], None], watch: Watch | None) -> Watch | None:
        """Do a job; the watch for the next one, None where the run is to be opened anew.

        A store that vanished, or whose disk was away, may be there again, as another file.
        """
        lost = watch is None or job == self._poll
        try:
            watch = watch or self._opened(self.name)
            job(watch)
            if job == self._poll:
                self._said = None
                lost = self._last is not None and self._last.gone
            else:
                lost = False
        except TextgenError as error:
            self._fail(str(error), lost)
        if job == self._poll:
            self._polled = time.monotonic()  # only now: jobs have their turn between slow polls too
        if lost and watch:
            watch.close()
        return None if lost else watch

    def _fail(self, sentence: str, lost: bool) -> None:
        if lost:
            self._last = None  # the next snapshot is news, whatever it tells
        if self._said != sentence:
            self._said = sentence
            self._post(self.Failed(self, sentence, lost))
        if self._awaited is not None:
            self._post(self.SampleFetched(self, self._awaited, None))
            self._awaited = None

    def _poll(self, watch: Watch) -> None:
        snapshot = watch.poll()
        if snapshot is not self._last and not self._on_its_way:
            self._last, self._on_its_way = snapshot, True
            self._post(self.Seen(self, snapshot))

    def _fetch(self, watch: Watch, index: int) -> None:
        self._post(self.SampleFetched(self, index, watch.sample(index)))
        self._awaited = None

    def _post_stretch(self, stretch: Stretch) -> None:
        self._post(self.StretchFetched(self, stretch))
