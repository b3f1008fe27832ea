"""What watches over the processes of a training: they are stand-ins that sleep."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui_textgen.errors import RunLostError
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock, is_held
from tui_textgen.workers import ranks
from tui_textgen.workers.ranks import Crew


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setattr(ranks, "KEEP_SECONDS", 0.02)
    return RunFolder(tmp_path)


def crew(run: RunFolder, lock: TrainerLock, seconds: float, monkeypatch: pytest.MonkeyPatch) -> Crew:
    words = [sys.executable, "-S", "-c", f"import time; time.sleep({seconds})"]
    monkeypatch.setattr(ranks, "python_command", lambda *_: [*words])
    return Crew(2, run, [], lock.descriptor)


def test_a_removed_lock_is_put_back_while_ranks_train(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody did, and a second training of the same run could begin."""
    held: list[bool] = []
    with TrainerLock(run.lock) as lock:

        def kept() -> None:
            lock.keep()
            held.append(is_held(run.lock))

        started = crew(run, lock, 0.3, monkeypatch)
        run.lock.unlink()
        assert started.wait(kept) == {}
    assert all(held)
    assert held, "it was looked after"


def test_a_run_that_was_taken_away_ends_its_ranks(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with TrainerLock(run.lock, patience=0.0) as lock:
        started = crew(run, lock, 600, monkeypatch)
        run.lock.unlink()
        with TrainerLock(run.lock), pytest.raises(RunLostError):
            started.wait(lock.keep)
    assert [process.wait(10) for process in started._processes] == [-9, -9]
