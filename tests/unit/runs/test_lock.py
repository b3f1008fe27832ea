from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui_textgen.errors import RunError, RunLostError
from tui_textgen.runs.lock import TrainerLock, is_held

HOLD = """
import sys
from pathlib import Path
from tui_textgen.runs.lock import TrainerLock
with TrainerLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_trainer(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its standard input closes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "trainer.lock"


def test_a_lock_is_held_while_its_process_lives_and_free_after_a_kill(lock: Path) -> None:
    with another_trainer(lock) as trainer:
        assert is_held(lock)
        os.kill(trainer.pid, signal.SIGKILL)
        trainer.wait()
        assert not is_held(lock)
    with TrainerLock(lock):
        assert is_held(lock)


def test_a_second_trainer_is_refused(lock: Path) -> None:
    with another_trainer(lock):
        with pytest.raises(RunError, match="already being trained; stop it"):
            TrainerLock(lock, patience=0).acquire()
        assert is_held(lock)


def test_looking_creates_nothing(lock: Path) -> None:
    assert not is_held(lock)
    assert not lock.exists()


@pytest.mark.parametrize("left", [b"", b"12345\n", b"\x00" * 100])
def test_a_file_left_behind_is_never_in_the_way(lock: Path, left: bytes) -> None:
    lock.write_bytes(left)
    assert not is_held(lock)
    with TrainerLock(lock, patience=0):
        assert is_held(lock)
    assert not is_held(lock)


def test_looking_at_the_lock_all_the_time_keeps_no_trainer_from_starting(lock: Path) -> None:
    lock.touch()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            is_held(lock)

    prober = threading.Thread(target=look)
    prober.start()
    try:
        for _ in range(30):
            with TrainerLock(lock):
                pass
    finally:
        done.set()
        prober.join()


def test_a_trainer_that_waited_for_a_deleted_run_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    deleter = TrainerLock(folder / "trainer.lock")
    deleter.acquire()

    def delete(_seconds: float) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        deleter.release()

    with pytest.raises(RunError, match="deleted"):
        TrainerLock(folder / "trainer.lock", sleep=delete).acquire()


def test_a_folder_that_cannot_be_locked_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be locked"):
        TrainerLock(tmp_path / "missing" / "trainer.lock").acquire()


def test_a_disk_that_keeps_no_locks_is_a_sentence_and_looking_says_no(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some network file systems are mounted: the list of runs was a traceback."""
    lock.touch()
    monkeypatch.setattr("tui_textgen.runs.lock.fcntl.flock", lockless)
    with pytest.raises(RunError, match="TEXTGEN_TUI_HOME"):
        TrainerLock(lock).acquire()
    assert not is_held(lock)


def lockless(_file: int, _kind: int) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def test_a_removed_lock_that_the_disk_does_not_take_for_now_ends_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk was told as a run that was taken away, and nothing was saved."""
    path = tmp_path / "trainer.lock"
    with TrainerLock(path) as held:
        path.unlink()
        with monkeypatch.context() as patch:
            patch.setattr("tui_textgen.runs.lock.os.open", full)
            held.keep()
        held.keep()
        assert is_held(path)


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_lock_whose_file_was_removed_is_held_again(tmp_path: Path) -> None:
    path = tmp_path / "trainer.lock"
    with TrainerLock(path) as lock:
        lock.keep()
        path.unlink()
        assert not is_held(path)
        lock.keep()
        assert is_held(path)
    assert not is_held(path)


def test_a_lock_that_another_has_by_now_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "trainer.lock"
    with TrainerLock(path, patience=0.0) as first:
        path.unlink()
        with TrainerLock(path), pytest.raises(RunLostError):
            first.keep()
