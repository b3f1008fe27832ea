"""The settings of a fork: those of the run it begins with, as somebody types over them."""

from __future__ import annotations

from tui_textgen.config import TrainingConfig, build
from tui_textgen.corpus.entry import CorpusDescription, CorpusEntry
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.run_settings import RunSettings
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.visible import visible_line
from tui_textgen.workers.forking import KEPT


class ForkSettings(RunSettings):
    """A run's settings in place of a preset's; what belongs to its network and its text stays."""

    kept = KEPT
    presets = ()

    def __init__(self, run: RunSnapshot) -> None:
        self._run = run.summary
        super().__init__(text_of(run))

    def choose(self, preset: str) -> None:  # noqa: ARG002
        """There is only the one run to begin with."""
        self.preset = visible_line(self._run.name)
        self._base = build(TrainingConfig, self._run.config)
        self.typed = TypedSettings(TrainingConfig, self._base.model_dump())

    @property
    def preset_help(self) -> str:
        return "the run whose last checkpoint it begins with; its own steps and epochs count from the start"


def text_of(run: RunSnapshot) -> ChosenText:
    """What is known of the text that a run owns."""
    name = run.summary.corpus
    entry = CorpusEntry(name, name, "run", None, None, run.characters, run.distinct, True)
    return ChosenText((name,), CorpusDescription(entry, ""), str(run.summary.config.get("encoding", "utf-8")))
