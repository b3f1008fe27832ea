"""Asking for a sample with a prime of one's own."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.runs.commands import Command
from tui_textgen.runs.snapshot import RunSnapshot, RunState
from tui_textgen.tui.remembering import remember
from tui_textgen.tui.screens.ask_sample import AskSample, choices
from tui_textgen.tui.services import Services


class SampleAsking(Widget):
    """A part of the dashboard that has no place on the screen until it asks."""

    BINDING_GROUP_TITLE = "Samples"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("S", "at('sample-asking', 'ask')", "Prime", tooltip="Write a sample with a prime of your own")
    ]
    DEFAULT_CSS = "SampleAsking { display: none; }"

    class Asked(Message):
        """The trainer is to write a sample."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    def __init__(self, services: Services) -> None:
        super().__init__(id="sample-asking")
        self._runs, self._preferences = services.runs, services.preferences
        self._snapshot: RunSnapshot | None = None

    def show(self, snapshot: RunSnapshot | None) -> None:
        """Take what is known of the run now."""
        self._snapshot = snapshot

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        seen = self._snapshot
        return bool(seen and not seen.gone and seen.summary.state in (RunState.RUNNING, RunState.PAUSED))

    def action_ask(self) -> None:
        if self._snapshot:
            facts = self._snapshot.summary
            usual = str(facts.config.get("sample_prime", ""))
            self.app.push_screen(AskSample(self._preferences, usual, partial(self._characters, facts.name)), self._take)

    def _characters(self, name: str) -> Vocabulary:
        watch = self._runs.watch(name)
        try:
            return watch.vocabulary()
        finally:
            watch.close()

    def _take(self, command: Command | None) -> None:
        if command:
            self.post_message(self.Asked(command))
            remember(self, self._preferences, choices(command))
