"""Which size of network suits a text, and how long its training would take here.

Two texts were measured (docs/performance.md); of other sizes a rule of thumb holds, which says that it is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_textgen.config import DEFAULT_PRESET, ModelConfig, TrainingConfig, as_typed, build, training_config
from tui_textgen.errors import SettingsError
from tui_textgen.plan import GATES, VALIDATION_SHARE, count_parameters, plan_run, trained_characters
from tui_textgen.runs.snapshot import RunSummary

SIZES = ((64, 1), (128, 1), (128, 2), (256, 2), (512, 2))
"""Units and layers, from small to large."""
LARGEST = (1024, 3)
"""For a GPU alone: a CPU would take days."""
MOST_PARAMETERS = 4.0
"""For each character that is learned from. Tiny Shakespeare was learned with 3.3, Anna Karenina with 1.9."""
DROPOUT = ((2.5, 0.5), (1.0, 0.4), (0.3, 0.3), (0.1, 0.2), (0.03, 0.1), (0.0, 0.0))
"""From so many parameters for each character on, so much; the first line that fits."""
MEASURED_SIZE, MEASURED_RATIOS = (512, 2), (1.5, 3.5)
"""What was measured, and for how many parameters for each character that speaks."""
MEASURED_SPEED = 12_400
"""Characters per second of 2 × 512 with the standard preset, on two cores of an AMD EPYC."""
SIMILAR = 4.0
"""A run tells the speed of another size if that takes up to so many times its arithmetic, or a share of that."""
SMALLEST_STEP = 1 / 16
"""Of the characters that a step would read. A run whose steps read less, of a very short text, tells nothing: most of
its time goes into what each step takes however much it reads."""
MUCH_REPEATED = 0.05
"""The share of repeated passages from which on they are worth a word."""


@dataclass(frozen=True)
class Advice:
    """Settings that suit a text, why, and what their training would take."""

    values: Mapping[str, Any]
    """To lay over the standard preset."""
    parameters: int
    seconds: float | None
    """About; None where nothing tells."""
    measured_by: str | None
    """The run on this machine that the time was told from."""
    reasons: tuple[str, ...] = field(default=())
    """Sentences: of the size, the dropout, the time."""

    @property
    def time(self) -> str:
        """``about 25 min``, ``less than a minute``, ``time not known``."""
        if self.seconds is None:
            return "time not known"
        for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
            if self.seconds >= unit:
                number = self.seconds / unit
                return f"about {number:.1f} {name}" if number < 9.95 and unit > 60 else f"about {number:.0f} {name}"
        return "less than a minute"

    @property
    def settings(self) -> str:
        """``n_hidden 512 · n_layers 2 · drop_prob 0.4``."""
        return " · ".join(f"{name} {as_typed(value)}" for name, value in self.values.items())


def advise(
    characters: int,
    distinct: int,
    own: Mapping[str, Any],
    runs: Iterable[RunSummary],
    gpu: bool,
    repeated: float = 0.0,
) -> Advice:
    """What suits a text of ``characters``, ``distinct`` of them different.

    ``own`` are settings that the text brings along, which go before the rest; ``repeated`` is the share that stands in
    the text twice. Raises CorpusError for a text that cannot be trained on.
    """
    learned = int(trained_characters(characters, val_frac_of(own)) * (1 - repeated))
    n_hidden, n_layers = _size(learned, distinct, gpu)
    ratio = _parameters(n_hidden, n_layers, distinct) / max(1, learned)
    by_heart = val_frac_of(own) == 0
    drop_prob = 0.0 if by_heart else next(share for least, share in DROPOUT if ratio >= least)
    rule = {"n_hidden": n_hidden, "n_layers": n_layers, "drop_prob": drop_prob}
    values = {**rule, **own}
    config = training_config(DEFAULT_PRESET, values)
    plan = plan_run(config, characters, distinct)
    of_step = plan.train.lanes * plan.train.seq_length
    speed = _speed(config.shape, distinct, (run for run in runs if _step_of(run) >= SMALLEST_STEP * of_step), gpu)
    seconds = None
    if speed.characters:
        seconds = plan.steps * of_step / speed.characters * (1 + (VALIDATION_SHARE if plan.validation else 0))
    reasons = [_own_reason(own), *_size_reasons(rule, _parameters(n_hidden, n_layers, distinct), ratio)]
    if repeated >= MUCH_REPEATED:
        reasons.append(f"The {repeated:.0%} of the text that repeat what stands before count for nothing here.")
    if by_heart:
        reasons.append("Nothing is held out: it may be learned by heart, without dropout.")
    reasons.append(f"The time is of {plan.epochs:,} {'epoch' if plan.epochs == 1 else 'epochs'}, {speed.source}")
    return Advice(values, count_parameters(config.shape, distinct), seconds, speed.run, tuple(filter(None, reasons)))


def val_frac_of(own: Mapping[str, Any]) -> float:
    """The share that is held out of a text that brings the settings ``own`` along."""
    return float(own.get("val_frac", TrainingConfig.model_fields["val_frac"].default))


def _size(learned: int, distinct: int, gpu: bool) -> tuple[int, int]:
    sizes = (*SIZES, LARGEST) if gpu else SIZES
    fitting = [size for size in sizes if _parameters(*size, distinct) <= MOST_PARAMETERS * learned]
    return fitting[-1] if fitting else SIZES[0]


def _parameters(n_hidden: int, n_layers: int, distinct: int) -> int:
    return count_parameters(ModelConfig(n_hidden=n_hidden, n_layers=n_layers), distinct)


def _size_reasons(rule: Mapping[str, Any], parameters: int, ratio: float) -> list[str]:
    size = f"{rule['n_layers']} × {rule['n_hidden']}"
    each = f"{ratio:.2g}" if ratio < 9.95 else f"{ratio:,.0f}"
    told = f"{parameters:,} parameters in {size} units, {each} for each character that is learned from."
    low, high = MEASURED_RATIOS
    if (rule["n_hidden"], rule["n_layers"]) == MEASURED_SIZE and low <= ratio <= high:
        return [
            told,
            "Measured: this size learned Anna Karenina (1.9) and tiny Shakespeare (3.3) well; in five "
            "epochs of the defaults and eight with 0.5 of dropout they came to 1.217 and 1.445 nats per character.",
        ]
    if ratio > MOST_PARAMETERS:
        return [
            told,
            f"It is the smallest size of the rule of thumb ({MOST_PARAMETERS:g} for each), not measured here.",
        ]
    return [
        told,
        f"A rule of thumb, not measured at this size: up to {MOST_PARAMETERS:g} parameters for each character, and the "
        "more there are, the more dropout.",
    ]


def _own_reason(own: Mapping[str, Any]) -> str:
    if not own:
        return ""
    return f"Given with the text: {', '.join(f'{name} {as_typed(value)}' for name, value in own.items())}."


@dataclass(frozen=True)
class _Speed:
    characters: float | None
    """Per second."""
    run: str | None
    source: str
    """The end of a sentence that begins with the time."""


def _speed(shape: ModelConfig, distinct: int, runs: Iterable[RunSummary], gpu: bool) -> _Speed:
    """From the run on the same kind of device whose size is most like ``shape``, of several the newest."""
    work = _work(shape, distinct)
    known: list[tuple[float, float, float, RunSummary]] = []
    for run in runs:
        pace = run.chars_per_second
        if pace and (run.device or "").startswith("cpu") is not gpu and (made := _shape_of(run)):
            factor = work / _work(made, distinct)
            if 1 / SIMILAR <= factor <= SIMILAR:
                known.append((abs(math.log(factor)), -run.created, pace / factor, run))
    if known:
        unlike, _, speed, run = min(known, key=lambda each: each[:2])
        scaled = ", scaled to this size" if unlike > 0.01 else ""
        return _Speed(
            speed,
            run.name,
            f"by the {run.chars_per_second:,.0f} characters/s that the run {run.name} made here{scaled}.",
        )
    if gpu:
        return _Speed(None, None, "and not known: no run of a similar size was trained on this GPU yet.")
    measured = ModelConfig(n_hidden=MEASURED_SIZE[0], n_layers=MEASURED_SIZE[1])
    return _Speed(
        MEASURED_SPEED * _work(measured, distinct) / work, None,
        f"an estimate: no run of a similar size was trained here yet; two cores of an AMD EPYC make {MEASURED_SPEED:,} "
        "characters/s with 2 × 512.",
    )  # fmt: skip


def _step_of(run: RunSummary) -> float:
    """Characters that a step of ``run`` reads, about: too many rather than too few, by what is done between steps."""
    return (run.chars_per_second or 0.0) * run.seconds / run.step if run.step else 0.0


def _shape_of(run: RunSummary) -> ModelConfig | None:
    """None for a run of another version, whose settings are none of this one's, and for one whose record is damaged."""
    known = {name: run.config[name] for name in ModelConfig.model_fields if name in run.config}
    try:
        return build(ModelConfig, known) if known else None
    except SettingsError:
        return None


def _work(shape: ModelConfig, distinct: int) -> float:
    """Operations that learning a character takes, at least (docs/performance.md)."""
    hidden = shape.n_hidden
    return 6.0 * ((2 * shape.n_layers - 1) * GATES[shape.model] * hidden**2 + hidden * distinct)
