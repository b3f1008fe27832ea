"""The settings of a fork about to start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.content import Content
from textual.message import Message

from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.starting import Starting
from tui_textgen.tui.widgets.training_form import TrainingForm
from tui_textgen.visible import visible_line

BEST = "best"


class ForkForm(TrainingForm):
    """As the form of a new run, with the settings of another run to begin with."""

    BINDING_GROUP_TITLE = "Fork"
    PRESET_TITLE = "Begin with"
    PRESET_HELP = "Left and right choose."
    NAME_HELP = "What the fork is called; left empty, a name is made from the run's."

    class ForkRequested(Message):
        """Fork the run ``source``, at its ``best`` checkpoint or the last one.

        ``values`` differ from its own, ``name`` None: choose one.
        """

        def __init__(self, source: str, values: Mapping[str, Any], name: str | None, best: bool) -> None:
            super().__init__()
            self.source, self.values, self.name, self.best = source, values, name, best

    def __init__(self, run: RunSnapshot) -> None:
        from tui_textgen.tui.fork_settings import ForkSettings, text_of  # brings pydantic

        self._run = run.summary
        super().__init__(text_of(run), None, ForkSettings(run))

    @property
    def source(self) -> str:
        """The run that it begins with."""
        return self._run.name

    def _heading(self) -> Content:
        return Content(visible_line(f"Fork of {self._run.name} on {self._run.corpus}"))

    def _request(self, values: Mapping[str, Any], name: str | None, starting: Starting) -> Message:  # noqa: ARG002
        return self.ForkRequested(self.source, values, name, self._settings.preset == BEST)
