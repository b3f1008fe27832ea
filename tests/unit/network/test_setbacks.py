"""What is no number is not learned from, and never takes a good checkpoint's place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.network.making import KINDS, Ticks, resumed, run_folder, session
from tests.unit.network.test_graphed import begun
from tui_textgen.errors import DivergedError, TextgenError
from tui_textgen.models.card import read_card
from tui_textgen.network.events import (
    CheckpointDue,
    StepsCompleted,
    TrainingEvent,
    TrainingFinished,
    ValidationCompleted,
    WentBack,
)
from tui_textgen.network.learner import StepResult
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.setbacks import MOST, RECOVERED, SEVERAL, Setbacks
from tui_textgen.network.training import train
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import StepRecord


def held(training: TrainingSession) -> list[torch.Tensor]:
    """Copies of all that the next step depends on."""
    parts = (*training.network.parameters(), *training.optimisers.tensors().values(), *training.state)
    return [part.detach().clone() for part in parts]


def poisoned(training: TrainingSession, value: float) -> None:
    """Have a loss that is ``value`` at the next step: by a weight for it, that is good again behind it."""
    bias = training.network.fc.bias.data
    good = bias.clone()
    bias[training._lanes.window(training.step)[1][0, 0]] = value
    training.advance()
    bias.copy_(good)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "muon"])
@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_an_update_without_a_number_changes_nothing(kind: str, optimizer: str, value: float, tmp_path: Path) -> None:
    """-inf: the loss is infinite, and its gradient would not be."""
    training = session(tmp_path, model=kind, optimizer=optimizer, drop_prob=0.3)
    for _ in range(3):
        training.advance()
    before = held(training)
    poisoned(training, value)
    assert training.step == 4
    for ours, theirs in zip(held(training), before, strict=True):
        assert torch.equal(ours, theirs)
    assert math.isfinite(float(training.advance().loss))


@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_where_no_number_may_be_waited_for_the_weights_stay(value: float, tmp_path: Path) -> None:
    """As on a GPU: the rate is 0 for that step, and what the optimiser remembers fades by a step."""
    training = begun(tmp_path, "fp16", optimizer="adamw")
    for _ in range(3):
        training.advance()
    weights = [weight.detach().clone() for weight in training.network.parameters()]
    poisoned(training, value)
    assert all(map(torch.equal, training.network.parameters(), weights))
    assert training.is_finite


Told = list[TrainingEvent]


def trained(
    training: TrainingSession,
    folder: RunFolder,
    spoils: Callable[[int], bool],
    commands: Callable[[], Sequence[Command]] = tuple,
    **clock: float,
) -> Told:
    """What it tells, with a loss that is none where ``spoils`` says so of the number of the call."""
    advance, calls = training.advance, 0

    def spoilt() -> StepResult:
        nonlocal calls
        calls += 1
        if not spoils(calls):
            return advance()
        bias = training.network.fc.bias.data
        good = bias.clone()
        bias.fill_(math.nan)
        result = advance()
        bias.copy_(good)
        return result

    training.advance = spoilt  # type: ignore[method-assign]
    told = []
    for event in train(training, commands, Ticks(**clock)):
        told.append(event)
        if isinstance(event, CheckpointDue):
            training.save(folder, event.best)
    return told


def of(kind: type[Any], told: Told) -> list[Any]:
    return [event for event in told if isinstance(event, kind)]


def test_a_single_one_is_passed_over(tmp_path: Path) -> None:
    training = session(tmp_path, val_frac=0.0)
    told = trained(training, run_folder(tmp_path), lambda call: call == 7)
    rows = [row for event in of(StepsCompleted, told) for row in event.steps]
    assert [row.step for row in rows if not math.isfinite(row.train_loss)] == [7]
    assert not of(WentBack, told)
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")


def test_a_stop_right_behind_one_is_saved(tmp_path: Path) -> None:
    """All since the checkpoint before it was lost: none is made among updates that are left out."""
    training, folder = session(tmp_path, val_frac=0.0, checkpoint_seconds=86400.0), run_folder(tmp_path)
    stop = [Command(CommandKind.STOP)]
    told = trained(training, folder, lambda call: call == 7, lambda: stop if training.step == 7 else (), step=0.3)
    assert told[-1] == TrainingFinished(7, "stopped")
    assert resumed(training, folder).step == 7


def test_the_best_model_is_saved_though_an_update_was_left_out_right_before(tmp_path: Path) -> None:
    """The record told of a best loss whose model was never written."""
    training, folder = session(tmp_path, checkpoint_seconds=86400.0), run_folder(tmp_path)
    told = trained(training, folder, lambda call: call == 5)
    assert of(ValidationCompleted, told)[0].step == 5
    assert [event for event in of(CheckpointDue, told) if event.step == 5] == [CheckpointDue(5, best=True)]


def test_several_in_a_row_go_back_to_the_last_checkpoint_at_half_the_rate(tmp_path: Path) -> None:
    values: dict[str, Any] = {"val_frac": 0.0, "checkpoint_seconds": 1.0, "epochs": 4, "schedule": "constant"}
    training, folder = session(tmp_path, **values), run_folder(tmp_path)
    told = trained(training, folder, lambda call: 40 <= call < 40 + SEVERAL, step=0.05)
    (back,) = of(WentBack, told)
    index = told.index(back)
    saved = [event.step for event in of(CheckpointDue, told[:index])]
    assert 0 < back.step == saved[-1] < 40, "not one among those that were left out"
    rows = [row for event in of(StepsCompleted, told[index:]) for row in event.steps]
    assert [row.step for row in rows] == list(range(back.step + 1, training.plan.steps + 1))
    assert {row.lr for row in rows} == {0.5 * training.config.lr}
    assert resumed(training, folder).progress.rate_factor == 0.5, "a resume goes on with it"


def test_a_fork_goes_back_to_what_it_began_with(tmp_path: Path) -> None:
    source, folder = session(tmp_path), run_folder(tmp_path)
    for _ in range(5):
        source.advance()
    source.save(folder, best=False)
    folder.resume.rename(folder.start)
    fork = TrainingSession.fork(source.config, source.text, source.plan, folder)
    fork.advance()
    fork.go_back(0.5)
    assert (fork.step, fork.progress.rate_factor) == (0, 0.5)
    assert all(map(torch.equal, fork.network.parameters(), source.network.parameters()))


def test_a_best_model_that_could_not_be_written_is_written_by_the_next_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, folder = session(tmp_path), run_folder(tmp_path)
    training.advance()
    monkeypatch.setattr("tui_textgen.corpus.atomic.os.fsync", full)
    with pytest.raises(TextgenError):
        training.save(folder, best=True)
    best = [weight.detach().clone() for weight in training.network.parameters()]
    training.advance()
    monkeypatch.undo()
    training.save(folder, best=False)
    assert (read_card(folder.best).step, read_card(folder.latest).step) == (1, 2)
    from tui_textgen.network.checkpoint import load_model

    assert all(map(torch.equal, load_model(folder.best).network.parameters(), best))


def test_the_end_of_a_training_is_tried_to_save_until_the_disk_takes_it(tmp_path: Path) -> None:
    """A run that finished while the disk was full would have lost all since its last checkpoint."""
    training, folder, refused = session(tmp_path, val_frac=0.0), run_folder(tmp_path), 0
    told: Told = []
    for event in train(training, lambda: (), ticks := Ticks(), ticks.sleep):
        told.append(event)
        if isinstance(event, CheckpointDue):
            broken, refused = refused < 3, refused + 1
            with pytest.MonkeyPatch.context() as patch:
                if broken:
                    patch.setattr("tui_textgen.corpus.atomic.os.fsync", full)
                try:
                    training.save(folder, event.best)
                except TextgenError:
                    assert broken
    assert len(of(CheckpointDue, told)) == 4
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")
    assert read_card(folder.latest).step == training.plan.steps


def test_who_waits_for_the_disk_at_the_end_may_be_asked_for_more_epochs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said to be finished at the step that it had waited at."""
    training, folder = session(tmp_path, val_frac=0.0, epochs=1), run_folder(tmp_path)
    extend = Command(CommandKind.EXTEND, {"epochs": 2})
    per_epoch = training.plan.steps

    def asked() -> Sequence[Command]:
        waits = training.save_failed and training.step == per_epoch
        if waits:
            monkeypatch.undo()
        return (extend,) if waits else ()

    monkeypatch.setattr("tui_textgen.corpus.atomic.os.fsync", full)
    told: Told = []
    for event in train(training, asked, ticks := Ticks(), ticks.sleep):
        told.append(event)
        if isinstance(event, CheckpointDue):
            with suppress(TextgenError):
                training.save(folder, event.best)
    assert told[-1] == TrainingFinished(2 * per_epoch, "finished")
    assert read_card(folder.latest).step == 2 * per_epoch


def full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def record(step: int, loss: float) -> StepRecord:
    return StepRecord(step, 0.0, 0, 0.0, loss, 0.1, 1.0, 1.0)


@given(st.lists(st.booleans(), max_size=60))
def test_goes_back_exactly_after_several_in_a_row(fine: list[bool]) -> None:
    setbacks, run = Setbacks(), 0
    for step, good in enumerate(fine):
        setbacks.take([record(step, 1.0 if good else math.inf)])
        run = 0 if good else run + 1
        assert (setbacks.why is not None) == (run >= SEVERAL)
        if run >= SEVERAL:
            break


def test_a_long_way_behind_the_last_trouble_the_count_begins_anew() -> None:
    setbacks = Setbacks()
    for trouble in range(2 * MOST):
        step = trouble * (RECOVERED + 1) + 1
        setbacks.take([record(step, 1.0)])
        setbacks.call(step, "it was so")
        setbacks.settled()
    for _ in range(MOST - 1):
        setbacks.call(step + 1, "it was so")
    setbacks.check()
    setbacks.call(step + 1, "it was so")
    with pytest.raises(DivergedError, match="--lr"):
        setbacks.check()
