"""What a training tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.runs.commands import Command
from tui_textgen.runs.snapshot import RunState, Sample, StepRecord


@dataclass(frozen=True)
class StepsCompleted:
    """Some more steps, in order and without a gap; sent at most about ten times a second."""

    steps: tuple[StepRecord, ...]


@dataclass(frozen=True)
class ValidationCompleted:
    """The held-out part was predicted: ``loss`` in nats per character, ``seconds`` the run's age."""

    step: int
    epoch: float
    loss: float
    seconds: float


@dataclass(frozen=True)
class SampleWritten:
    """The network wrote a snippet."""

    sample: Sample


@dataclass(frozen=True)
class CheckpointDue:
    """Now is the time to commit what was told so far, and then to save the session."""

    step: int
    best: bool


@dataclass(frozen=True)
class StateChanged:
    """The training is running, or pauses."""

    state: RunState


@dataclass(frozen=True)
class MemoryChanged:
    """The device's memory was ``freed`` for a pause, or taken again."""

    step: int
    freed: bool


@dataclass(frozen=True)
class Altered:
    """From ``step`` on, the training goes by another factor on its rate, or to another number of epochs in all."""

    step: int
    rate_factor: float | None = None
    epochs: int | None = None


@dataclass(frozen=True)
class WentBack:
    """What came after ``step`` is undone, since ``why``; from there on training goes at another factor on its rate."""

    step: int
    rate_factor: float
    why: str


@dataclass(frozen=True)
class CommandTaken:
    """A command took effect (or was none that a training knows) after ``step`` updates."""

    command: Command
    step: int


@dataclass(frozen=True)
class TrainingFinished:
    """The last event: ``reason`` is ``"finished"`` or ``"stopped"``."""

    step: int
    reason: str


TrainingEvent = (
    StepsCompleted
    | ValidationCompleted
    | SampleWritten
    | CheckpointDue
    | StateChanged
    | MemoryChanged
    | Altered
    | WentBack
    | CommandTaken
    | TrainingFinished
)
