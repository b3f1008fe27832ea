"""What is refused before there is a run, or before it goes on."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from tests.unit.runs.making import home_in, make_run, record
from tui_textgen.config import training_config
from tui_textgen.errors import RunError, SettingsError, WorkerError
from tui_textgen.plan import plan_run
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import summarise
from tui_textgen.workers.child import Child
from tui_textgen.workers.launch import check_checkpoint, check_memory, resume_run, set_facts, start_trainer

MANY = 3_000_000
"""More distinct characters than there are: whatever machine this is, it has no memory for them."""


def test_a_training_beyond_all_memory_is_refused_with_what_would_do() -> None:
    config = training_config("large", {"device": "cpu", "batch_size": 512, "seq_length": 512})
    plan = plan_run(config, 10_000_000, MANY)
    with pytest.raises(SettingsError, match="--unit byte") as caught:
        check_memory(config, plan, MANY)
    assert "3,000,000 distinct characters" in str(caught.value)
    check_memory(training_config("quick", {"device": "cpu"}), plan_run(config, 10_000, 80), 80)


def test_a_resume_without_its_checkpoint_does_not_begin_again_over_the_best_model(tmp_path: Path) -> None:
    """It dropped the record of days, and the first validation of the new beginning replaced the best model."""
    home = home_in(tmp_path)
    run = make_run(home)
    set_facts(run, state="stopped", saved_at=1.0)
    run.best.write_bytes(b"the best")
    with pytest.raises(RunError, match="textgen-tui fork small-quick --best"):
        resume_run(home, run.name)
    assert summarise(home, run.name).state == "stopped", "nothing was started"
    run.best.rename(run.latest)
    with pytest.raises(RunError, match="--init-from"):
        resume_run(home, run.name)


def test_where_there_is_nothing_to_lose_a_run_may_begin_again(tmp_path: Path) -> None:
    run = make_run(home_in(tmp_path))
    check_checkpoint(run, {"saved_at": 1.0})  # somebody removed all that it had learned
    run.best.write_bytes(b"the best")
    check_checkpoint(run, {"saved_at": None})  # killed while it saved for the first time
    run.resume.write_bytes(b"all of it")
    check_checkpoint(run, {"saved_at": 1.0})


def test_a_run_is_not_resumed_to_less_than_it_has_had(tmp_path: Path) -> None:
    """It was said to be finished, at step 600 of 5."""
    home = home_in(tmp_path)
    run = make_run(home)
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(600)])
        store.set_facts(state="stopped")
    with pytest.raises(RunError, match="has had 600 steps; ask for more epochs"):
        resume_run(home, run.name, epochs=1)


def test_a_system_without_room_for_another_process_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form of the run waited for ever, and nothing led out of it."""

    def full(*command: object, **rest: object) -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(subprocess, "Popen", full)
    run = make_run(home_in(tmp_path))
    with pytest.raises(RunError, match=r"cannot be started .*textgen-tui resume small-quick"):
        start_trainer(run)
    with pytest.raises(WorkerError, match="The reader cannot be started"):
        Child("tui_textgen.workers.reader", name="reader")
