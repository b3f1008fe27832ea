"""Talking to a writer process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tui_textgen.errors import WorkerError
from tui_textgen.models.score import Score
from tui_textgen.workers.child import Child
from tui_textgen.workers.protocol import Finished, Skipped, WriterEvent, Wrote

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.models.card import ModelCard


class WriterClient:
    """One writer process, started at once, and again after it died.

    Requests block and take turns. They raise what the work raises, and WorkerError if the process dies.
    """

    def __init__(self, device: str = "cpu") -> None:
        """``device`` as torch names it; the CPU leaves a GPU's memory to the training."""
        self._device = device
        self._starting = threading.Lock()
        self._closed = False
        self._loaded: Path | None = None
        self._child = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._child.pid

    def load(self, path: Path) -> ModelCard:
        """Hold the model at ``path`` from now on; raises ModelFileError."""
        from tui_textgen.models.card import read_card

        self._loaded = None
        self._answer("load", path=str(path.absolute()))
        self._loaded = path
        return read_card(path)

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        """Skipped if something of the prime was, the passage after the prime as it is written, and Finished.

        Raises PrimeError, with ``strict`` for unknown characters. After :meth:`cancel` it finishes early; closing the
        iterator cancels too.
        """
        for event in self._request("generate", prime=prime, sampling=sampling.model_dump(mode="json"), strict=strict):
            if "wrote" in event:
                yield Wrote(event["wrote"])
            elif "skipped" in event:
                yield Skipped(event["skipped"])
            else:
                yield Finished(**event)

    def score(self, path: Path, encoding: str = "utf-8", lanes: int | None = None, window: int | None = None) -> Score:
        """How well the model predicts the text at ``path``: as one stream, or as ``lanes`` × ``window``."""
        return Score(**self._answer("score", path=str(path.absolute()), encoding=encoding, lanes=lanes, window=window))

    def cancel(self) -> None:
        """End the running request; from any thread, and harmless if none is running."""
        self._child.cancel()

    def close(self) -> None:
        """End the process; a running request raises WorkerError."""
        with self._starting:
            self._closed = True
            self._child.close()

    def _answer(self, do: str, **arguments: Any) -> dict[str, Any]:
        """The last event of the answer, empty if there is none."""
        events = list(self._request(do, **arguments))
        return events[-1] if events else {}

    def _request(self, do: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        with self._starting:
            if self._closed:
                raise WorkerError("The writer is closed.")
            if not self._child.alive:
                self._restart()
            child = self._child
        return child.request(do, **arguments)

    def _start(self) -> Child:
        return Child("tui_textgen.workers.writer", self._device, name="writer")

    def _restart(self) -> None:
        """A new process that holds the model of the one that died."""
        self._child.close()
        self._child = self._start()
        if self._loaded is not None:
            list(self._child.request("load", path=str(self._loaded.absolute())))
