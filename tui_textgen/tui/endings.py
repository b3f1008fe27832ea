"""Trainings that end while somebody looks at something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.runs.snapshot import RunState, RunSummary
from tui_textgen.tui.background import Repeated

LOOK_SECONDS = 5.0
WORDS = {
    RunState.FINISHED: "has finished",
    RunState.FAILED: "has failed",
    RunState.INTERRUPTED: "was interrupted; it can be resumed from its last checkpoint",
}
"""Of a run that somebody stopped there is nothing to tell."""


class Endings:
    """Looks at all runs now and then, in a thread of its own, and posts those that have ended since the last look."""

    class Noticed(Message):
        """These were being trained at the last look, and ended by themselves."""

        def __init__(self, runs: Sequence[RunSummary]) -> None:
            super().__init__()
            self.runs = runs

    def __init__(self, summaries: Callable[[], Sequence[RunSummary]], post: Callable[[Message], bool]) -> None:
        self._summaries, self._post = summaries, post
        self._live: set[str] = set()
        self._looks = Repeated(self._look, LOOK_SECONDS)

    def start(self) -> None:
        self._looks.start()

    def stop(self) -> None:
        self._looks.stop()

    def _look(self) -> None:
        try:
            runs = self._summaries()
        except TextgenError:  # the list of runs says so, where it is looked at
            return
        ended = [run for run in runs if run.name in self._live and run.readable and run.state in WORDS]
        self._live = {run.name for run in runs if run.state.live or (run.name in self._live and not run.readable)}
        if ended:
            self._post(self.Noticed(ended))


def ending(run: RunSummary) -> str:
    """What has become of a run, in a sentence."""
    why = f": {run.message}" if run.state is RunState.FAILED and run.message else "."
    return f"{run.name} {WORDS[run.state]}{why}"
