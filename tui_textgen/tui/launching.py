"""Trainers on their way: started from a thread, and told of when they are at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Runs


class Launching:
    """Starts, resumes and forks runs; posts what came of it, with itself: whoever asked may look elsewhere by now."""

    class Launched(Message):
        """A trainer is at work on the run ``name``."""

        def __init__(self, launching: Launching, name: str) -> None:
            super().__init__()
            self.launching, self.name = launching, name

    class Refused(Message):
        """A run was not started, resumed or forked."""

        def __init__(self, launching: Launching, sentence: str) -> None:
            super().__init__()
            self.launching, self.sentence = launching, sentence

    def __init__(self, runs: Runs, post: Callable[[Message], bool]) -> None:
        self._runs, self._post = runs, post

    def start(
        self,
        corpora: tuple[str, ...],
        preset: str,
        values: Mapping[str, Any],
        name: str | None,
        progress: Callable[[float], None],
        init_from: str | None = None,
    ) -> None:
        """As ``Runs.start``."""
        self._launch(partial(self._runs.start, corpora, preset, values, name, progress, init_from))

    def resume(self, name: str, epochs: int | None = None) -> None:
        """As ``Runs.resume``."""

        def resumed() -> str:
            self._runs.resume(name, epochs)
            return name

        self._launch(resumed)

    def fork(self, source: str, values: Mapping[str, Any], name: str | None, best: bool) -> None:
        """As ``Runs.fork``."""
        self._launch(partial(self._runs.fork, source, values, name, best))

    def _launch(self, job: Callable[[], str]) -> None:
        in_background(partial(self._try, job))

    def _try(self, job: Callable[[], str]) -> None:
        try:
            self._post(self.Launched(self, job()))
        except TextgenError as error:
            self._post(self.Refused(self, str(error)))
