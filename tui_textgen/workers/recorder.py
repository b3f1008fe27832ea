"""What a training says, written into its run."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from tui_textgen.errors import RunLostError, TextgenError
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
from tui_textgen.runs.commands import SAVES, Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import is_gone
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore

if TYPE_CHECKING:
    from tui_textgen.network.session import TrainingSession


ASKED = {
    CommandKind.PAUSE: "Asked to pause",
    CommandKind.CONTINUE: "Asked to go on",
    CommandKind.STOP: "Asked to stop",
    CommandKind.CHECKPOINT: "Asked for a checkpoint",
    CommandKind.SAMPLE: "Asked for a sample",
    CommandKind.RATE: "Asked for another learning rate",
    CommandKind.EXTEND: "Asked for more epochs",
}


class Recorder:
    """Turns events into rows, and saves the session when that is due: after the rows that the checkpoint covers."""

    def __init__(self, store: RunStore, folder: RunFolder, session: TrainingSession) -> None:
        self._store = store
        self._folder = folder
        self._session = session
        self._in_work: list[tuple[Command, int]] = []
        self._save_failed = False
        for note in session.notes:
            store.add_log("info", note)

    def record(self, event: TrainingEvent) -> None:
        """Take one event in."""
        store = self._store
        match event:
            case StepsCompleted(steps):
                store.add_steps(steps)
            case ValidationCompleted(step, epoch, loss, seconds):
                store.add_validation(step, epoch, seconds, loss)
            case SampleWritten(sample):
                store.add_sample(sample)
            case CheckpointDue(_, best):
                self._save(best)
            case StateChanged(state):
                store.set_facts(state=state)
                store.commit()
            case MemoryChanged(step, freed):
                store.set_facts(memory_freed=freed)
                done, until = ("Freed", ", until the run goes on") if freed else ("Took again", "")
                store.add_log("info", f"{done} the memory of {self._session.device} at step {step:,}{until}.")
            case Altered():
                self._tell_altered(event)
            case WentBack(step, rate_factor, why):
                store.drop_after(step)  # it did not happen
                store.set_facts(rate_factor=rate_factor, went_back=step)
                words = f"Back at step {step:,}, with {rate_factor:g} times its schedule's learning rate"
                store.add_log("warning", f"{words}: {why}.")
            case CommandTaken(command, step):
                if command.kind in SAVES:
                    self._in_work.append((command, step))
                else:
                    store.mark_taken(command, step)
                store.add_log("info", f"{ASKED[command.kind]} at step {step:,}.")
            case TrainingFinished(step, reason):
                self._mark_taken()
                store.set_facts(state=RunState(reason), pid=None)
                store.add_log("info", f"{reason.capitalize()} at step {step:,}.")
                store.commit(durable=True)

    def _tell_altered(self, event: Altered) -> None:
        plan, config = self._session.plan, self._session.config
        if event.rate_factor is not None:
            self._store.set_facts(rate_factor=event.rate_factor)
            words = f"the learning rate is {event.rate_factor:g} times its schedule's"
        else:
            self._store.set_facts(config=config.model_dump(mode="json"), plan=asdict(plan), steps=plan.steps)
            words = f"the run has {plan.epochs:,} epochs, {plan.steps:,} steps, and the schedule stretches over them"
        self._store.add_log("info", f"From step {event.step:,} on, {words}.")

    def _save(self, best: bool) -> None:
        """Rows first: a checkpoint never knows of a step that has no row. Raises RunLostError."""
        if is_gone(self._folder.path):  # saving would make a folder that holds no run
            raise RunLostError("The training ends, since its run was taken away.")
        self._store.commit(durable=True)
        try:
            self._session.save(self._folder, best)
        except TextgenError as error:
            # The checkpoints before it are whole; training goes on, and saves again when the next one is due.
            self._save_failed = True
            self._store.add_log("error", str(error))
            self._store.set_facts(message=str(error))
            self._mark_taken()
            return
        if self._save_failed:
            self._save_failed = False
            self._store.add_log("info", "Checkpoints can be saved again.")
        self._store.set_facts(saved_at=time.time(), message=None)
        self._mark_taken()
        with suppress(OSError):  # as large as a checkpoint, and nothing begins there any more
            self._folder.start.unlink()

    def _mark_taken(self) -> None:
        """What was in work is done."""
        for command, step in self._in_work:
            self._store.mark_taken(command, step)
        self._in_work.clear()
