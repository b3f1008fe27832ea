"""What a person should know about a run without having to look for it.

:func:`alerts` says what is the case at one moment; what of it is new is for ``alert_book`` to tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tui_textgen.runs.judgement import divergence, overfitting
from tui_textgen.runs.pace import pace
from tui_textgen.runs.snapshot import RunSnapshot, RunState

LATE = 3
"""So many times ``checkpoint_seconds`` without a checkpoint is too long; and as long as a trainer may be silent."""
SILENT_SECONDS = 60.0
SILENT_STEPS = 20
SILENT_VALIDATIONS = 3
"""A trainer is silent after that time, so many steps' time and so many validations' time without a sign of life."""
LONG_VALIDATION = 600.0
"""Seconds for one of which nobody knows how much it reads."""
WATCHED_STEPS = 1000
"""After a training went back, its numbers may fail again: as long as it counts its setbacks."""
LOW_DISK = 1_000_000_000
CHECKPOINT_FLOATS = 5
"""For each parameter, of 4 bytes, while a checkpoint is written: weights, and for a resume weights and two moments."""
CHECKPOINTS = 3
"""How many more of them shall find room."""


class Kind(StrEnum):
    """What an alert is about."""

    NO_NUMBER = "no number"
    WENT_BACK = "went back"
    DIVERGING = "diverging"
    OVERFITTING = "overfitting"
    DISK = "disk"
    HOT = "hot"
    SILENT = "silent"
    UNSAVED = "unsaved"
    TROUBLE = "trouble"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    GONE = "gone"


ENDED = {
    RunState.FAILED: Kind.FAILED,
    RunState.INTERRUPTED: Kind.INTERRUPTED,
    RunState.FINISHED: Kind.FINISHED,
}
NEWS, WARNING, ERROR = "news", "warning", "error"


@dataclass(frozen=True)
class Alert:
    """Something that needs a person: a sentence, with its remedy."""

    kind: Kind
    level: str
    """``news``, ``warning`` or ``error``."""
    text: str
    occurrence: object = None
    """Two alerts of one kind are two occurrences where this differs."""
    resumable: bool = False
    """Whether resuming is what helps; how that is asked for is for the screen to say."""

    @property
    def key(self) -> tuple[Kind, object]:
        return self.kind, self.occurrence


def alerts(snapshot: RunSnapshot, now: float) -> tuple[Alert, ...]:
    """Everything that is the case, what matters most last; ``now`` in seconds since 1970."""
    if snapshot.gone:
        return (Alert(Kind.GONE, ERROR, "The run is not there any more: it was renamed or deleted."),)
    return (*_of_the_losses(snapshot), *_of_the_machine(snapshot), *_of_the_trainer(snapshot, now))


def unsaved_for(snapshot: RunSnapshot, now: float) -> float | None:
    """Seconds since the last checkpoint, where that is too long for a run that is being trained; None: all is well."""
    facts = snapshot.summary
    if facts.state is not RunState.RUNNING:
        return None
    begun = max(snapshot.saved_at or facts.created, snapshot.since or 0.0)  # a resumed run was not late before
    allowed = LATE * _number(facts.config.get("checkpoint_seconds"), 60.0) + _patience(snapshot)
    return now - begun if now - begun > allowed else None


def diverging(snapshot: RunSnapshot) -> bool:
    """Whether a run that goes on has lost much of what it had learned."""
    going_on = snapshot.summary.state in (RunState.RUNNING, RunState.PAUSED)
    return going_on and divergence(snapshot.train, snapshot.distinct) is not None


def _of_the_trainer(snapshot: RunSnapshot, now: float) -> Iterator[Alert]:
    facts = snapshot.summary
    if kind := ENDED.get(facts.state):
        yield _ended(kind, snapshot)
    elif facts.message and facts.state.live:
        yield Alert(Kind.TROUBLE, ERROR, facts.message, facts.message)
    silence = _silence(snapshot, now)
    if silence is not None:
        process = f"Process {facts.pid}" if facts.pid else "It"
        text = (
            f"The trainer has said nothing for {_long(silence)}. {process} is alive, but stands still, or "
            "cannot write to its disk; trainer.log may tell more."
        )
        yield Alert(Kind.SILENT, ERROR, text, snapshot.heard_at)
    late = unsaved_for(snapshot, now)
    if late is not None:
        text = (
            f"Nothing has been saved for {_long(late)}. Is the disk full, or failing? Ask for a checkpoint to find out."
        )
        yield Alert(Kind.UNSAVED, ERROR, text, snapshot.saved_at)


def _ended(kind: Kind, snapshot: RunSnapshot) -> Alert:
    facts, begun = snapshot.summary, snapshot.since
    if kind is Kind.FINISHED:
        best = facts.best_val_loss
        words = "" if best is None else f"; the best validation loss is {best:.4f} nats per character"
        return Alert(kind, NEWS, f"Finished at step {facts.step:,}{words}.", begun)
    if kind is Kind.FAILED:
        return Alert(kind, ERROR, facts.message or "The trainer failed; trainer.log says why.", begun)
    text = "The trainer ended without a word."
    return Alert(kind, ERROR, text, begun, resumable=True)


def _of_the_losses(snapshot: RunSnapshot) -> Iterator[Alert]:
    facts, back = snapshot.summary, snapshot.went_back
    if back is not None and facts.state.live and facts.step <= back + WATCHED_STEPS:
        text = (
            f"The training went back to step {back:,}, since its numbers failed; it goes on at "
            f"{facts.rate_factor:g} times its schedule's rate. The log says what failed."
        )
        yield Alert(Kind.WENT_BACK, WARNING, text, (back, facts.rate_factor))
    if facts.train_loss is not None and not math.isfinite(facts.train_loss):
        text = (
            f"The loss at step {facts.step:,} is no number: its update is left out. After several in a row the "
            "training goes back to its last checkpoint, at half the rate."
        )
        yield Alert(Kind.NO_NUMBER, ERROR, text)
    elif apart := divergence(snapshot.train, snapshot.distinct):
        text = (
            f"The training diverges: its loss is {apart.loss:.2f}, after {apart.best:.2f} at best. "
            "Lower the learning rate, or stop, and fork a new run from the best checkpoint."
        )
        yield Alert(Kind.DIVERGING, WARNING, text)
    if best := overfitting(snapshot.train, snapshot.validation):
        text = (
            f"Overfitting: the validation loss was best at step {best.step:,} ({best.mean:.4f}), and rises since, "
            "while the training loss falls. best.safetensors holds that step; stopping now would lose nothing."
        )
        yield Alert(Kind.OVERFITTING, WARNING, text, best.step)


def _of_the_machine(snapshot: RunSnapshot) -> Iterator[Alert]:
    """From what the trainer read last; after its end that tells nothing."""
    if not snapshot.hardware or not snapshot.summary.state.live:
        return
    reading = snapshot.hardware[-1]
    checkpoint = 4 * CHECKPOINT_FLOATS * (snapshot.summary.parameters or 0)
    free = reading.disk_free
    if free is not None and free < max(LOW_DISK, CHECKPOINTS * checkpoint):
        text = (
            f"The disk is nearly full: {_bytes(free)} left, and a checkpoint takes {_bytes(checkpoint)} while it is "
            "written. Make room, or stop the run."
        )
        yield Alert(Kind.DISK, ERROR if free < checkpoint else WARNING, text)
    for gpu in reading.gpus:
        if gpu.hot:
            slow = "" if gpu.slowdown is None else f", and slows down at {gpu.slowdown:.0f}"
            text = f"GPU {gpu.index} is hot: {gpu.temperature:.0f} °C{slow}. See to its cooling, or pause the run."
            yield Alert(Kind.HOT, WARNING, text, gpu.index)


def _silence(snapshot: RunSnapshot, now: float) -> float | None:
    """Seconds without a sign of life, where they are too many."""
    if snapshot.heard_at is None or snapshot.summary.state not in (RunState.RUNNING, RunState.PAUSED):
        return None
    silent = now - max(snapshot.heard_at, snapshot.since or 0.0)
    return silent if silent > _patience(snapshot) else None


def _patience(snapshot: RunSnapshot) -> float:
    """Seconds that a trainer may take for what it does between two signs of life."""
    steps = SILENT_STEPS * (pace(snapshot.train) or 0.0)
    return SILENT_SECONDS + steps + SILENT_VALIDATIONS * _validation_seconds(snapshot)


def _validation_seconds(snapshot: RunSnapshot) -> float:
    """How long a validation takes: as the last one did; before that, no longer than training on as many characters."""
    if snapshot.validation:
        last = snapshot.validation[-1]
        before = max((point.seconds for point in snapshot.train if point.step <= last.step), default=last.seconds)
        return max(0.0, last.seconds - before)
    held_out = (snapshot.characters or math.inf) * _number(snapshot.summary.config.get("val_frac"), 1.0)
    speed = snapshot.summary.chars_per_second or 0.0
    return min(LONG_VALIDATION, held_out / speed) if speed > 0 else LONG_VALIDATION


def end_of(snapshot: RunSnapshot, now: float) -> float:
    """When a run that has ended did so, as far as it is known."""
    moments = [snapshot.heard_at, snapshot.log[-1].time if snapshot.log else None]
    if snapshot.summary.state is not RunState.INTERRUPTED:  # which began when the one before it did
        moments.append(snapshot.since)
    known = [moment for moment in moments if moment is not None and math.isfinite(moment)]
    return min(now, max(known)) if known else now


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _long(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _bytes(number: int) -> str:
    return f"{number / 1e6:,.0f} MB" if number < 1e10 else f"{number / 1e9:,.0f} GB"
