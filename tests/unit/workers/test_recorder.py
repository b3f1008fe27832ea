"""What a training says, as somebody who watches the run sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.unit.runs.making import new_run, record
from tui_textgen.errors import TextgenError
from tui_textgen.network.events import CheckpointDue, CommandTaken, StepsCompleted, TrainingFinished, WentBack
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.watch import RunWatch
from tui_textgen.workers.recorder import Recorder


@dataclass
class Session:
    """Calls ``saving`` while it saves."""

    saving: Callable[[], None] = lambda: None
    notes: tuple[str, ...] = field(default=())

    def save(self, _folder: RunFolder, _best: bool) -> None:
        self.saving()


@dataclass
class Recorded:
    """A recorder, and what a watcher sees of its run."""

    session: Session
    recorder: Recorder
    store: RunStore
    watch: RunWatch

    def seen(self) -> RunSnapshot:
        return self.watch.poll()

    def ask(self, kind: CommandKind) -> Command:
        """What the trainer is given when somebody asks for it."""
        with self.store._connection as connection:  # the watch would look for a trainer first
            connection.execute("INSERT INTO commands (kind, arguments, sent) VALUES (?, '{}', 0)", (kind,))
        return self.store.commands()[0]


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    with new_run() as run, closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        session = Session()
        yield Recorded(session, Recorder(store, run, cast("Any", session)), store, watch)


@pytest.mark.parametrize("kind", [CommandKind.STOP, CommandKind.CHECKPOINT])
def test_what_ends_with_a_checkpoint_is_in_work_until_it_is_saved(recorded: Recorded, kind: CommandKind) -> None:
    during: list[tuple[Command, ...]] = []
    recorded.session.saving = lambda: during.append(recorded.seen().waiting)
    command = recorded.ask(kind)
    recorded.recorder.record(CommandTaken(command, 5))
    recorded.recorder.record(CheckpointDue(5, best=False))
    recorded.store.commit()
    assert during == [(command,)]
    assert recorded.seen().waiting == ()


def test_a_stop_right_after_a_checkpoint_is_done_too(recorded: Recorded) -> None:
    recorded.recorder.record(CommandTaken(recorded.ask(CommandKind.STOP), 5))
    recorded.recorder.record(TrainingFinished(5, "stopped"))
    assert recorded.seen().waiting == ()


def test_a_checkpoint_that_fails_is_said_until_one_succeeds(recorded: Recorded) -> None:
    def full() -> None:
        raise TextgenError("The disk is full; make room.")

    recorded.session.saving = full
    recorded.recorder.record(CommandTaken(recorded.ask(CommandKind.CHECKPOINT), 5))
    recorded.recorder.record(CheckpointDue(5, best=False))
    recorded.store.commit()
    seen = recorded.seen()
    assert (seen.summary.message, seen.log[-1].level, seen.waiting) == ("The disk is full; make room.", "error", ())
    recorded.session.saving = lambda: None
    recorded.recorder.record(CheckpointDue(6, best=False))
    recorded.store.commit()
    assert recorded.seen().summary.message is None
    assert recorded.seen().log[-1].text == "Checkpoints can be saved again."


def test_what_a_training_went_back_behind_is_gone_from_its_record(recorded: Recorded) -> None:
    recorded.recorder.record(StepsCompleted(tuple(record(step) for step in range(1, 21))))
    recorded.recorder.record(WentBack(12, 0.5, "it was so"))
    recorded.recorder.record(StepsCompleted(tuple(record(step) for step in range(13, 16))))
    recorded.store.commit()
    seen = recorded.seen()
    assert [step.step for step, _ in recorded.watch.metrics()] == list(range(1, 16))
    assert seen.summary.rate_factor == 0.5
    assert seen.went_back == 12
    assert seen.log[-1].level == "warning"
    assert "it was so" in seen.log[-1].text
