"""What a person is told of a run, and that it is told once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.alert_book import CALM_SECONDS, LINES, AlertBook
from tui_textgen.runs.alerts import Kind, alerts, unsaved_for
from tui_textgen.runs.judgement import divergence, overfitting
from tui_textgen.runs.snapshot import LogLine, Point, RunSnapshot, RunState, RunSummary, Series

NOW = 1_800_000_000.0
SUMMARY = RunSummary(
    name="levin", state=RunState.RUNNING, corpus="anna", step=400, steps=2000, epoch=1.0, epochs=5, train_loss=1.5,
    val_loss=1.5, best_val_loss=1.4, chars_per_second=30_000.0, parameters=3_000_000, device="cpu", precision="fp32",
    seconds=400.0, message=None, pid=4242, resumed_from=None, created=NOW - 500, config={"checkpoint_seconds": 60.0},
)  # fmt: skip
GPU = GpuReading(0, "NVIDIA H200", 0.6, 1, 2, 60.0, 400.0, 700.0)
MACHINE = HardwareReading((GPU,), 0.3, 1, 2, 80_000_000_000)


def curve(losses: Sequence[float], every: int = 1) -> Series:
    steps = range(every, every * len(losses) + 1, every)
    return tuple(
        Point(step, step / 400, float(step), loss, loss, loss) for step, loss in zip(steps, losses, strict=True)
    )


def learning(steps: int = 400, down_to: float = 1.3) -> list[float]:
    return [down_to + 3.0 * math.exp(-step / 60) + 0.05 * math.sin(step * 1.7) for step in range(steps)]


def run(state: RunState = RunState.RUNNING, **changes: Any) -> RunSnapshot:
    """A run of which there is nothing to tell, but for ``changes``."""
    snapshot = RunSnapshot(
        replace(SUMMARY, state=state), distinct=83, train=curve(learning()),
        validation=curve([2.0, 1.6, 1.5, 1.4], 100), saved_at=NOW - 20, hardware=(MACHINE,), since=NOW - 500,
        heard_at=NOW - 1,
    )  # fmt: skip
    return replace(snapshot, **changes)


def kinds(snapshot: RunSnapshot, now: float = NOW) -> list[Kind]:
    return [alert.kind for alert in alerts(snapshot, now)]


def text(snapshot: RunSnapshot, kind: Kind, now: float = NOW) -> str:
    return next(alert.text for alert in alerts(snapshot, now) if alert.kind is kind)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.PAUSED, RunState.STARTING, RunState.STOPPED])
def test_a_run_that_does_well_needs_nobody(state: RunState) -> None:
    assert kinds(run(state)) == []


# The losses


def test_a_training_diverges_when_its_loss_stays_far_above_its_best() -> None:
    apart = run(train=curve([*learning(), *[3.2] * 40]))
    assert kinds(apart) == [Kind.DIVERGING]
    assert "3.20" in text(apart, Kind.DIVERGING)


def test_neither_a_spike_nor_a_single_lucky_step_is_a_divergence() -> None:
    losses = learning()
    assert divergence(curve([*losses, *[9.0] * 8]), 83) is None
    assert divergence(curve([*losses[:200], 0.01, *losses[200:]]), 83) is None
    assert divergence(curve([loss + (9.0 if step % 11 == 0 else 0.0) for step, loss in enumerate(losses)]), 83) is None


def test_a_loss_that_rises_a_little_or_has_just_begun_is_no_divergence() -> None:
    assert divergence(curve([*learning(), *[1.5] * 40]), 83) is None
    assert divergence(curve([4.4, 9.0, 9.0]), 83) is None
    assert divergence((), 83) is None


def test_overfitting_names_the_step_to_keep() -> None:
    train = curve([2.0 - step / 1000 for step in range(800)])
    seen = run(train=train, validation=curve([2.0, 1.6, 1.45, 1.40, 1.43, 1.46, 1.50, 1.55], 100))
    assert kinds(seen) == [Kind.OVERFITTING]
    words = text(seen, Kind.OVERFITTING)
    assert "step 400 (1.4000)" in words
    assert "best.safetensors" in words


@pytest.mark.parametrize(
    "losses",
    [
        [2.0, 1.6, 1.45, 1.40, 1.41, 1.40, 1.39],
        [2.0, 1.6, 1.45, 1.40, 1.402, 1.401, 1.403],
        [2.0, 1.6, 1.45, 1.40, 1.60, 1.50, 1.45],
        [2.0, 1.6, 1.45, 1.40, 1.48, 1.50],
    ],
    ids=["a new best", "at rest", "coming down again", "too few"],
)
def test_what_is_not_overfitting(losses: list[float]) -> None:
    assert overfitting(curve([2.0 - step / 1000 for step in range(800)]), curve(losses, 100)) is None


def test_validation_that_rises_with_the_training_loss_is_not_overfitting() -> None:
    validation = curve([2.0, 1.6, 1.45, 1.40, 1.43, 1.46, 1.50], 100)
    assert overfitting(curve([1.0 + step / 1000 for step in range(700)]), validation) is None


def test_a_loss_that_is_no_number_is_said() -> None:
    assert kinds(run(summary=replace(SUMMARY, train_loss=math.nan))) == [Kind.NO_NUMBER]


def test_going_back_is_told_for_a_while_and_each_time() -> None:
    once = run(summary=replace(SUMMARY, rate_factor=0.5), went_back=350)
    assert "back to step 350" in text(once, Kind.WENT_BACK)
    assert "0.5 times" in text(once, Kind.WENT_BACK)
    book = AlertBook()
    book.look(run(), NOW)
    assert [alert.kind for alert in book.look(once, NOW)] == [Kind.WENT_BACK]
    again = replace(once, summary=replace(SUMMARY, rate_factor=0.25))
    assert [alert.kind for alert in book.look(again, NOW + 1)] == [Kind.WENT_BACK]
    assert kinds(run(summary=replace(SUMMARY, step=1800), went_back=350)) == []


@given(
    st.lists(st.floats(0, 20), max_size=80),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=12),
    st.sampled_from(list(RunState)),
    st.floats(0, 4e9),
)
def test_any_curves_give_sentences(train: list[float], validation: list[float], state: RunState, now: float) -> None:
    for alert in alerts(run(state, train=curve(train), validation=curve(validation, 10)), now):
        assert alert.text.endswith(".")


# The trainer


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (RunState.FINISHED, Kind.FINISHED),
        (RunState.FAILED, Kind.FAILED),
        (RunState.INTERRUPTED, Kind.INTERRUPTED),
    ],
)
def test_an_end_is_said_and_nothing_of_the_machine_after_it(state: RunState, kind: Kind) -> None:
    hot = replace(MACHINE, gpus=(replace(GPU, temperature=99.0),), disk_free=1)
    assert kinds(run(state, hardware=(hot,), heard_at=NOW - 9000, saved_at=NOW - 9000)) == [kind]


def test_a_failure_says_why() -> None:
    assert text(run(summary=replace(SUMMARY, state=RunState.FAILED, message="Because.")), Kind.FAILED) == "Because."


def test_a_trainer_that_says_nothing_for_long_is_called_silent() -> None:
    assert kinds(run(heard_at=NOW - 300, saved_at=NOW)) == [Kind.SILENT]
    assert "5 min. Process 4242" in text(run(heard_at=NOW - 300, saved_at=NOW), Kind.SILENT)


def test_a_step_and_a_validation_may_take_their_time() -> None:
    slow = tuple(point._replace(seconds=point.seconds * 30) for point in curve(learning()))
    assert kinds(run(heard_at=NOW - 300, train=slow, saved_at=NOW)) == []
    validated = (Point(400, 1.0, 400.0 + 200.0, 1.4, 1.4, 1.4),)
    assert kinds(run(heard_at=NOW - 300, validation=validated, saved_at=NOW)) == []
    assert kinds(run(heard_at=NOW - 300, validation=(), saved_at=NOW)) == []


def test_before_the_first_validation_its_length_is_judged_by_the_text() -> None:
    config = {"checkpoint_seconds": 60.0, "val_frac": 0.1}
    short = run(heard_at=NOW - 300, validation=(), saved_at=NOW, summary=replace(SUMMARY, config=config))
    assert kinds(replace(short, characters=1_000_000)) == [Kind.SILENT]
    assert kinds(replace(short, characters=1_000_000_000)) == []
    assert kinds(replace(short, characters=None)) == []


def test_a_checkpoint_that_is_much_too_old_is_a_warning_while_running() -> None:
    late = run(saved_at=NOW - 600)
    assert kinds(late) == [Kind.UNSAVED]
    assert unsaved_for(late, NOW) == 500  # it has been running for no longer
    assert kinds(replace(late, summary=replace(SUMMARY, state=RunState.PAUSED))) == []
    assert kinds(replace(late, summary=replace(SUMMARY, config={"checkpoint_seconds": 600.0}))) == []


def test_a_run_that_was_just_resumed_has_no_old_checkpoint() -> None:
    assert kinds(run(saved_at=NOW - 86_400, since=NOW - 5)) == []


def test_a_run_that_is_gone_is_nothing_else() -> None:
    assert kinds(run(RunState.INTERRUPTED, gone=True)) == [Kind.GONE]


# The machine


@pytest.mark.parametrize(
    ("temperature", "slowdown", "hot"),
    [(86.0, None, False), (87.0, None, True), (87.0, 92.0, False), (89.0, 92.0, True)],
)
def test_a_gpu_is_hot_near_its_limit(temperature: float, slowdown: float | None, hot: bool) -> None:
    reading = replace(MACHINE, gpus=(replace(GPU, temperature=temperature, slowdown=slowdown),))
    assert kinds(run(hardware=(reading,))) == [Kind.HOT] * hot


@pytest.mark.parametrize(("free", "parameters", "full"), [(2e9, 3e6, False), (9e8, 3e6, True), (2e9, 1e8, True)])
def test_a_disk_is_nearly_full_by_itself_and_for_large_checkpoints(free: float, parameters: float, full: bool) -> None:
    reading = replace(MACHINE, disk_free=int(free))
    seen = run(summary=replace(SUMMARY, parameters=int(parameters)), hardware=(reading,))
    assert kinds(seen) == [Kind.DISK] * full


# Each once


def test_what_was_so_when_the_run_was_opened_is_written_but_does_not_ring() -> None:
    book = AlertBook()
    assert book.look(run(RunState.FINISHED, log=(LogLine(NOW - 900, "info", "finished"),), since=NOW - 901), NOW) == []
    assert [(line.time, line.level) for line in book.lines] == [(NOW - 1, "news")]


def test_what_comes_up_rings_once() -> None:
    book = AlertBook()
    calm = run(heard_at=NOW + 900, saved_at=NOW + 900)
    book.look(calm, NOW)
    hot = replace(calm, hardware=(replace(MACHINE, gpus=(replace(GPU, temperature=95.0),)),))
    assert [alert.kind for alert in book.look(hot, NOW + 1)] == [Kind.HOT]
    for second in range(2, 200):
        assert book.look(hot if second % 3 else calm, NOW + second) == []
    book.look(calm, NOW + 200 + CALM_SECONDS)
    assert [alert.kind for alert in book.look(hot, NOW + 201 + CALM_SECONDS)] == [Kind.HOT]
    assert len(book.lines) == 2


def test_what_comes_up_for_weeks_does_not_fill_the_memory() -> None:
    book = AlertBook()
    calm = run(heard_at=NOW + 9e9, saved_at=NOW + 9e9)
    hot = replace(calm, hardware=(replace(MACHINE, gpus=(replace(GPU, temperature=95.0),)),))
    for hour in range(2 * LINES + 50):
        book.look(calm if hour % 2 else hot, NOW + 3600 * hour)
    times = [line.time for line in book.lines]
    assert len(times) <= LINES
    assert times[-1] == NOW + 3600 * (2 * LINES + 48)


def test_a_second_end_rings_again() -> None:
    book = AlertBook()
    book.look(run(), NOW)
    assert book.look(run(RunState.INTERRUPTED, since=NOW - 9), NOW + 1)
    book.look(run(since=NOW + 2), NOW + 2)
    assert book.look(run(RunState.INTERRUPTED, since=NOW + 2), NOW + 3)
