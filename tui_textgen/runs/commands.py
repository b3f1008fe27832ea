"""What can be asked of a trainer: rows in the run's store."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CommandKind(StrEnum):
    """What can be asked for.

    PAUSE takes ``free_memory`` (true: of the device, until it goes on), SAMPLE ``prime`` and ``temperature``, RATE
    ``factor`` (times what the learning rate is by now), EXTEND ``epochs`` (in all).
    """

    PAUSE = "pause"
    CONTINUE = "continue"
    STOP = "stop"
    CHECKPOINT = "checkpoint"
    SAMPLE = "sample"
    RATE = "rate"
    EXTEND = "extend"


SAVES = (CommandKind.STOP, CommandKind.CHECKPOINT)
"""What is asked for and ends with a checkpoint: until that is saved, it is not done."""


@dataclass(frozen=True)
class Command:
    """A request to the trainer. ``id`` is given by the store."""

    kind: CommandKind
    arguments: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
