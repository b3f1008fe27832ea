from __future__ import annotations

import math
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.making import new_run, record
from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.snapshot import Sample, StepRecord
from tui_textgen.runs.store import HARDWARE_KEPT, RunStore
from tui_textgen.runs.watch import RunWatch

any_text = st.text(st.characters(exclude_categories=()), max_size=50)
steps = st.builds(StepRecord, st.just(1), *[st.floats()], st.integers(0, 2**63 - 1), *[st.floats()] * 5)
samples = st.builds(
    Sample, st.integers(0, 10**9), st.floats(0, 1e6), any_text, any_text, st.integers(0, 2**63 - 1), st.floats(0, 100),
    st.booleans(),
)  # fmt: skip


def same(one: StepRecord, other: StepRecord) -> bool:
    """Equal, where any NaN is like any other."""
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True))


def metrics(run: RunFolder) -> list[StepRecord]:
    with closing(RunWatch(run)) as watch:
        return [step for step, _ in watch.metrics()]


@given(steps)
@settings(max_examples=30)
def test_a_step_comes_back_as_it_was(step: StepRecord) -> None:
    with new_run() as run, closing(RunStore(run.store)) as store:
        store.add_steps([step])
        assert store.commit()
        (found,) = metrics(run)
    assert same(found, step)


@given(samples, any_text)
@settings(max_examples=30)
def test_any_text_comes_back_as_it_was(sample: Sample, line: str) -> None:
    with new_run() as run, closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        store.add_sample(sample)
        store.add_log("info", line, moment=12.5)
        assert store.commit()
        snapshot = watch.poll()
        assert watch.sample(0) == snapshot.newest_sample == sample
        assert (snapshot.log[0].time, snapshot.log[0].text) == (12.5, line)


def test_nothing_is_there_before_the_commit_and_all_of_it_after(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(1), record(2)])
        store.set_facts(state="running")
        assert metrics(run) == []
        assert store.facts()["state"] == "starting"
        assert store.commit(durable=True)
        assert metrics(run) == [record(1), record(2)]
        assert store.facts()["state"] == "running"


def test_closing_writes_what_is_left(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(1)])
    assert metrics(run) == [record(1)]


def test_a_closed_store_is_whole_in_one_file_even_while_it_is_watched(run: RunFolder, tmp_path: Path) -> None:
    with closing(RunWatch(run)) as watch:
        watch.poll()
        with closing(RunStore(run.store)) as store:
            store.add_steps([record(1)])
        copy = RunFolder(tmp_path)
        shutil.copyfile(run.store, copy.store)
        assert metrics(copy) == [record(1)]


