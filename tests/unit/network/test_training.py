"""What a training tells, and in which order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch

from tests.unit.network.making import KINDS, PANGRAMS, Ticks, events, session
from tui_textgen.errors import DivergedError
from tui_textgen.network.events import (
    CheckpointDue,
    CommandTaken,
    SampleWritten,
    StateChanged,
    StepsCompleted,
    TrainingEvent,
    TrainingFinished,
    ValidationCompleted,
    WentBack,
)
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.setbacks import MOST, SEVERAL
from tui_textgen.network.training import train
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunState, StepRecord

E = TypeVar("E", bound=TrainingEvent)


def of(kind: type[E], told: Sequence[TrainingEvent]) -> list[E]:
    return [event for event in told if isinstance(event, kind)]


def records(told: Sequence[TrainingEvent]) -> list[StepRecord]:
    return [record for event in of(StepsCompleted, told) for record in event.steps]


def command(kind: str, **arguments: Any) -> list[Command]:
    return [Command(CommandKind(kind), arguments)]


def test_every_step_has_its_record(tmp_path: Path) -> None:
    training = session(tmp_path)
    told = events(training)
    rows, plan = records(told), training.plan
    assert [row.step for row in rows] == list(range(1, plan.steps + 1))
    assert [row.characters for row in rows] == [step * 4 * 12 for step in range(1, plan.steps + 1)]
    assert rows[-1].epoch == 2
    assert all(math.isfinite(row.train_loss) and row.grad_norm > 0 and row.chars_per_second > 0 for row in rows)
    assert [row.seconds for row in rows] == sorted(row.seconds for row in rows)


def test_steps_are_told_in_groups(tmp_path: Path) -> None:
    """Reading a loss waits for the device: about ten times a second is enough."""
    told = events(session(tmp_path, val_frac=0.0), clock=Ticks(step=0.01))
    sizes = [len(event.steps) for event in of(StepsCompleted, told)]
    assert max(sizes) > 5
    assert sum(sizes) == len(records(told))


def test_events_are_in_order(tmp_path: Path) -> None:
    training = session(tmp_path, sample_every=10)
    told = events(training)
    assert told[0] == StateChanged(RunState.RUNNING)
    assert isinstance(told[1], SampleWritten)
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")
    reached = 0
    for event in told:
        if isinstance(event, StepsCompleted):
            reached = event.steps[-1].step
        elif isinstance(event, ValidationCompleted | CheckpointDue):
            assert event.step == reached, "what a step led to comes after its record"


def test_validates_when_due_and_once_at_the_end(tmp_path: Path) -> None:
    training = session(tmp_path, val_every=5)
    per_epoch, steps = training.plan.steps_per_epoch, training.plan.steps
    validations = of(ValidationCompleted, events(training))
    due = {step for step in range(1, steps + 1) if step % 5 == 0 or step % per_epoch == 0}
    assert [event.step for event in validations] == sorted(due)
    assert len({per_epoch, steps} & due) == 2
    assert validations[-1].loss < validations[0].loss


def test_a_better_validation_asks_for_the_best_checkpoint(tmp_path: Path) -> None:
    told, best = events(session(tmp_path, lr=0.05)), math.inf
    for index, event in enumerate(told):
        if isinstance(event, ValidationCompleted):
            improved, best = event.loss < best, min(best, event.loss)
            assert (told[index + 1 : index + 2] == [CheckpointDue(event.step, best=True)]) == improved


def test_checkpoints_are_due_by_the_clock_too(tmp_path: Path) -> None:
    told = events(session(tmp_path, val_frac=0.0, checkpoint_seconds=1.0, epochs=4), clock=Ticks(step=0.06))
    due = of(CheckpointDue, told)
    assert len(due) > 3
    assert all(event.best for event in due), "without validation the latest is the best"


def test_samples_come_from_step_0_with_the_same_seed_and_prime(tmp_path: Path) -> None:
    samples = [event.sample for event in of(SampleWritten, events(session(tmp_path, sample_every=10)))]
    assert [sample.step for sample in samples] == list(range(0, samples[-1].step + 1, 10))
    assert {(sample.seed, sample.prime, sample.asked) for sample in samples} == {(1, "", False)}
    assert all(len(sample.text) == 20 for sample in samples)


def test_samples_and_validations_leave_the_training_as_it_is(tmp_path: Path) -> None:
    losses = [
        [row.train_loss for row in records(events(session(tmp_path, drop_prob=0.3, sample_every=s, val_every=v)))]
        for s, v in ((0, 100), (1, 1))
    ]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_losses(kind: str, tmp_path: Path) -> None:
    runs = [[row.train_loss for row in records(events(session(tmp_path, model=kind, drop_prob=0.3, seed=seed)))]
            for seed in (5, 5, 6)]  # fmt: skip
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("kind", KINDS)
def test_learns_more_than_letter_frequencies(kind: str, tmp_path: Path) -> None:
    training = session(tmp_path, model=kind, n_hidden=48, lr=0.02, epochs=12, optimizer="adamw", schedule="cosine")
    rows = records(events(training))
    counts = Counter(PANGRAMS)
    entropy = -sum(n / len(PANGRAMS) * math.log(n / len(PANGRAMS)) for n in counts.values())
    assert rows[0].train_loss > entropy
    assert rows[-1].train_loss < entropy / 2


def test_hello_is_learned(tmp_path: Path) -> None:
    training = session(
        tmp_path, "hello", val_frac=0.0, n_hidden=32, epochs=80, lr=0.02, optimizer="adamw", sample_every=80
    )
    told = events(training)
    assert records(told)[-1].train_loss < 0.05
    assert of(SampleWritten, told)[-1].sample.text.startswith("ello")
    assert not of(ValidationCompleted, told)


def test_the_learning_rate_follows_the_schedule(tmp_path: Path) -> None:
    rates = [row.lr for row in records(events(session(tmp_path, lr=0.01, schedule="linear")))]
    assert rates[0] == 0.01
    assert rates[-1] == pytest.approx(0.01 / len(rates))


def test_the_state_is_zeroed_at_each_epochs_start_and_carried_within(tmp_path: Path) -> None:
    training = session(tmp_path, lr=1e-6, muon_lr=1e-6, drop_prob=0)
    training.advance()
    assert training.state[0].abs().sum() > 0
    assert not training.state[0].requires_grad
    while training.step % training.plan.steps_per_epoch:
        training.advance()
    window = training._lanes.window(0)
    training.advance()
    with torch.no_grad():
        _, expected = training.network(window[0], training.network.zero_state(4))
    # one tiny update lies between the two, and nothing else
    torch.testing.assert_close(training.state[0], expected[0], atol=0.01, rtol=0)


def test_stop_saves_and_ends(tmp_path: Path) -> None:
    told = events(session(tmp_path), [], command("stop"))
    step = records(told)[-1].step
    assert told[-3:] == [CommandTaken(command("stop")[0], step), CheckpointDue(step, best=False),
                         TrainingFinished(step, "stopped")]  # fmt: skip


def test_pause_waits_without_counting_the_time(tmp_path: Path) -> None:
    training = session(tmp_path, val_frac=0.0)
    clock = Ticks()
    idle: list[list[Command]] = [[]] * 500
    told = events(training, [], command("pause"), *idle, command("continue"), clock=clock)
    states = [event.state for event in of(StateChanged, told)]
    assert states == [RunState.RUNNING, RunState.PAUSED, RunState.RUNNING]
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")
    assert clock.now > 100 > records(told)[-1].seconds


def test_a_paused_training_can_be_sampled_saved_and_stopped(tmp_path: Path) -> None:
    training = session(tmp_path, val_frac=0.0)
    told = events(training, command("pause"), command("sample"), command("checkpoint"), command("stop"))
    paused = told[told.index(StateChanged(RunState.PAUSED)) :]
    assert len(of(SampleWritten, paused)) == 1
    assert len(of(CheckpointDue, paused)) == 1, "what was saved already is not saved again at the stop"
    assert told[-1] == TrainingFinished(training.step, "stopped")
    assert training.step < training.plan.steps


def test_a_sample_can_be_asked_for(tmp_path: Path) -> None:
    told = events(session(tmp_path), command("sample", prime="theX ", temperature=0.3), command("sample"))
    first, second = (event.sample for event in of(SampleWritten, told))
    assert (first.prime, first.temperature, first.asked) == ("the ", 0.3, True)
    assert (second.prime, second.asked) == ("", True)


def test_commands_that_make_no_sense_are_taken_and_change_nothing(tmp_path: Path) -> None:
    training = session(tmp_path)
    odd = [*command("continue"), *command("sample", prime=7, temperature=math.nan)]
    told = events(training, odd)
    assert [event.command for event in of(CommandTaken, told)] == odd
    assert told[-1] == TrainingFinished(training.plan.steps, "finished")


def spoilt(training: TrainingSession, kind: type[TrainingEvent], tick: float) -> list[TrainingEvent]:
    """What a training tells whose network is broken from some event of ``kind`` at step 10 on, again and again."""
    told: list[TrainingEvent] = []

    def spoil() -> None:
        for event in train(training, lambda: (), Ticks(step=tick)):
            told.append(event)
            if isinstance(event, CheckpointDue):
                assert training.is_finite, "what cannot be used is never saved"
            if training.step >= 10 and isinstance(event, kind):
                training.network.fc.bias.data[0] = math.nan

    with pytest.raises(DivergedError, match="lower learning rate"):
        spoil()
    return told


def test_a_network_that_is_no_number_again_and_again_ends_the_training(tmp_path: Path) -> None:
    told = spoilt(session(tmp_path, val_frac=0.0, checkpoint_seconds=1.0), StepsCompleted, 0.02)
    assert [event.step for event in of(WentBack, told)] == [0] * MOST, "nothing was saved, so that it begins anew"
    assert [event.rate_factor for event in of(WentBack, told)] == [0.5, 0.25, 0.125]
    undone = [index for index, event in enumerate(told) if isinstance(event, WentBack)]
    for begin, end in zip([0, *undone], [*undone, len(told)], strict=True):
        part = records(told[begin:end])
        assert [row.step for row in part] == list(range(1, len(part) + 1)), "every step has its record"
        assert not any(map(math.isfinite, [row.train_loss for row in part[-SEVERAL:]]))


def test_a_validation_that_is_no_number_is_never_the_best(tmp_path: Path) -> None:
    told = spoilt(session(tmp_path, val_every=1, lr=1e-9), StepsCompleted, 0.2)
    assert len(of(WentBack, told)) == MOST
    assert all(math.isfinite(event.loss) for event in of(ValidationCompleted, told))


def test_a_session_that_is_done_has_nothing_left_to_do(tmp_path: Path) -> None:
    training: TrainingSession = session(tmp_path)
    events(training)
    again = events(training)
    assert [type(event) for event in again] == [StateChanged, CheckpointDue, TrainingFinished]


def test_what_was_chosen_is_told(tmp_path: Path) -> None:
    training = session(tmp_path)
    chosen = f"Computing on cpu in {training.precision}, threads: {training.compute.threads}; "
    assert training.notes == (f"{chosen}validating every {training.progress.val_every} steps.",)
    assert session(tmp_path, val_frac=0.0).notes == (f"{chosen}without validation.",)
