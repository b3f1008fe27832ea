from __future__ import annotations

import math
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.making import make_run, new_run, record
from tui_textgen.errors import RunError
from tui_textgen.hardware import HardwareReading
from tui_textgen.paths import Home
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder, delete_run
from tui_textgen.runs.last_words import last_words
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.rollup import MOST_POINTS
from tui_textgen.runs.snapshot import RunSnapshot, RunState, Sample, Series
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import LAUNCH_SECONDS, summarise
from tui_textgen.runs.watch import LOG_LINES, RunWatch

TRAINER = """
import sys
from pathlib import Path
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.snapshot import StepRecord
from tui_textgen.runs.store import RunStore
folder = RunFolder(Path(sys.argv[1]))
with TrainerLock(folder.lock):
    store = RunStore(folder.store)
    store.set_facts(state="running", pid=12345)
    for step in range(1, 101):
        store.add_steps([StepRecord(step, 0.0, step, 0.0, 1.0, 1.0, 1.0, 1.0)])
        store.commit()
    print("written", flush=True)
    sys.stdin.read()
"""


def write(run: RunFolder, first: int, last: int) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps(record(step, loss=1 + 1 / step) for step in range(first, last + 1))


def curves(snapshot: RunSnapshot) -> dict[str, Series]:
    return {name: getattr(snapshot, name) for name in ("train", "validation", "lr", "grad_norm", "speed")}


def test_a_new_run_has_no_curves_yet_and_all_its_plan(run: RunFolder) -> None:
    with closing(RunWatch(run)) as watch:
        snapshot = watch.poll()
    assert snapshot.summary.state is RunState.STARTING
    assert (snapshot.summary.step, snapshot.summary.train_loss, snapshot.newest_sample) == (0, None, None)
    assert snapshot.summary.steps
    assert snapshot.steps_per_epoch
    assert snapshot.distinct
    assert set(curves(snapshot).values()) == {()}


def test_nothing_new_gives_the_same_snapshot(run: RunFolder) -> None:
    with closing(RunWatch(run)) as watch:
        first = watch.poll()
        assert watch.poll() is first
        write(run, 1, 1)
        second = watch.poll()
        assert second is not first
        assert watch.poll() is second


def test_what_is_new_joins_the_snapshot(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        watch.poll()
        store.add_steps([record(1, 3.0), record(2, 2.0)])
        store.add_validation(2, 0.5, 1.0, 2.5)
        store.add_sample(Sample(0, 0.0, "T", "he", 7, 0.8))
        store.add_log("warning", "too hot")
        store.set_facts(saved_at=99.0, device="cpu", precision="bf16", message="hello")
        store.commit()
        snapshot = watch.poll()
    assert [(point.step, point.mean) for point in snapshot.train] == [(1, 3.0), (2, 2.0)]
    assert [(point.step, point.low, point.mean) for point in snapshot.validation] == [(2, 2.5, 2.5)]
    assert (snapshot.samples, snapshot.newest_sample) == (1, Sample(0, 0.0, "T", "he", 7, 0.8))
    assert [(line.level, line.text) for line in snapshot.log] == [("warning", "too hot")]
    assert snapshot.saved_at == 99.0
    summary = snapshot.summary
    assert (summary.step, summary.train_loss, summary.val_loss, summary.best_val_loss) == (2, 2.0, 2.5, 2.5)
    assert (summary.device, summary.precision, summary.message) == ("cpu", "bf16", "hello")


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=5))
@settings(max_examples=20)
def test_whoever_watched_from_the_start_sees_what_a_newcomer_sees(batches: list[int]) -> None:
    """Up to the width of the bins, which the newcomer may take from the roll-ups."""
    with new_run() as run, closing(RunWatch(run)) as early:
        last = 0
        for size in batches:
            write(run, last + 1, last + size)
            last += size
            seen = early.poll()
        with closing(RunWatch(run)) as late:
            fresh = late.poll()
    assert fresh.summary == seen.summary
    for mine, theirs in zip(curves(fresh).values(), curves(seen).values(), strict=True):
        assert len(mine) <= MOST_POINTS
        assert [point[:3] for point in mine] == [point[:3] for point in theirs]
        assert [point[4:] for point in mine] == [point[4:] for point in theirs]
        assert [point.mean for point in mine] == pytest.approx([point.mean for point in theirs])


def test_a_long_run_opens_from_its_roll_ups_and_misses_no_step(run: RunFolder) -> None:
    count = 70_000
    with closing(RunStore(run.store)) as store:
        for start in range(1, count, 1000):
            store.add_steps(record(step, loss=float(step)) for step in range(start, start + 1000))
            store.commit()
    with closing(RunWatch(run)) as watch, closing(sqlite3.connect(run.store)) as connection:
        connection.execute("UPDATE steps SET train_loss = -1 WHERE step < 60000")  # would show if they were read
        connection.commit()
        train = watch.poll().train
        assert MOST_POINTS // 2 <= len(train) <= MOST_POINTS
        assert (train[0].low, train[-1].high, train[-1].step) == (1.0, count, count)
        write(run, count + 1, count + 1)
        assert watch.poll().train[-1].step == count + 1


