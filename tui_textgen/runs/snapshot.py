"""How a run looks at one moment: frozen, small, and ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.commands import Command


class RunState(StrEnum):
    """The states of a run. INTERRUPTED is never stored: it is a live state without a trainer."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def live(self) -> bool:
        """Whether a trainer is at work in this state."""
        return self in (RunState.STARTING, RunState.RUNNING, RunState.PAUSED, RunState.STOPPING)


class StepRecord(NamedTuple):
    """What one update measured. Any of the numbers may be NaN or infinite."""

    step: int
    epoch: float
    characters: int
    """Learned from so far, over all epochs."""
    seconds: float
    """Of training so far, without pauses and over all resumes."""
    train_loss: float
    """Nats per character."""
    lr: float
    grad_norm: float
    chars_per_second: float
    """Of training steps alone."""


class Point(NamedTuple):
    """One point of a curve: a bin of steps, or one validation (then ``low == mean == high``)."""

    step: int
    epoch: float
    seconds: float
    mean: float
    low: float
    high: float


Series = tuple[Point, ...]
"""A curve in order of its steps, reduced to at most about a thousand points."""


@dataclass(frozen=True)
class Stretch:
    """A part of a run, its curves as fine as about a thousand points can be."""

    first: int
    last: int
    """The steps that were asked for; the last ones may not have been trained yet."""
    train: Series = ()
    validation: Series = ()
    lr: Series = ()
    grad_norm: Series = ()
    speed: Series = ()


@dataclass(frozen=True)
class Sample:
    """A snippet that the network wrote while it learned. ``prime`` is not part of ``text``."""

    step: int
    epoch: float
    prime: str
    text: str
    seed: int
    temperature: float
    asked: bool = False
    """Whether somebody asked for it, rather than the schedule."""


@dataclass(frozen=True)
class LogLine:
    """One line of a run's log; ``time`` in seconds since the epoch of 1970."""

    time: float
    level: str
    text: str


@dataclass(frozen=True)
class RunSummary:
    """A run's facts: a line of the list, and what ``runs show --json`` prints. None: not known yet."""

    name: str
    state: RunState
    corpus: str
    step: int
    steps: int | None
    epoch: float
    epochs: int
    train_loss: float | None
    val_loss: float | None
    best_val_loss: float | None
    chars_per_second: float | None
    parameters: int | None
    device: str | None
    precision: str | None
    seconds: float
    message: str | None
    pid: int | None
    resumed_from: int | None
    created: float
    config: Mapping[str, Any]
    rate_factor: float = 1.0
    """Times the schedule's learning rate, as somebody asked for."""
    forked_from: Mapping[str, Any] | None = None
    """``run``, as it was called then, and ``step`` of the checkpoint that it began with."""
    begun_from: Mapping[str, Any] | None = None
    """``model``, as it was asked for, ``step`` of it if known, and ``notes``, what changed with this text."""

    @property
    def readable(self) -> bool:
        """Whether the record could be read; else the state is FAILED for want of a better word, and may not last."""
        return self.steps is not None

    @property
    def per(self) -> str:
        """What the network reads one by one, and its losses are per."""
        return "byte" if self.config.get("unit") == "byte" else "character"


@dataclass(frozen=True)
class RunSnapshot:
    """A run as the dashboard draws it."""

    summary: RunSummary
    distinct: int | None = None
    """Characters in the vocabulary."""
    characters: int | None = None
    """Of the text."""
    corpus_sha256: str | None = None
    """Of the text: runs whose texts are equal have it in common."""
    steps_per_epoch: int | None = None
    train: Series = ()
    validation: Series = ()
    lr: Series = ()
    grad_norm: Series = ()
    speed: Series = ()
    """Characters per second."""
    samples: int = 0
    """How many there are; the newest is ``newest_sample``, the others are fetched by index."""
    newest_sample: Sample | None = None
    memory_freed: bool = False
    """Whether a pause does without the device's memory."""
    saved_at: float | None = None
    """When the last checkpoint was complete, in seconds since 1970."""
    went_back: int | None = None
    """The step to which the training last went back by itself, because its numbers failed."""
    log: tuple[LogLine, ...] = ()
    """The newest lines, oldest first."""
    hardware: tuple[HardwareReading, ...] = ()
    """The newest readings of the trainer's machine, oldest first."""
    waiting: tuple[Command, ...] = ()
    """What was asked and the trainer has not taken up yet, or is at work on."""
    since: float | None = None
    """When the state that the store tells of began, in seconds since 1970."""
    heard_at: float | None = None
    """When the trainer last gave a sign of life, in seconds since 1970: it reads the hardware between two steps."""
    gone: bool = False
    """Whether the run was renamed or deleted since it was opened: then this is how it was."""
