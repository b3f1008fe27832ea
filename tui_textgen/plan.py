"""What follows from a configuration and the size of a text, before anything is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui_textgen.config import ModelConfig, TrainingConfig, build
from tui_textgen.errors import CorpusError, SettingsError

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
VALIDATION_SHARE = 0.05
"""Of a run's work, what validating takes when ``val_every`` is not given."""
FORWARD_SHARE = 1 / 3
"""Cost of predicting a character against learning from it: one pass instead of about three."""
ENOUGH_EPOCHS, ENOUGH_STEPS = 5, 600
"""What a text is read for, at least, where ``epochs`` is not given."""
MANY_DISTINCT = 20_000
"""Characters beyond which their number is worth a word."""
VALIDATION_LANES, VALIDATION_LANE_LENGTH, VALIDATION_WINDOW = 128, 1500, 100
"""The most lanes that validate, the fewest characters of each of several, and those of a window: on Anna Karenina
the notebook's measure."""


@dataclass(frozen=True)
class Grid:
    """A part of a text as ``lanes`` contiguous lanes of ``windows`` windows of ``seq_length`` characters.

    Lane ``i`` starts at character ``i * windows * seq_length`` of the part. Every character of the grid has its
    successor in the text as its target, so no label is wrapped.
    """

    lanes: int
    windows: int
    seq_length: int

    @classmethod
    def over(cls, characters: int, lanes: int, seq_length: int) -> Grid:
        """The grid of at most ``lanes`` × ``seq_length`` that fits ``characters`` (≥ 2)."""
        predictable = characters - 1
        seq_length = min(seq_length, predictable)
        lanes = min(lanes, predictable // seq_length)
        return cls(lanes, predictable // (lanes * seq_length), seq_length)

    @property
    def lane_length(self) -> int:
        """Characters of one lane."""
        return self.windows * self.seq_length

    @property
    def characters(self) -> int:
        """Characters predicted in one pass over the grid."""
        return self.lanes * self.lane_length


@dataclass(frozen=True)
class Plan:
    """The sizes of a run: ``train_characters`` first, then ``val_characters``, contiguous."""

    train_characters: int
    val_characters: int
    train: Grid
    validation: Grid | None
    epochs: int
    steps: int
    val_every: int
    notes: tuple[str, ...]
    """What was made to fit, each a sentence."""

    @property
    def steps_per_epoch(self) -> int:
        return self.train.windows


def plan_run(config: TrainingConfig, characters: int, distinct: int) -> Plan:
    """The plan for a text of ``characters``, ``distinct`` of them different; raises CorpusError."""
    if characters == 0:
        raise CorpusError("The text is empty; choose one with something in it.")
    if distinct < 2:
        raise CorpusError(
            "The text has only one distinct character, so there is nothing to learn; it takes at least 2."
        )
    train_characters = trained_characters(characters, config.val_frac)
    val_characters = characters - train_characters
    if config.val_frac > 0 and (val_characters < 2 or train_characters < 2):
        raise CorpusError(
            f"The text is too short ({characters} characters) to hold out {config.val_frac:.0%} for validation; "
            "use a longer text, or train without validation: --val-frac 0."
        )
    train = Grid.over(train_characters, config.batch_size, config.seq_length)
    validation = validation_grid(val_characters) if val_characters else None
    epochs = config.epochs or max(ENOUGH_EPOCHS, math.ceil(ENOUGH_STEPS / train.windows))
    steps = epochs * train.windows
    return Plan(
        train_characters=train_characters,
        val_characters=val_characters,
        train=train,
        validation=validation,
        epochs=epochs,
        steps=min(steps, config.max_steps or steps),
        val_every=config.val_every or _affordable_val_every(train, validation),
        notes=_notes(config, train, distinct),
    )


def trained_characters(characters: int, val_frac: float) -> int:
    """How many are learned from, the first ones; those behind them are held out."""
    return int(characters * (1 - val_frac))


def extended(config: TrainingConfig, epochs: int) -> TrainingConfig:
    """``config`` with ``epochs`` in all; raises SettingsError. Who asks for them later lifts a limit of steps too."""
    return build(TrainingConfig, {**config.model_dump(), "epochs": epochs, "max_steps": None})


def validation_grid(characters: int) -> Grid:
    """How a held-out part is measured: alike in every run of a text, so that their losses compare.

    Few lanes where the text is short, since each starts from nothing.
    """
    return Grid.over(
        characters, min(VALIDATION_LANES, (characters - 1) // VALIDATION_LANE_LENGTH) or 1, VALIDATION_WINDOW
    )


def count_parameters(shape: ModelConfig, distinct: int) -> int:
    """Parameters of the network over a vocabulary of ``distinct`` characters."""
    gates, hidden = GATES[shape.model], shape.n_hidden
    first = gates * hidden * (distinct + hidden + 2)
    upper = gates * hidden * (2 * hidden + 2)
    return first + (shape.n_layers - 1) * upper + (hidden + 1) * distinct


def share_of_rank(lanes: int, ranks: int, rank: int) -> slice:
    """Which of ``lanes`` lanes ``rank`` of ``ranks`` takes: neighbours, in order, as many as the others or one more."""
    return slice(lanes * rank // ranks, lanes * (rank + 1) // ranks)


def check_ranks(config: TrainingConfig, plan: Plan, ranks: int) -> None:
    """Raises SettingsError unless every one of ``ranks`` has a lane to train on, and a place to do so."""
    if not 1 <= ranks <= plan.train.lanes:
        most = plan.train.lanes
        lanes, ranks_there = ("1 lane", "1") if most == 1 else (f"{most} lanes", f"1 to {most}")
        raise SettingsError(
            f"nproc: the run has {lanes}, which {ranks} processes cannot share; ask for {ranks_there}, or "
            "start a run with more lanes: --batch-size."
        )
    if ranks > 1 and config.device not in ("auto", "cpu", "cuda"):
        raise SettingsError(
            f"device: several processes train on the CPU or a GPU each, not all on {config.device}; choose auto, cpu "
            "or cuda."
        )


def _affordable_val_every(train: Grid, validation: Grid | None) -> int:
    if validation is None:
        return train.windows
    cost_in_steps = FORWARD_SHARE * validation.characters / (train.lanes * train.seq_length)
    return max(10, math.ceil(cost_in_steps / VALIDATION_SHARE))


def _notes(config: TrainingConfig, train: Grid, distinct: int) -> tuple[str, ...]:
    notes = []
    if (train.lanes, train.seq_length) != (config.batch_size, config.seq_length):
        notes.append(
            f"The text is short for {config.batch_size} lanes × {config.seq_length} characters: "
            f"training with {train.lanes} × {train.seq_length}."
        )
    if distinct > MANY_DISTINCT and config.unit == "char" and config.min_count == 1:
        notes.append(
            f"The text has {distinct:,} distinct characters, each with weights of its own: --min-count 10 takes rare "
            "ones as one, --unit byte reads bytes."
        )
    return tuple(notes)
