"""The settings of a fork: those of the run it begins with, as somebody types over them."""

from __future__ import annotations

from tui_textgen.config import TrainingConfig, as_typed, build
from tui_textgen.corpus.entry import CorpusDescription, CorpusEntry
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.run_settings import RunSettings
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.visible import visible_line
from tui_textgen.workers.forking import KEPT

LAST = "last"
CHECKPOINTS = {
    LAST: "the run's last checkpoint, with what its optimiser remembers",
    "best": "the run's best checkpoint, with an optimiser that begins anew; for a run that got worse",
}
"""Which the fork begins with."""


class ForkSettings(RunSettings):
    """A run's settings in place of a preset's; what belongs to its network and its text stays."""

    kept = KEPT
    presets = tuple(CHECKPOINTS)

    def __init__(self, run: RunSnapshot) -> None:
        self._run = run.summary
        self._base = build(TrainingConfig, self._run.config)
        self.typed = TypedSettings(TrainingConfig, self._base.model_dump())
        super().__init__(text_of(run), LAST)

    def choose(self, preset: str) -> None:
        """Begin with one of CHECKPOINTS; the settings stay as they are."""
        self.preset = preset

    @property
    def preset_help(self) -> str:
        return CHECKPOINTS[self.preset]

    def help(self, name: str) -> str:
        """One setting's sentence, its bounds, and the run's own value."""
        own = as_typed(getattr(self._base, name)) or "unset"
        return f"{self.typed.help(name)} {visible_line(self._run.name)}: {own}."


def text_of(run: RunSnapshot) -> ChosenText:
    """What is known of the text that a run owns."""
    name = run.summary.corpus
    entry = CorpusEntry(name, name, "run", None, None, run.characters, run.distinct, True)
    described = CorpusDescription(entry, "", utf8=run.characters, distinct_bytes=run.distinct)  # in the run's own unit
    return ChosenText((name,), described, str(run.summary.config.get("encoding", "utf-8")))
