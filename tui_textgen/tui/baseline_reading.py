"""Asking for the baselines of the open run's text, where only the newest wish counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import RunBaselines

if TYPE_CHECKING:
    from tui_textgen.corpus.baselines import Baselines


class BaselineReading:
    """Asks for one run at a time; a newer wish ends what is being measured, and nothing more is heard of it."""

    class Measured(Message):
        """The baselines of a run's text are known, or why they are not."""

        def __init__(self, run: str, found: Baselines | TextgenError) -> None:
            super().__init__()
            self.run, self.found = run, found

    def __init__(self, source: RunBaselines, post: Callable[[Message], object]) -> None:
        self._source, self._post = source, post
        self._one_at_a_time = threading.Lock()
        self._newest = 0

    def read(self, run: str) -> None:
        """Post Measured, unless another run is wished for first."""
        self._newest += 1
        in_background(partial(self._measure, run, self._newest))

    def stop(self) -> None:
        """Nobody wants them any more."""
        self._newest += 1

    def _measure(self, run: str, wish: int) -> None:
        def check(_share: float) -> None:
            if wish != self._newest:
                raise WorkCancelledError("Another run was opened.")

        with self._one_at_a_time:
            if wish != self._newest:
                return
            try:
                found: Baselines | TextgenError = self._source.of_run(run, check)
            except TextgenError as error:
                found = error
        if wish == self._newest:
            self._post(self.Measured(run, found))
