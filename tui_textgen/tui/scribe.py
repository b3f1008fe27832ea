"""The app's side of a writer process: it blocks, so a thread of its own waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Writer
from tui_textgen.workers.protocol import Finished, Skipped, Wrote

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.models.card import ModelCard


class Loaded(Message):
    """The writer holds the model of ``card``."""

    def __init__(self, path: Path, card: ModelCard) -> None:
        super().__init__()
        self.path, self.card = path, card


class LoadFailed(Message):
    """The model at ``path`` cannot be used; the one before it, if there was one, is let go."""

    def __init__(self, path: Path, error: TextgenError) -> None:
        super().__init__()
        self.path, self.error = path, error


class Left(Message):
    """Characters of the prime that the model never saw were left out."""

    def __init__(self, characters: str) -> None:
        super().__init__()
        self.characters = characters


class Ended(Message):
    """The passage is complete, or was stopped; ``newer``: the model's file has changed since it was loaded."""

    def __init__(self, finished: Finished, newer: bool) -> None:
        super().__init__()
        self.finished, self.newer = finished, newer


class WriteFailed(Message):
    """The passage broke off."""

    def __init__(self, error: TextgenError) -> None:
        super().__init__()
        self.error = error


@dataclass(frozen=True)
class _Load:
    path: Path


@dataclass(frozen=True)
class _Write:
    prime: str
    sampling: SamplingConfig


class Scribe:
    """Starts the writer with the first request, and posts what comes of each, in order.

    The text itself is not posted but collected, to be taken as often as the screen is drawn.
    """

    def __init__(self, start: Callable[[], Writer], post: Callable[[Message], object]) -> None:
        self._start, self._post = start, post
        self._jobs: SimpleQueue[_Load | _Write | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._written: list[str] = []
        self._stop = threading.Event()
        self._writer: Writer | None = None
        self._closed = False
        self._running = False
        self._path = Path()
        self._version: tuple[int, int] | None = None

    def load(self, path: Path) -> None:
        """Hold another model, or the same one anew."""
        self.stop()
        self._ask(_Load(path))

    def write(self, prime: str, sampling: SamplingConfig) -> None:
        """Write a passage with the model that was loaded last."""
        self._stop.clear()
        self._ask(_Write(prime, sampling))

    def stop(self) -> None:
        """End what is being written, or about to be."""
        self._stop.set()
        if self._writer:
            self._writer.cancel()

    def give_up_loading(self) -> None:
        """End the writer, which cannot be asked while it starts; the next request starts another."""
        writer, self._writer = self._writer, None
        if writer:
            in_background(writer.close)

    def take(self) -> str:
        """What has been written since the last call."""
        with self._lock:
            text = "".join(self._written)
            self._written.clear()
        return text

    def close(self) -> None:
        """End the writer process."""
        self._closed = True
        self._jobs.put(None)
        self.stop()
        if self._writer:
            self._writer.close()

    def _ask(self, job: _Load | _Write) -> None:
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
                if isinstance(job, _Load):
                    self._load(writer, job)
                else:
                    self._write(writer, job)
            except TextgenError as error:
                if not self._closed and writer is self._writer:  # of one that was given up nobody wants to hear
                    self._post(LoadFailed(job.path, error) if isinstance(job, _Load) else WriteFailed(error))
        if self._writer:
            self._writer.close()

    def _load(self, writer: Writer, job: _Load) -> None:
        self._version = _version(job.path)
        self._path = job.path
        self._post(Loaded(job.path, writer.load(job.path)))

    def _write(self, writer: Writer, job: _Write) -> None:
        if self._stop.is_set():
            self._post(Ended(Finished(job.sampling.seed or 0, 0, 0.0, cancelled=True), newer=False))
            return
        for event in writer.generate(job.prime, job.sampling):
            if self._stop.is_set():  # a stop that came before the writer had begun would be lost
                writer.cancel()
            if isinstance(event, Wrote):
                with self._lock:
                    self._written.append(event.text)
            elif isinstance(event, Skipped):
                self._post(Left(event.characters))
            else:
                self._post(Ended(event, newer=_version(self._path) != self._version))


def _version(path: Path) -> tuple[int, int] | None:
    """What changes when another file takes the place of this one."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
