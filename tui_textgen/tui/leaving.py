"""Leaving the app: which trainings are going on then, and stopping them first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Runs


class Leaving:
    """Looks at the runs, and asks their trainers, in a thread."""

    class Looked(Message):
        """These runs are being trained, now that the app is to be left."""

        def __init__(self, live: Sequence[str]) -> None:
            super().__init__()
            self.live = live

    class Asked(Message):
        """The trainers were asked to stop; ``refusals`` tells of those that could not be."""

        def __init__(self, refusals: Sequence[str]) -> None:
            super().__init__()
            self.refusals = refusals

    def __init__(self, runs: Runs, post: Callable[[Message], bool]) -> None:
        self._runs, self._post = runs, post
        self._looking = False

    def look(self) -> None:
        """Post Looked, once however often it is asked for meanwhile."""
        if not self._looking:
            self._looking = True
            in_background(self._look)

    def stop(self, names: Sequence[str]) -> None:
        """Ask the trainers of these runs to stop after a checkpoint, and post Asked."""
        in_background(partial(self._stop, names))

    def _look(self) -> None:
        try:
            live = [run.name for run in self._runs.summaries() if run.state.live]
        except TextgenError:
            live = []  # nothing can be asked about runs that cannot be read; they go on as they are
        self._looking = False
        self._post(self.Looked(live))

    def _stop(self, names: Sequence[str]) -> None:
        refusals = []
        for name in names:
            try:
                self._stop_one(name)
            except TextgenError as error:
                refusals.append(str(error))
        self._post(self.Asked(refusals))

    def _stop_one(self, name: str) -> None:
        watch = self._runs.watch(name)
        try:
            if watch.poll().summary.state.live:  # else it has ended while somebody thought about it
                watch.send(Command(CommandKind.STOP))
        finally:
            watch.close()
