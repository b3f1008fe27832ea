"""What a training says, written into its run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui_textgen.errors import TextgenError
from tui_textgen.network.events import (
    CheckpointDue,
    CommandTaken,
    SampleWritten,
    StateChanged,
    StepsCompleted,
    TrainingEvent,
    TrainingFinished,
    ValidationCompleted,
)
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore

if TYPE_CHECKING:
    from tui_textgen.network.session import TrainingSession


class Recorder:
    """Turns events into rows, and saves the session when that is due: after the rows that the checkpoint covers."""

    def __init__(self, store: RunStore, folder: RunFolder, session: TrainingSession) -> None:
        self._store = store
        self._folder = folder
        self._session = session
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
            case CommandTaken(command, step):
                store.mark_taken(command, step)
                store.add_log("info", f"{command.kind} at step {step:,}")
            case TrainingFinished(step, reason):
                store.set_facts(state=RunState(reason), pid=None)
                store.add_log("info", f"{reason} at step {step:,}")
                store.commit(durable=True)

    def _save(self, best: bool) -> None:
        """Rows first: a checkpoint never knows of a step that has no row."""
        self._store.commit(durable=True)
        try:
            self._session.save(self._folder, best)
        except TextgenError as error:
            # The checkpoints before it are whole; training goes on, and saves again when the next one is due.
            self._store.add_log("error", str(error))
            self._store.set_facts(message=str(error))
            return
        self._store.set_facts(saved_at=time.time(), message=None)