def test_a_watcher_that_slept_long_catches_up(run: RunFolder) -> None:
    with closing(RunWatch(run)) as watch:
        write(run, 1, 10)
        watch.poll()
        write(run, 11, 9_000)
        train = watch.poll().train
    assert train[-1].step == 9_000
    assert len(train) <= MOST_POINTS


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_a_part_of_a_run_is_told_whole_and_in_few_points(steps: int, first: int, more: int) -> None:
    with new_run() as run:
        write(run, 1, steps)
        with closing(RunWatch(run)) as watch:
            part = watch.series(first, first + more)
    inside = [step for step in range(1, steps + 1) if first <= step <= first + more]
    assert len(part.train) <= MOST_POINTS + 40
    if inside:
        assert part.train[0].step <= max(inside[0] + 3 * (more // MOST_POINTS), inside[0] + 8)
        assert part.train[-1].step >= inside[-1]
        assert max(point.high for point in part.train) >= 1 + 1 / inside[0]
        assert min(point.low for point in part.train) <= 1 + 1 / inside[-1]


def test_a_short_part_of_a_long_run_is_told_step_by_step_with_its_validations(run: RunFolder) -> None:
    write(run, 1, 20_000)
    with closing(RunStore(run.store)) as store:
        for step in range(100, 20_001, 100):
            store.add_validation(step, step / 100, step / 10, 2.0 if step != 15_500 else math.nan)
    with closing(RunWatch(run)) as watch:
        part = watch.series(15_000, 15_900)
        coarse = watch.poll()
    assert [point.step for point in part.train] == list(range(15_000, 15_901))
    assert all(point.low == point.mean == point.high for point in part.train)
    assert len(part.lr) == len(part.grad_norm) == len(part.speed) == 901
    assert [point.step for point in part.validation] == [*range(15_000, 15_500, 100), *range(15_600, 15_901, 100)]
    assert len([point for point in coarse.train if 15_000 <= point.step <= 15_900]) < 100


def test_numbers_that_are_none_stay_out_of_curves_but_not_out_of_the_rows(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(1), record(2, math.nan), record(3, math.inf), record(4)])
        store.add_validation(4, 0.0, 0.0, math.nan)
    with closing(RunWatch(run)) as watch:
        snapshot = watch.poll()
        assert [point.step for point in snapshot.train] == [1, 4]
        assert [point.step for point in snapshot.lr] == [1, 2, 3, 4]
        assert snapshot.validation == ()
        rows = list(watch.metrics())
    assert math.isnan(rows[1][0].train_loss)
    assert rows[2][0].train_loss == math.inf
    assert rows[2][1] is None
    assert rows[3][1] is not None
    assert math.isnan(rows[3][1])


def test_metrics_are_every_step_with_its_validation(run: RunFolder) -> None:
    write(run, 1, 50)
    with closing(RunStore(run.store)) as store:
        store.add_validation(20, 0.2, 2.0, 1.5)
    with closing(RunWatch(run)) as watch:
        rows = list(watch.metrics())
    assert [step.step for step, _ in rows] == list(range(1, 51))
    assert {step.step: loss for step, loss in rows if loss is not None} == {20: 1.5}


def test_samples_are_fetched_by_their_number(run: RunFolder) -> None:
    samples = [Sample(step, step / 10, "p", f"at {step}", 1, 0.8) for step in (0, 10, 10, 20)]
    with closing(RunStore(run.store)) as store:
        for sample in samples:
            store.add_sample(sample)
    with closing(RunWatch(run)) as watch:
        assert [watch.sample(index) for index in range(watch.poll().samples)] == samples
        with pytest.raises(RunError, match="no sample 4"):
            watch.sample(4)


def test_the_log_keeps_its_newest_lines_in_order(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        for number in range(LOG_LINES + 10):
            store.add_log("info", str(number))
            if number == 3:
                store.commit()
                watch.poll()
        store.commit()
        assert [line.text for line in watch.poll().log] == [str(number) for number in range(10, LOG_LINES + 10)]


def test_a_resume_that_drops_steps_is_seen_by_who_watches(run: RunFolder) -> None:
    write(run, 1, 30)
    with closing(RunWatch(run)) as watch, closing(RunStore(run.store)) as store:
        assert watch.poll().summary.step == 30
        store.drop_after(10)
        store.add_steps([record(11, loss=7.0)])
        store.commit()
        snapshot = watch.poll()
    assert [point.step for point in snapshot.train] == list(range(1, 12))
    assert snapshot.train[-1].mean == 7.0


def test_a_run_whose_trainer_is_killed_is_interrupted(run: RunFolder) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with closing(RunWatch(run)) as watch, closing(RunWatch(run)) as other:
        with subprocess.Popen([sys.executable, "-c", TRAINER, str(run.path)], **pipes) as trainer:  # type: ignore[call-overload]
            assert trainer.stdout.readline()
            live = watch.poll()
            run.log.write_text("terminate called\n\nafter throwing\n")
            trainer.kill()
        dead = watch.poll()
        assert [line.text for line in dead.log][-2:] == ["trainer.log: terminate called", "trainer.log: after throwing"]
        assert (live.summary.state, live.summary.pid) == (RunState.RUNNING, 12345)
        assert (dead.summary.state, dead.summary.pid) == (RunState.INTERRUPTED, None)
        assert dead.summary.step == 100
        assert other.poll() == dead


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([True, False], "running"),
        ([False, True], "running"),
        ([True, True], "running"),
        ([False, False], "interrupted"),
    ],
)
def test_a_trainer_that_begins_or_ends_while_we_look_has_not_been_interrupted(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, looks: list[bool], state: str
) -> None:
    """Between two looks at its lock, the rows are read."""
    with closing(RunStore(run.store)) as store:
        store.set_facts(state="running")
    remaining = iter(looks)
    monkeypatch.setattr("tui_textgen.runs.watch.is_held", lambda _path: next(remaining))
    with closing(RunWatch(run)) as watch:
        assert watch.poll().summary.state == state


