"""What can be asked of a training while it goes on: memory for a pause, another rate, more epochs; and its forks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from tests.unit.network.making import KINDS, Script, Ticks, events, resumed, run_folder, session, settings
from tui_textgen.network.asked import epochs_of, rate_factor_of
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
)
from tui_textgen.network.schedule import rate_at
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.training import train
from tui_textgen.plan import extended, plan_run
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import RunState, StepRecord

FREE = Command(CommandKind.PAUSE, {"free_memory": True})
GO_ON = Command(CommandKind.CONTINUE)
SAMPLE = Command(CommandKind.SAMPLE)


def rate(factor: Any) -> Command:
    return Command(CommandKind.RATE, {"factor": factor})


def extend(epochs: Any) -> Command:
    return Command(CommandKind.EXTEND, {"epochs": epochs})


def trained(
    training: TrainingSession,
    folder: RunFolder,
    *calls: Sequence[Command],
    seen: Callable[[TrainingEvent], object] = id,
) -> list[TrainingEvent]:
    """What a training tells; checkpoints are written when due, and it looks at the commands after each step."""
    told = []
    clock = Ticks(step=1.0)
    for event in train(training, Script(*calls), clock, clock.sleep):
        told.append(event)
        if isinstance(event, CheckpointDue):
            training.save(folder, event.best)
        seen(event)
    return told


def records(told: Sequence[TrainingEvent]) -> list[StepRecord]:
    return [record for event in told if isinstance(event, StepsCompleted) for record in event.steps]


def measured(told: Sequence[TrainingEvent]) -> list[tuple[int, float, float, float]]:
    return [(row.step, row.train_loss, row.grad_norm, row.lr) for row in records(told)]


def altered(told: Sequence[TrainingEvent]) -> list[Altered]:
    return [event for event in told if isinstance(event, Altered)]


# A pause without memory


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_pause_that_frees_the_memory_changes_nothing(kind: str, optimizer: str, tmp_path: Path) -> None:
    """Bit for bit, masks and the state within an epoch too; a sample in the pause takes the memory for itself."""
    values: dict[str, Any] = {"model": kind, "optimizer": optimizer, "drop_prob": 0.4, "precision": "bf16"}
    straight = session(tmp_path, **values)
    whole = measured(trained(straight, run_folder(tmp_path)))
    paused = session(tmp_path, **values)
    freed: list[bool] = []

    def look(event: TrainingEvent) -> None:
        if isinstance(event, MemoryChanged):
            freed.append(event.freed)
            assert paused.released is event.freed is not hasattr(paused, "network")

    told = trained(paused, run_folder(tmp_path), [], [], [FREE], [], [SAMPLE], [], [GO_ON], seen=look)
    assert freed == [True, False, True, False]
    assert measured(told) == whole
    assert len([event for event in told if isinstance(event, SampleWritten) and event.sample.asked]) == 1
    for ours, theirs in zip(paused.network.parameters(), straight.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_what_is_not_on_the_disk_is_not_let_go(tmp_path: Path) -> None:
    """A full disk: the checkpoint is due, and nobody writes it."""
    training = session(tmp_path)
    told = events(training, [FREE], [], [GO_ON], clock=Ticks(step=1.0))
    assert StateChanged(RunState.PAUSED) in told
    assert not [event for event in told if isinstance(event, MemoryChanged)]
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")


def test_a_pause_can_let_go_of_the_memory_later_and_end_without_it(tmp_path: Path) -> None:
    told = trained(session(tmp_path), run_folder(tmp_path), [Command(CommandKind.PAUSE)], [], [FREE], [],
                   [Command(CommandKind.STOP)])  # fmt: skip
    assert [event.freed for event in told if isinstance(event, MemoryChanged)] == [True]
    assert isinstance(told[-1], TrainingFinished)
    again = resumed(session(tmp_path), run_folder(tmp_path))
    assert again.step == told[-1].step


def test_what_is_changed_in_a_pause_without_memory_is_saved(tmp_path: Path) -> None:
    training, folder = session(tmp_path), run_folder(tmp_path)
    trained(training, folder, [FREE], [rate(2)], [Command(CommandKind.STOP)])
    assert training.released
    assert resumed(session(tmp_path), folder).progress.rate_factor == 2


# The rate


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_rate_is_multiplied_from_the_step_on_where_it_was_asked_for(optimizer: str, tmp_path: Path) -> None:
    training = session(tmp_path, schedule="linear", optimizer=optimizer)
    config, steps = training.config, training.plan.steps
    groups = [group for part in training.optimisers._parts for group in part.param_groups]
    told = trained(training, run_folder(tmp_path), [], [rate(1.25)], [], [rate(1.25), rate(0.5)])
    first, second, third = altered(told)
    assert (first.rate_factor, second.rate_factor, third.rate_factor) == (1.25, 1.5625, 0.78125)
    assert first.step < second.step == third.step
    for row in records(told):
        factor = 1.0 if row.step <= first.step else 1.25 if row.step <= second.step else 0.78125
        assert row.lr == factor * rate_at(config, row.step - 1, steps)
    for group in groups:
        assert group["lr"] == pytest.approx(records(told)[-1].lr * group.get("factor", 1.0))


def test_each_change_is_taken_told_and_saved_in_this_order(tmp_path: Path) -> None:
    for asked in (rate(0.8), extend(3)):
        told = trained(session(tmp_path, val_frac=0.0, checkpoint_seconds=1000.0), run_folder(tmp_path), [], [asked])
        at = told.index(CommandTaken(asked, altered(told)[0].step))
        assert [type(event) for event in told[at : at + 3]] == [CommandTaken, Altered, CheckpointDue]


def test_a_resume_goes_on_at_the_rate_that_was_asked_for(tmp_path: Path) -> None:
    folder, straight = run_folder(tmp_path), session(tmp_path)
    whole = measured(trained(straight, folder, [], [rate(3)]))
    before = trained(session(tmp_path), folder, [], [rate(3)], [], [Command(CommandKind.STOP)])
    again = resumed(straight, folder)
    assert again.progress.rate_factor == 3
    assert measured(before) + measured(trained(again, folder)) == whole


def test_an_older_checkpoint_has_no_factor_and_no_optimiser_named(tmp_path: Path) -> None:
    from tui_textgen.network.resume import read_resume
    from tui_textgen.network.tensor_file import read_tensors, write_tensors

    folder, training = run_folder(tmp_path), session(tmp_path)
    training.save(folder, best=False)
    tensors, metadata = read_tensors(folder.resume)
    facts = json.loads(metadata["resume"])
    del facts["optimizer"], facts["progress"]["rate_factor"]
    write_tensors(folder.resume, tensors, {"resume": json.dumps(facts)})
    saved = read_resume(folder.resume)
    assert (saved.optimizer, saved.progress.rate_factor) == ("", 1.0)


@given(st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.booleans()), st.floats(1e-3, 1e3))
def test_whatever_a_factor_is_the_rate_stays_one_that_learns(factor: object, now: float) -> None:
    becomes = rate_factor_of(rate(factor), now)
    assert becomes is None or 1e-3 <= becomes <= 1e3


def test_up_and_down_again_is_where_it_was() -> None:
    factor: float | None = 1.0
    for by in (*[1.25] * 9, *[0.8] * 9):
        assert factor is not None
        factor = rate_factor_of(rate(by), factor)
    assert factor == pytest.approx(1, rel=1e-4)


# More epochs


def test_a_run_is_extended_while_it_trains(tmp_path: Path) -> None:
    training, folder = session(tmp_path, schedule="cosine"), run_folder(tmp_path)
    before, per_epoch = training.plan.steps, training.plan.steps_per_epoch
    told = trained(training, folder, [], [extend(5)])
    at = altered(told)[0].step
    assert told[-1] == TrainingFinished(5 * per_epoch, "finished")
    assert [row.step for row in records(told)] == list(range(1, 5 * per_epoch + 1))
    for row in records(told):
        steps = before if row.step <= at else 5 * per_epoch
        assert row.lr == rate_at(training.config, row.step - 1, steps)
    assert training.card().training is not None
    assert training.config.epochs == 5


def test_what_would_make_it_no_longer_changes_nothing(tmp_path: Path) -> None:
    odd = [extend(value) for value in (2, 1, 0, -3, "7", None, 10**9, math.nan, True)]
    training = session(tmp_path)
    told = trained(training, run_folder(tmp_path), odd)
    assert altered(told) == []
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")


@given(st.one_of(st.integers(), st.floats(), st.text(max_size=3), st.none()))
def test_whatever_is_asked_for_is_a_setting_that_can_be(epochs: object) -> None:
    config = settings(epochs=2, max_steps=30)
    plan = plan_run(config, 1000, 20)
    asked = epochs_of(extend(epochs), plan)
    if asked is not None:
        longer = plan_run(extended(config, asked), 1000, 20)
        assert longer.steps == asked * plan.steps_per_epoch > plan.steps


def test_who_asks_for_epochs_lifts_a_limit_of_steps(tmp_path: Path) -> None:
    training = session(tmp_path, max_steps=10)
    told = trained(training, run_folder(tmp_path), [], [extend(1)])
    assert told[-1] == TrainingFinished(training.plan.steps_per_epoch, "finished")
    assert training.config.max_steps is None


# Forks


def forked(tmp_path: Path, **changes: Any) -> tuple[TrainingSession, TrainingSession]:
    """A training that was saved, and one that begins with its weights under other settings."""
    first, folder = session(tmp_path, drop_prob=0.0), run_folder(tmp_path)
    trained(first, folder)
    folder.start.hardlink_to(folder.resume)
    config = settings(**{"drop_prob": 0.0, **changes})
    text = first.text
    plan = plan_run(config, text.characters, len(text.vocabulary))
    return first, TrainingSession.fork(config, text, plan, folder)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_a_fork_begins_with_the_weights_and_an_optimiser_of_the_same_kind(optimizer: str, tmp_path: Path) -> None:
    first, fork = forked(tmp_path, optimizer=optimizer, batch_size=6, lr=1e-3, epochs=1)
    assert fork.step == 0
    for ours, theirs in zip(fork.network.parameters(), first.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    kept = fork.optimisers.tensors()
    if optimizer == first.config.optimizer:
        assert kept.keys() == first.optimisers.tensors().keys()
    else:
        assert not kept
    last = first.progress.val_loss
    assert last is not None
    assert fork.validate() == pytest.approx(last)
    assert len(records(trained(fork, run_folder(tmp_path)))) == fork.plan.steps


def test_a_checkpoint_says_whose_memory_it_holds(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    session(tmp_path, optimizer="rmsprop").save(folder, best=False)
    with safe_open(folder.resume, framework="pt") as file:
        assert json.loads(file.metadata()["resume"])["optimizer"] == "rmsprop"