def test_a_store_that_cannot_be_written_keeps_its_rows_and_catches_up(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_textgen.runs.schema.BUSY_SECONDS", 0.01)
    with closing(RunStore(run.store)) as store, closing(sqlite3.connect(run.store, isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        store.add_steps([record(1)])
        assert not store.commit()
        assert store.trouble
        assert "locked" in store.trouble
        store.add_steps([record(2)])
        assert not store.commit()
        blocker.execute("ROLLBACK")
        assert store.commit()
        assert store.trouble is None
        assert metrics(run) == [record(1), record(2)]


def test_rows_may_join_from_another_thread_while_others_are_written(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:

        def add_lines() -> None:
            for number in range(3000):
                store.add_log("info", str(number))

        lines = threading.Thread(target=add_lines)
        lines.start()
        while lines.is_alive():
            store.commit()
    with closing(sqlite3.connect(run.store)) as connection:
        assert [text for (text,) in connection.execute("SELECT text FROM log ORDER BY id")] == [
            str(number).encode() for number in range(3000)
        ]


def test_a_command_is_handed_out_once_and_its_step_kept(run: RunFolder) -> None:
    with TrainerLock(run.lock), closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        watch.send(Command(CommandKind.SAMPLE, {"prime": "Ünï\x00"}))
        watch.send(Command(CommandKind.STOP))
        sample, stop = store.commands()
        assert (sample.kind, sample.arguments, stop.kind) == (
            CommandKind.SAMPLE,
            {"prime": "Ünï\x00"},
            CommandKind.STOP,
        )
        assert store.commands() == []
        assert watch.poll().waiting == (sample, stop)
        store.mark_taken(sample, 17)
        store.commit()
        assert watch.poll().waiting == (stop,)
    with closing(sqlite3.connect(run.store)) as connection:
        assert connection.execute("SELECT step FROM commands WHERE id = ?", (sample.id,)).fetchone() == (17,)


def test_a_command_of_a_later_version_is_passed_over(run: RunFolder) -> None:
    with closing(sqlite3.connect(run.store)) as connection, connection:
        connection.execute("INSERT INTO commands (kind, arguments, sent) VALUES ('fly', '{}', 0), ('stop', '{}', 0)")
    with closing(RunStore(run.store)) as store:
        assert [command.kind for command in store.commands()] == [CommandKind.STOP]


def test_a_resumed_trainer_does_not_do_what_the_last_one_was_asked(run: RunFolder) -> None:
    with TrainerLock(run.lock), closing(RunWatch(run)) as watch:
        watch.send(Command(CommandKind.STOP))
    with closing(RunStore(run.store)) as store:
        store.forget_commands()
        assert store.commands() == []
    with closing(RunStore(run.store)) as store:
        assert store.commands() == []


def test_only_the_newest_readings_stay(run: RunFolder) -> None:
    gpu = GpuReading(0, "GPU", None, 1, 2, 60.5, None, None)
    with closing(RunStore(run.store)) as store:
        for used in range(HARDWARE_KEPT + 50):
            store.add_hardware(HardwareReading((gpu,), 0.5, used, 10**9, None))
    with closing(sqlite3.connect(run.store)) as connection:
        assert connection.execute("SELECT count(*) FROM hardware").fetchone() == (HARDWARE_KEPT,)
    with closing(RunWatch(run)) as watch:
        newest = watch.poll().hardware[-1]
    assert newest == HardwareReading((gpu,), 0.5, HARDWARE_KEPT + 49, 10**9, None)


@given(st.integers(1, 700), st.data())
@settings(max_examples=25)
def test_dropping_later_steps_leaves_the_store_as_if_they_had_never_been(last: int, data: st.DataObject) -> None:
    """Also the roll-ups: those of a run that was interrupted and went on are those of one that never was."""
    kept = data.draw(st.integers(0, last))
    end = data.draw(st.integers(kept, 900))
    with new_run() as interrupted, new_run() as straight:
        with closing(RunStore(interrupted.store)) as store:
            store.add_steps(record(step, loss=-step) for step in range(1, last + 1))
            store.add_validation(last, 0.0, 0.0, 9.0)
        with closing(RunStore(interrupted.store)) as store:
            store.drop_after(kept)
            store.add_steps(record(step, loss=step) for step in range(kept + 1, end + 1))
        with closing(RunStore(straight.store)) as store:
            store.add_steps(record(step, loss=-step if step <= kept else step) for step in range(1, end + 1))
        assert metrics(interrupted) == metrics(straight)
        assert rollups(interrupted) == rollups(straight)


def rollups(run: RunFolder) -> list[tuple[float, ...]]:
    with closing(sqlite3.connect(run.store)) as connection:
        return [tuple(row) for row in connection.execute("SELECT * FROM rollups ORDER BY level, bin")]


def test_dropping_takes_validations_and_samples_along(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store, closing(RunWatch(run)) as watch:
        for step in (10, 20, 30):
            store.add_steps([record(step)])
            store.add_validation(step, step / 100, step / 10, 1 / step)
            store.add_sample(Sample(step, 0.0, "", f"at {step}", 1, 0.8))
        store.commit()
        assert watch.poll().summary.best_val_loss == 1 / 30
        store.drop_after(20)
        store.commit()
        snapshot = watch.poll()
        assert [point.step for point in snapshot.validation] == [10, 20]
        assert (snapshot.samples, snapshot.summary.step, snapshot.summary.best_val_loss) == (2, 20, 1 / 20)
        assert snapshot.newest_sample
        assert snapshot.newest_sample.text == "at 20"


def test_a_roll_back_while_nothing_can_be_written_is_caught_up_with(run: RunFolder) -> None:
    """What fails in the midst of writing leaves no half of it behind, in the file or in what is to be rolled up."""
    with closing(RunStore(run.store)) as store, closing(sqlite3.connect(run.store)) as saboteur:
        store.add_steps(record(step, loss=-step) for step in range(1, 200))
        assert store.commit()
        saboteur.execute("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        store.add_steps(record(step, loss=-step) for step in range(200, 300))
        store.drop_after(100)
        store.add_steps(record(step, loss=step) for step in range(101, 150))
        store.add_log("warning", "back at step 100")
        for _ in range(2):
            assert not store.commit()
            assert "disk full" in (store.trouble or "")
        assert len(metrics(run)) == 199
        store.add_steps(record(step, loss=step) for step in range(150, 250))
        saboteur.execute("DROP TRIGGER full")
        assert store.commit()
    with new_run() as straight:
        with closing(RunStore(straight.store)) as store:
            store.add_steps(record(step, loss=-step if step <= 100 else step) for step in range(1, 250))
        assert metrics(run) == metrics(straight)
        assert rollups(run) == rollups(straight)


def test_a_store_that_was_removed_is_written_anew_with_all_it_held(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps(record(step) for step in range(1, 30))
        store.commit()
        for file in run.path.glob("run.sqlite*"):
            file.unlink()
        store.add_steps(record(step) for step in range(30, 40))
        assert store.commit()
        assert [step.step for step in metrics(run)] == list(range(1, 40))
        assert run.store.stat().st_mode & 0o777 == 0o600
    assert [step.step for step in metrics(run)] == list(range(1, 40))
    assert not list(run.path.glob(".*.part*"))


def test_a_store_whose_run_was_removed_makes_none(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        shutil.rmtree(run.path)
        store.add_log("info", "nobody will read this")
        store.commit()
    assert not run.path.exists()
