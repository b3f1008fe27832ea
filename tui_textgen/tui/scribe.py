"""The app's side of a writer process: it blocks, so a thread of its own waits for it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from textual.message import Message

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Writer
from tui_textgen.workers.protocol import Finished, Skipped, Wrote

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.models.card import ModelCard
    from tui_textgen.tui.checkpoints import Version


class Told(Message):
    """What ``scribe`` has to tell."""

    def __init__(self, scribe: Scribe) -> None:
        super().__init__()
        self.scribe = scribe


class Loaded(Told):
    """The writer holds the model of ``card``."""

    def __init__(self, scribe: Scribe, path: Path, card: ModelCard) -> None:
        super().__init__(scribe)
        self.path, self.card = path, card


class LoadFailed(Told):
    """The model at ``path`` cannot be used; the one before it, if there was one, is let go."""

    def __init__(self, scribe: Scribe, path: Path, error: TextgenError) -> None:
        super().__init__(scribe)
        self.path, self.error = path, error


class Left(Told):
    """Characters of the prime that the model never saw were left out, or replaced."""

    def __init__(self, scribe: Scribe, column: int, skipped: Skipped) -> None:
        super().__init__(scribe)
        self.column, self.skipped = column, skipped


class Ended(Told):
    """A passage is complete, or was stopped; ``newer``: the model has a newer checkpoint than when it was loaded."""

    def __init__(self, scribe: Scribe, column: int, finished: Finished, newer: bool) -> None:
        super().__init__(scribe)
        self.column, self.finished, self.newer = column, finished, newer


class WriteFailed(Told):
    """What was being written broke off."""

    def __init__(self, scribe: Scribe, error: TextgenError) -> None:
        super().__init__(scribe)
        self.error = error


class AskFailed(Told):
    """A question found no answer."""

    def __init__(self, scribe: Scribe, error: TextgenError) -> None:
        super().__init__(scribe)
        self.error = error


@dataclass(frozen=True)
class _Load:
    path: Path


@dataclass(frozen=True)
class _Write:
    wish: int
    prime: str
    samplings: Sequence[SamplingConfig]


@dataclass(frozen=True)
class _Ask:
    wish: int
    question: Callable[[Writer], None]


_Job = _Load | _Write | _Ask


class Scribe:
    """Starts the writer with the first request, and posts what comes of each, in order.

    The text itself is not posted but collected, to be taken as often as the screen is drawn.
    """

    def __init__(self, start: Callable[[], Writer], post: Callable[[Message], object]) -> None:
        self._start, self._post = start, post
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._written: defaultdict[int, list[str]] = defaultdict(list)
        self._wish = 0
        """Counts the stops: what was asked for before the last one is not wanted any more."""
        self._writer: Writer | None = None
        self.card: ModelCard | None = None
        """Of the model that is held."""
        self._closed = False
        self._running = False
        self._path = Path()
        self._version: Version | None = None

    def load(self, path: Path) -> None:
        """Hold another model, or the same one anew."""
        self.stop()
        self.card = None
        self._ask(_Load(path))

    def write(self, prime: str, samplings: Sequence[SamplingConfig]) -> None:
        """Write a passage for each of ``samplings``, at once, with the model that was loaded last."""
        self._ask(_Write(self._wish, prime, samplings))

    def ask(self, question: Callable[[Writer], None]) -> None:
        """Have ``question`` called with the writer, in the scribe's thread, once what was asked before is done.

        It posts its answers itself; a TextgenError that it raises is told as AskFailed. :meth:`stop` cancels it.
        """
        self._ask(_Ask(self._wish, question))

    def stop(self) -> None:
        """End what is being written or answered, or about to be."""
        self._wish += 1
        if self._writer:
            self._writer.cancel()

    def give_up_loading(self) -> None:
        """End the writer, which cannot be asked while it starts; the next request starts another."""
        writer, self._writer = self._writer, None
        if writer:
            in_background(writer.close)

    def take(self, column: int = 0) -> str:
        """What has been written in one of the passages since the last call."""
        with self._lock:
            return "".join(self._written.pop(column, ()))

    def close(self) -> None:
        """End the writer process."""
        self._closed = True
        self._jobs.put(None)
        self.stop()
        if self._writer:
            self._writer.close()

    def _ask(self, job: _Job) -> None:
        self._jobs.put(job)
        if not self._running:
            self._running = True
            in_background(self._work)

    def _work(self) -> None:
        while job := self._jobs.get():
            writer = self._writer
            try:
                if writer is None:
                    writer = self._writer = self._start()
                if self._closed:
                    break
                self._do(writer, job)
            except TextgenError as error:
                if not self._closed and writer is self._writer:  # of one that was given up nobody wants to hear
                    self._post(self._failure(job, error))
        if self._writer:
            self._writer.close()

    def _do(self, writer: Writer, job: _Job) -> None:
        match job:
            case _Load(path):
                self._load(writer, path)
            case _Write():
                self._write(writer, job)
            case _Ask(wish, question):
                if wish != self._wish:
                    raise WorkCancelledError("Stopped before it had begun.")
                question(writer)

    def _failure(self, job: _Job, error: TextgenError) -> Told:
        match job:
            case _Load(path):
                return LoadFailed(self, path, error)
            case _Write():
                return WriteFailed(self, error)
            case _Ask():
                return AskFailed(self, error)

    def _load(self, writer: Writer, path: Path) -> None:
        self._path, self._version = path, _newest_version(path)
        self.card = card = writer.load(path)
        self._post(Loaded(self, path, card))

    def _write(self, writer: Writer, job: _Write) -> None:
        if job.wish != self._wish:
            for column, sampling in enumerate(job.samplings):
                self._post(Ended(self, column, Finished(sampling.seed or 0, 0, 0.0, cancelled=True), newer=False))
            return
        for beside in writer.generate_beside(job.prime, job.samplings):
            if job.wish != self._wish:  # a stop that came before the writer had begun would be lost
                writer.cancel()
            if isinstance(beside.event, Wrote):
                with self._lock:
                    self._written[beside.column].append(beside.event.text)
            elif isinstance(beside.event, Skipped):
                self._post(Left(self, beside.column, beside.event))
            else:
                newer = _newest_version(self._path) != self._version
                self._post(Ended(self, beside.column, beside.event, newer))


def _newest_version(path: Path) -> Version | None:
    from tui_textgen.tui.checkpoints import newest_beside, version

    return version(newest_beside(path))
