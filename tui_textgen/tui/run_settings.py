"""The settings of a run about to start, as somebody types them; nothing here knows a screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from tui_textgen.config import DEFAULT_PRESET, PRESET_HELP, PRESETS, TrainingConfig, as_typed, training_config
from tui_textgen.errors import SettingsError
from tui_textgen.plan import count_parameters, plan_run
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.renderables.quantities import count, counted, short_count
from tui_textgen.tui.typed_settings import TypedSettings

if TYPE_CHECKING:
    from tui_textgen.tui.first_model import FirstModel

GROUPS: Mapping[str, tuple[str, ...]] = {
    "network": ("model", "n_hidden", "n_layers", "residual", "drop_prob", "drop_span", "init"),
    "learning": ("batch_size", "seq_length", "epochs", "max_steps", "optimizer", "lr", "muon_lr", "schedule",
                 "warmup_steps", "weight_decay", "clip"),
    "text and validation": ("val_frac", "val_every", "encoding", "unit", "min_count"),
    "samples and saving": ("sample_every", "sample_length", "sample_prime", "checkpoint_seconds"),
    "machine": ("device", "precision", "seed"),
}  # fmt: skip
"""What belongs together; a setting that is not named here comes under ``more``."""


def groups() -> dict[str, tuple[str, ...]]:
    """Every setting of a run, in groups."""
    named = {name for names in GROUPS.values() for name in names}
    more = tuple(name for name in TrainingConfig.model_fields if name not in named)
    return {**GROUPS, **({"more": more} if more else {})}


def columns(without: Collection[str] = ()) -> list[dict[str, tuple[str, ...]]]:
    """The groups ``without`` some settings in two columns, the first ones to the left until half of it is filled."""
    shown = {title: tuple(name for name in names if name not in without) for title, names in groups().items()}
    left: dict[str, tuple[str, ...]] = {}
    right: dict[str, tuple[str, ...]] = {}
    half = sum(2 + len(names) for names in shown.values()) // 2
    for title, names in shown.items():
        filled = sum(2 + len(each) for each in left.values())
        (right if right or filled >= half else left)[title] = names
    return [left, right]


class RunSettings:
    """A preset, and what was typed over it; ``typed`` holds one text for each setting."""

    kept: Collection[str] = ()
    """Settings that are not for choosing."""
    presets: Collection[str] = tuple(PRESETS)
    """What :meth:`choose` takes."""

    first: FirstModel | None = None
    """What the run begins with, instead of a new network."""

    def __init__(self, text: ChosenText, preset: str = DEFAULT_PRESET) -> None:
        self._text = text
        self.choose(preset)

    def choose(self, preset: str) -> None:
        """Take a preset's settings anew, with those that suit the text laid over them."""
        self.preset = preset
        self._base = training_config(preset, {})
        suited = {**self._text.description.entry.settings, "encoding": self._text.encoding}
        self.typed = TypedSettings(TrainingConfig, {**self._base.model_dump(), **suited})

    @property
    def preset_help(self) -> str:
        return PRESET_HELP[self.preset]

    @property
    def inherited(self) -> Mapping[str, Any]:
        """Settings of the model that the run begins with, whatever is typed; what was typed comes back without it."""
        return self.first.settings if self.first else {}

    def changed(self, name: str) -> bool:
        """Whether a setting says something else than the preset, or nothing that makes sense."""
        inherited = self.inherited
        try:
            value = inherited[name] if name in inherited else self.typed.value(name)
            return bool(value != getattr(self._base, name))
        except SettingsError:
            return True

    def error(self, name: str) -> str | None:
        """What is wrong with a setting, in a sentence."""
        return None if name in self.inherited else self.typed.error(name)

    @property
    def wrong(self) -> bool:
        """Whether a setting makes no sense by itself."""
        return any(self.error(name) for name in self.typed.texts)

    def help(self, name: str) -> str:
        """One setting's sentence, its bounds, and the preset's value."""
        return f"{self.typed.help(name)} {self.preset}: {as_typed(getattr(self._base, name)) or 'unset'}."

    def values(self) -> dict[str, Any]:
        """The settings that differ from the preset, and a model's; raises SettingsError naming each wrong one."""
        config, inherited = self.typed.build(self.inherited), self.inherited
        names = (name for name in TrainingConfig.model_fields if name in inherited or self.changed(name))
        return {name: getattr(config, name) for name in names}

    def outlook(self) -> tuple[str, tuple[str, ...]]:
        """What the run will be, in a line, and what was made to fit; raises SettingsError or CorpusError."""
        config = self.typed.build(self.inherited)
        size, distinct = self._text.description.size_in(config.unit)
        plan = plan_run(config, size, distinct)
        at_most = "up to " if config.min_count > 1 else ""  # rare characters are counted when the text is encoded
        parts = [
            f"{at_most}{short_count(count_parameters(config.shape, distinct))} parameters",
            f"{counted(plan.steps_per_epoch, 'step')} per epoch",
            f"{counted(plan.steps, 'step')} in all",
            f"validates every {count(plan.val_every)}" if plan.validation else "no validation",
        ]
        return " · ".join(parts), plan.notes
