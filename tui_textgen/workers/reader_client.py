"""Talking to a reader process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_textgen.corpus import makeup, repeats
from tui_textgen.corpus.baselines import Baselines, remembered
from tui_textgen.corpus.encoded import EncodedText, open_encoded
from tui_textgen.corpus.entry import CorpusDescription, CorpusEntry
from tui_textgen.corpus.makeup import Makeup
from tui_textgen.corpus.matches import Copies, Match
from tui_textgen.corpus.repeats import Repeats
from tui_textgen.corpus.vocabulary import Unit
from tui_textgen.errors import WorkerError
from tui_textgen.paths import Home
from tui_textgen.workers.child import Child

Progress = Callable[[float], None]


class ReaderClient:
    """One reader process, started with the first request and again after it died.

    Requests block and take turns. They raise what the work raises, WorkCancelledError after :meth:`cancel`, and
    WorkerError if the process dies.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._child: Child | None = None
        self._starting = threading.Lock()
        self._closed = False

    def get(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        """Download a text of the catalogue; ``progress`` is told the bytes that are here, and of how many."""
        return Path(self._ask("get", lambda told: progress(*told), name=name)["path"])

    def describe(self, name: str, encoding: str = "utf-8", progress: Progress | None = None) -> CorpusDescription:
        """The counts and the beginning of a text, by library name or path."""
        answer = self._ask("describe", progress, name=name, encoding=encoding)
        path = answer["entry"]["path"]
        entry = CorpusEntry(**{**answer["entry"], "path": Path(path) if path else None})
        return CorpusDescription(**{**answer, "entry": entry, "notes": tuple(answer["notes"])})

    def encode(
        self,
        names: Sequence[str],
        encoding: str = "utf-8",
        progress: Progress | None = None,
        unit: Unit = "char",
        min_count: int = 1,
    ) -> EncodedText:
        """The texts of ``names``, joined and encoded."""
        asked = {"names": list(names), "encoding": encoding, "unit": unit, "min_count": min_count}
        answer = self._ask("encode", progress, **asked)
        return replace(open_encoded(Path(answer["path"])), name=answer["name"])

    def makeup(self, text: EncodedText, progress: Progress | None = None) -> Makeup:
        """Its characters and lines, counted; without the process if they were counted before."""
        if known := makeup.remembered(text, self._home):
            return known
        return Makeup.from_facts(self._ask("makeup", progress, path=str(text.path.absolute())))

    def repeats(self, text: EncodedText, progress: Progress | None = None) -> Repeats:
        """Passages that stand in it twice; without the process if they were looked for before."""
        if known := repeats.remembered(text, self._home):
            return known
        return Repeats(**self._ask("repeats", progress, path=str(text.path.absolute())))

    def baselines(self, text: EncodedText, progress: Progress | None = None) -> Baselines:
        """Losses to hold a network's against; without the process if they were measured before."""
        if known := remembered(text, self._home):
            return known
        return Baselines(**self._ask("baselines", progress, path=str(text.path.absolute())))

    def copies(self, model: Path, passage: str, progress: Progress | None = None) -> Copies:
        """What of ``passage`` stands word for word in the text that the model of this file learned from.

        Raises ModelFileError, and CorpusError where that text is not to be found.
        """
        answer = self._ask("copies", progress, model=str(model.absolute()), passage=passage)
        return Copies(**{**answer, "matches": tuple(Match(**match) for match in answer["matches"])})

    def cancel(self) -> None:
        """End the running request; from any thread, and harmless if none is running."""
        if child := self._child:
            child.cancel()

    def close(self) -> None:
        """End the process; a running request raises WorkerError."""
        with self._starting:
            self._closed = True
            if self._child:
                self._child.close()

    def _ask(self, do: str, progress: Callable[[Any], None] | None, **arguments: Any) -> dict[str, Any]:
        """The last event of the answer; the ones before it are progress."""
        answer: dict[str, Any] = {}
        with closing(self._request(do, **arguments)) as events:
            for answer in events:
                if progress and "progress" in answer:
                    progress(answer["progress"])
        return answer

    def _request(self, do: str, **arguments: Any) -> Generator[dict[str, Any], None, None]:
        with self._starting:
            if self._closed:
                raise WorkerError("The reader is closed.")
            if self._child is None or not self._child.alive:
                home = self._home
                folders = [str(folder.absolute()) for folder in (home.data, home.cache, home.config)]
                self._child = Child("tui_textgen.workers.reader", *folders, name="reader")
            child = self._child
        return child.request(do, **arguments)
