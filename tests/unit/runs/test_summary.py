from __future__ import annotations

import json
import math
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.making import make_run, new_run, record
from tui_textgen.config import training_config
from tui_textgen.errors import RunError
from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import list_runs, read_run, summarise, summary_json

CONTRACT = {
    "name", "state", "corpus", "step", "steps", "epoch", "epochs", "train_loss", "val_loss", "best_val_loss",
    "chars_per_second", "parameters", "device", "precision", "seconds", "message", "pid", "resumed_from", "config",
}  # fmt: skip


def test_no_runs_are_an_empty_list(home: Home) -> None:
    assert list_runs(home) == []


def test_runs_are_listed_newest_first(home: Home) -> None:
    for name in ("b", "a", "c"):
        make_run(home, name)
    assert [run.name for run in list_runs(home)] == ["c", "a", "b"]


@pytest.mark.parametrize("damage", ["missing", "out of reach", "empty", "noise", "no facts", "no state", "odd facts"])
def test_a_damaged_run_is_listed_with_the_reason_and_hides_no_other(home: Home, run: RunFolder, damage: str) -> None:
    broken = make_run(home, "broken")
    if damage == "missing":
        broken.store.unlink()
    elif damage == "out of reach":  # as what another user, or a disk that fails, keeps from us
        broken.store.unlink()
        broken.store.symlink_to("x" * 300)
    elif damage in ("empty", "noise"):
        broken.store.write_bytes(b"" if damage == "empty" else random.Random(1).randbytes(10_000))
    else:
        with closing(sqlite3.connect(broken.store)) as connection, connection:
            connection.execute({
                "no facts": "DROP TABLE facts",
                "no state": "DELETE FROM facts WHERE key = 'state'",
                "odd facts": "UPDATE facts SET value = '[[' WHERE key = 'config'",
            }[damage])  # fmt: skip
    listed = {summary.name: summary for summary in list_runs(home)}
    assert listed.keys() == {"broken", run.name}
    assert listed["broken"].state is RunState.FAILED
    assert "'broken'" in (listed["broken"].message or "")
    assert listed[run.name].state is RunState.STARTING
    with pytest.raises(RunError):
        summarise(home, "broken")


@given(st.data())
@settings(max_examples=60)
def test_flipped_bytes_give_a_summary_or_a_sentence(data: st.DataObject) -> None:
    with new_run() as run:
        content = bytearray(run.store.read_bytes())
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        run.store.write_bytes(content)
        with suppress(RunError):
            assert read_run(run).name == run.name


@pytest.mark.parametrize(
    ("host", "lives", "waited", "state"),
    [(None, True, 0, "starting"), (None, False, 0, "interrupted"), ("x", False, 0, "starting"),
     (None, True, 60, "starting"), (None, True, 600, "interrupted"), ("x", True, 60, "interrupted")],
)  # fmt: skip
def test_a_trainer_that_ends_before_it_takes_its_lock_is_seen_to(
    run: RunFolder, host: str | None, lives: bool, waited: float, state: str
) -> None:
    """For ten seconds a run waits for its trainer, for two minutes if that is seen to live, not if it has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    with closing(RunStore(run.store)) as store:
        store.set_facts(launched=time.time() - waited)
        store.set_facts(launched_as=[host or os.uname().nodename, os.getpid() if lives else ended.pid])
    assert read_run(run).state == state


def test_the_speed_is_what_the_newest_steps_come_to(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(1, chars_per_second=10.0), record(2, chars_per_second=30.0)])
        store.add_steps([record(3, chars_per_second=math.nan)])
    assert read_run(run).chars_per_second == pytest.approx(15.0)


def test_the_json_keeps_its_keys_and_is_json(run: RunFolder) -> None:
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(1, math.nan)])
        store.add_validation(1, 0.0, 0.0, math.inf)
    values = summary_json(read_run(run))
    assert set(values) == CONTRACT
    printed = json.loads(json.dumps(values, allow_nan=False))
    assert (printed["state"], printed["step"], printed["train_loss"], printed["val_loss"]) == (
        "starting",
        1,
        None,
        None,
    )
    assert printed["pid"] is None
    assert printed["config"] == training_config("quick", {}).model_dump(mode="json")


def test_looking_at_runs_loads_no_settings_library() -> None:
    """The list is among the first things on the screen."""
    imports = "import sys, tui_textgen.runs.summary, tui_textgen.runs.watch"
    code = f"{imports}; print({{'pydantic', 'psutil', 'torch', 'numpy'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
