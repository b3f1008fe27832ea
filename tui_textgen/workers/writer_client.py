"""Talking to a writer process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tui_textgen.errors import WorkerError
from tui_textgen.models.score import Score
from tui_textgen.workers.child import Child
from tui_textgen.workers.protocol import (
    MOST_ALTERNATIVES,
    Beside,
    Finished,
    Found,
    Likeliest,
    LookEvent,
    Seen,
    Skipped,
    Unit,
    WriterEvent,
    Wrote,
)

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.models.card import ModelCard

Progress = Callable[[float], None]
"""Told the share that is done; what it raises ends the work."""


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
        """Hold the model at ``path`` from now on; raises ModelFileError.

        The card tells step, epoch and ``saved_at`` of what was loaded, though a training may have saved anew since.
        """
        from tui_textgen.models.card import read_card

        self._loaded = None
        told = self._answer("load", path=str(path.absolute()))
        self._loaded = path
        return replace(read_card(path), **told)

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        """Skipped if something of the prime was, the passage after the prime as it is written, and Finished.

        Raises PrimeError, with ``strict`` for unknown characters. After :meth:`cancel` it finishes early; closing the
        iterator cancels too.
        """
        with closing(self.generate_beside(prime, [sampling], strict)) as events:
            for beside in events:
                yield beside.event

    def generate_beside(
        self, prime: str, samplings: Sequence[SamplingConfig], strict: bool = False
    ) -> Generator[Beside, None, None]:
        """The same for several passages at once, one for each of ``samplings``: they take turns within the process.

        Each has its own events, told apart by ``column``, and the text that it would have alone.
        """
        settings = [sampling.model_dump(mode="json") for sampling in samplings]
        with closing(self._request("generate", prime=prime, samplings=settings, strict=strict)) as events:
            for event in events:
                yield Beside(event.pop("column"), _writer_event(event))

    def score(self, path: Path, encoding: str = "utf-8", lanes: int | None = None, window: int | None = None) -> Score:
        """How well the model predicts the text at ``path``: as one stream, or as ``lanes`` × ``window``."""
        return Score(**self._answer("score", path=str(path.absolute()), encoding=encoding, lanes=lanes, window=window))

    def import_model(self, path: Path, target: Path) -> tuple[str, ...]:
        """Write the notebook's checkpoint ``path``, or a model file, to ``target`` as a model; what was odd about it.

        Raises ModelFileError. What is there is replaced; the model that is held stays.
        """
        return tuple(self._answer("import", path=str(path.absolute()), target=str(target.absolute()))["notes"])

    def export_model(self, path: Path, target: Path, half: bool = False) -> tuple[str, ...]:
        """Write the model ``path`` to ``target``, in the notebook's format if it ends in ``.net``; what is to be known.

        ``half`` stores a model's weights in 16 bits. Raises ModelFileError, also for one that the notebook cannot have.
        """
        asked = {"path": str(path.absolute()), "target": str(target.absolute()), "half": half}
        return tuple(self._answer("export", **asked)["notes"])

    def look(self, text: str) -> Iterator[LookEvent]:
        """How likely each character of ``text`` was to the model; Seen in pieces, as they are computed, then Score.

        A text in which nothing could be predicted has a Score of 0 characters. Raises CorpusError for one longer than
        LONGEST_LOOK, and WorkCancelledError after :meth:`cancel`, as all questions below do.
        """
        with closing(self._request("look", text=text)) as events:
            for event in events:
                if "seen" in event:
                    probabilities, ranks = event["seen"]
                    yield Seen(tuple(probabilities), tuple(ranks))
                elif "skipped" in event:
                    yield Skipped(event["skipped"])
                else:
                    yield Score(**event)

    def alternatives(
        self, text: str, begin: int, end: int | None = None, count: int = MOST_ALTERNATIVES
    ) -> tuple[Likeliest, ...]:
        """What was expected at the places from ``begin`` to before ``end`` (None: at ``begin`` alone).

        Place 0 is the first character's, ``len(text)`` the one after the last; places outside are left out. Of a text
        that has been looked at they are known; another one is read first, as far as it differs.
        """
        asked = {"text": text, "begin": begin, "end": begin + 1 if end is None else end, "count": count}
        return tuple(Likeliest(one[0], tuple(one[1])) for one in self._answer("alternatives", **asked)["likeliest"])

    def activations(
        self, text: str, units: Sequence[Unit], progress: Progress | None = None
    ) -> tuple[tuple[float | None, ...], ...]:
        """For each of ``units`` its value after each character of ``text``, to 3 digits; None at unknown characters.

        Raises SettingsError for a unit that the network hasn't got.
        """
        values: list[list[float | None]] = [[] for _ in units]
        with closing(self._request("activations", text=text, units=[asdict(unit) for unit in units])) as events:
            for event in events:
                for row, more in zip(values, event["values"], strict=True):
                    row.extend(more)
                if progress and values:
                    progress(len(values[0]) / len(text))
        return tuple(map(tuple, values))

    def units(self, text: str, progress: Progress | None = None) -> Mapping[str, tuple[Found, ...]]:
        """For each of ``corpus.features.FEATURES``, by name, the ten units that correlate best with it over ``text``.

        Without those whose correlation is 0; none for a feature that is the same throughout the text.
        """
        found: dict[str, tuple[Found, ...]] = {}
        with closing(self._request("units", text=text)) as events:
            for event in events:
                if "progress" in event:
                    if progress:
                        progress(event["progress"])
                else:
                    found = {name: tuple(Found(Unit(*unit), r) for *unit, r in best) for name, best in event.items()}
        return found

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

    def _request(self, do: str, **arguments: Any) -> Generator[dict[str, Any], None, None]:
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


def _writer_event(event: dict[str, Any]) -> WriterEvent:
    if "wrote" in event:
        return Wrote(event["wrote"], tuple(event["probabilities"]))
    return Skipped(event["skipped"], event["instead"]) if "skipped" in event else Finished(**event)
