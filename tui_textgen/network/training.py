"""Training as a generator of events: whoever loops over it stores, prints or collects them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

import torch

from tui_textgen.network.asked import SMALLEST_FACTOR, epochs_of, rate_factor_of, sample_of
from tui_textgen.network.events import (
    Altered,
    CheckpointDue,
    CommandTaken,
    MemoryChanged,
    SampleWritten,
    StateChanged,
    StepsCompleted,
    TrainingEvent,
    TrainingFinished,
    ValidationCompleted,
    WentBack,
)
from tui_textgen.network.learner import StepResult
from tui_textgen.network.out_of_memory import memory_told
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.setbacks import LOWER, Setbacks
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunState, StepRecord

REPORT_SECONDS = 0.1
"""Between readings of losses from the device."""
POLL_SECONDS = 0.2
"""Between looks at the commands."""
RETRY_SECONDS = 2.0
"""Between attempts to save what a training came to."""

Clock = Callable[[], float]


def train(
    session: TrainingSession,
    commands: Callable[[], Sequence[Command]],
    clock: Clock = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[TrainingEvent]:
    """Train ``session`` to the end of its plan, or until a stop command.

    An update without a number for a loss or a gradient is left out; several in a row have the training go back to its
    last checkpoint, at a lower rate. Raises DivergedError where that doesn't help, OutOfMemoryError where the device
    has no memory left; no checkpoint is due from there on.
    """
    with memory_told(session.out_of_memory):
        yield from _Training(session, commands, clock, sleep).events()


class _Training:
    """The loop's own state: what is not yet reported, and when what is due."""

    def __init__(
        self,
        session: TrainingSession,
        commands: Callable[[], Sequence[Command]],
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._session, self._commands, self._clock, self._sleep = session, commands, clock, sleep
        self._unread: list[StepResult] = []
        self._counted = self._polled = self._saved = clock()
        self._saved_step: int | None = None
        self._setbacks = Setbacks()
        self._paused = self._stopping = self._checkpoint_wanted = self._memory_unwanted = False

    def events(self) -> Iterator[TrainingEvent]:
        session = self._session
        yield StateChanged(RunState.RUNNING)
        if session.step == 0 and session.config.sample_every:
            yield SampleWritten(session.write_sample())
        while True:
            while not self._ends:
                yield from self._one_step()
            if self._saved_step != session.step:
                yield from self._checkpoint(improved=False)
            if self._setbacks.why is None:
                yield from self._insist()
                if self._ends:  # who waited for the disk may have been asked for more epochs
                    break
            yield from self._go_back()
        yield TrainingFinished(session.step, "stopped" if self._stopping else "finished")

    def _insist(self) -> Iterator[TrainingEvent]:
        """Try to save the end of a training until the disk takes it, or somebody asks to stop."""
        while self._session.save_failed and not self._stopping:
            self._sleep(POLL_SECONDS)
            yield from self._obey()
            if self._clock() - self._saved >= RETRY_SECONDS:
                yield from self._checkpoint(improved=False)

    def _one_step(self) -> Iterator[TrainingEvent]:
        """An update and, every REPORT_SECONDS or when something else is due, what is to tell and to do after it."""
        if not self._unread:
            self._count_seconds()
            self._reported = self._counted
        self._unread.append(self._session.advance())
        validates, samples = self._validation_due(), self._sample_due()
        last = self._session.step == self._session.plan.steps
        if validates or samples or last or self._clock() - self._reported >= REPORT_SECONDS:
            yield self._report()
            if self._setbacks.why is None:
                yield from self._at_boundary(validates, samples)
            yield from self._go_back()

    def _report(self) -> StepsCompleted:
        """Read losses and norms from the device in one go."""
        session, results = self._session, self._unread
        losses, norms = (
            torch.stack(values).tolist()
            for values in ([result.loss for result in results], [result.grad_norm for result in results])
        )
        start, elapsed = session.progress.seconds, self._count_seconds()
        per_step = session.plan.train.lanes * session.plan.train.seq_length
        speed = len(results) * per_step / elapsed if elapsed > 0 else 0.0
        records = tuple(
            StepRecord(
                step=result.step,
                epoch=result.step / session.plan.steps_per_epoch,
                characters=result.step * per_step,
                seconds=start + elapsed * (index + 1) / len(results),
                train_loss=losses[index],
                lr=result.lr,
                grad_norm=norms[index],
                chars_per_second=speed,
            )
            for index, result in enumerate(results)
        )
        self._unread = []
        self._setbacks.take(records)
        return StepsCompleted(records)

    def _go_back(self) -> Iterator[WentBack]:
        """Undo what came after the last checkpoint, where that has to be; the lower rate is saved with the next one."""
        if (why := self._setbacks.why) is None:
            return
        self._setbacks.check()
        session = self._session
        session.go_back(max(SMALLEST_FACTOR, float(f"{session.progress.rate_factor * LOWER:.6g}")))
        self._setbacks.settled()
        self._checkpoint_wanted, self._saved_step = True, None
        self._counted = self._clock()
        yield WentBack(session.step, session.progress.rate_factor, why)

    def _at_boundary(self, validates: bool, samples: bool) -> Iterator[TrainingEvent]:
        """What is due after a step; the checkpoint last, so that a resume has nothing of its step left to do."""
        session, improved = self._session, False
        if validates:
            best = session.progress.best_val_loss
            loss = session.validate()
            if not math.isfinite(loss):
                self._setbacks.call(session.step, f"the validation loss was {loss:g}")
                return
            improved = best is None or loss < best
            self._count_seconds()
            yield ValidationCompleted(session.step, session.epoch, loss, session.progress.seconds)
        if samples:
            yield SampleWritten(session.write_sample())
        if self._clock() - self._polled >= POLL_SECONDS:
            yield from self._obey()
        if improved or self._checkpoint_wanted or self._checkpoint_overdue():
            yield from self._checkpoint(improved)
        if self._paused and not self._stopping:
            yield from self._pause()

    def _obey(self) -> Iterator[TrainingEvent]:
        """Look at the commands, and carry them out."""
        self._polled = self._clock()
        for command in self._commands():
            yield CommandTaken(command, self._session.step)
            match command.kind:
                case CommandKind.PAUSE:
                    self._paused = self._checkpoint_wanted = True
                    self._memory_unwanted |= command.arguments.get("free_memory") is True
                case CommandKind.CONTINUE:
                    self._paused = self._memory_unwanted = False
                case CommandKind.STOP:
                    self._stopping = True
                case CommandKind.CHECKPOINT:
                    self._checkpoint_wanted = True
                case CommandKind.SAMPLE:
                    yield from self._take_memory()
                    yield SampleWritten(self._session.write_sample(**sample_of(command), asked=True))
                case CommandKind.RATE | CommandKind.EXTEND:
                    yield from self._alter(command)

    def _alter(self, command: Command) -> Iterator[Altered]:
        """Change what is asked for, if it can be; a checkpoint follows, so that a resume goes on with it."""
        session = self._session
        if command.kind is CommandKind.RATE:
            change = Altered(session.step, rate_factor=rate_factor_of(command, session.progress.rate_factor))
        else:
            change = Altered(session.step, epochs=epochs_of(command, session.plan))
        if change.rate_factor is None and change.epochs is None:
            return
        session.alter(change.epochs, change.rate_factor)
        self._checkpoint_wanted = True
        yield change

    def _pause(self) -> Iterator[TrainingEvent]:
        self._count_seconds()
        yield from self._free_memory()
        yield StateChanged(RunState.PAUSED)
        while self._paused and not self._stopping:
            self._sleep(POLL_SECONDS)
            yield from self._obey()
            if self._checkpoint_wanted:
                yield from self._take_memory()
                self._counted = self._clock()
                yield from self._checkpoint(improved=False)
                yield from self._go_back()
            yield from self._free_memory()
        if not self._stopping:
            yield from self._take_memory()
            self._counted = self._clock()
            yield StateChanged(RunState.RUNNING)

    def _free_memory(self) -> Iterator[MemoryChanged]:
        """For as long as a pause is to do without; not before the disk has all of it, which may fail."""
        if self._memory_unwanted and self._session.saved and not self._session.released:
            self._session.release()
            yield MemoryChanged(self._session.step, freed=True)

    def _take_memory(self) -> Iterator[MemoryChanged]:
        if self._session.released:
            self._session.recover()
            yield MemoryChanged(self._session.step, freed=False)

    def _checkpoint(self, improved: bool) -> Iterator[CheckpointDue]:
        """Have the session saved if it is worth going back to: not among updates that are left out, unless it is better
        than ever or the last of all, and never where something in it is no number.
        """
        session = self._session
        if self._setbacks.in_row and not (improved or self._ends):
            return
        if not session.is_finite:
            self._setbacks.call(session.step, "the network's own memory held what is no number")
            return
        self._count_seconds()
        self._saved, self._saved_step = self._clock(), session.step
        self._checkpoint_wanted = False
        yield CheckpointDue(session.step, best=improved or session.plan.validation is None)

    @property
    def _ends(self) -> bool:
        """Whether no step is left to do."""
        return self._stopping or self._session.step >= self._session.plan.steps

    def _count_seconds(self) -> float:
        """Add the time since the last call to the run's; that time."""
        now = self._clock()
        elapsed, self._counted = now - self._counted, now
        self._session.progress.seconds += elapsed
        return elapsed

    def _validation_due(self) -> bool:
        session = self._session
        if session.plan.validation is None:
            return False
        ends = session.step == session.plan.steps or session.step % session.plan.steps_per_epoch == 0
        return ends or session.step % session.progress.val_every == 0

    def _sample_due(self) -> bool:
        every = self._session.config.sample_every
        return every > 0 and self._session.step % every == 0

    def _checkpoint_overdue(self) -> bool:
        return self._clock() - self._saved >= self._session.config.checkpoint_seconds