def test_a_run_may_wait_for_its_trainer_only_so_long(run: RunFolder) -> None:
    with closing(RunWatch(run)) as watch:
        created = watch.poll().summary.created
    for age, state in ((0, "starting"), (LAUNCH_SECONDS - 1, "starting"), (LAUNCH_SECONDS + 1, "interrupted")):
        with closing(RunWatch(run, clock=lambda age=age: created + age)) as watch:  # type: ignore[misc]
            assert watch.poll().summary.state == state
    with TrainerLock(run.lock), closing(RunWatch(run, clock=lambda: created + 3600)) as watch:
        assert watch.poll().summary.state == "starting"


def test_without_a_trainer_nobody_can_be_asked(home: Home, run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.set_facts(state="stopped")
    with closing(RunWatch(run)) as watch, pytest.raises(RunError, match=r"is stopped.*textgen-tui resume small-quick"):
        watch.send(Command(CommandKind.PAUSE))
    assert summarise(home, run.name).state is RunState.STOPPED


def test_a_run_that_is_deleted_while_it_is_watched_harms_nobody(run: RunFolder) -> None:
    write(run, 1, 5)
    with closing(RunWatch(run)) as watch:
        before = watch.poll()
        shutil.rmtree(run.path)
        assert watch.poll().summary.step == before.summary.step
        assert watch.poll().summary.pid is None


def test_a_damaged_store_is_a_sentence_even_in_the_middle(run: RunFolder) -> None:
    write(run, 1, 3000)
    with run.store.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (run.store.stat().st_size - 8192))
    with closing(RunWatch(run)) as watch:
        with pytest.raises(RunError, match="cannot be read"):
            watch.poll()
        with pytest.raises(RunError, match="cannot be read"):
            list(watch.metrics())


@pytest.mark.parametrize("how", ["deleted", "renamed", "replaced"])
def test_a_run_that_is_gone_is_said_rather_than_shown_as_it_was(home: Home, run: RunFolder, how: str) -> None:
    """The open file goes on telling of a run that nobody can open any more."""
    with closing(RunWatch(run)) as watch:
        assert not watch.poll().gone
        if how == "deleted":
            delete_run(home, run.name)
        else:
            run.path.rename(run.path.with_name("elsewhere"))
        if how == "replaced":
            make_run(home, run.name)
        assert watch.poll().gone


def test_a_snapshot_tells_when_its_state_began_and_when_the_trainer_was_last_heard(run: RunFolder) -> None:
    before = time.time()
    reading = HardwareReading((), None, 1, 2, 3)
    with closing(RunStore(run.store)) as store:
        store.set_facts(state="running")
        store.add_hardware(reading, moment=123.0)
        store.commit()
        with closing(RunWatch(run)) as watch:
            seen = watch.poll()
    assert seen.heard_at == 123.0
    assert seen.since is not None
    assert before <= seen.since <= time.time()


def test_what_an_earlier_trainer_printed_is_no_last_word(tmp_path: Path) -> None:
    log = tmp_path / "trainer.log"
    assert last_words(log, since=0.0) == ()
    log.write_bytes(b"x" * 10_000 + b"\nlate \xff\n")
    assert [line.text for line in last_words(log, since=0.0)][-1] == "trainer.log: late \ufffd"
    assert last_words(log, since=log.stat().st_mtime + 1) == ()
