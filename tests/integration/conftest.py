"""Real processes on small texts, each test's home in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tui_textgen.paths import HOME_VARIABLE, Home

TEXT = "the quick brown fox jumps over the lazy dog. how vexingly quick daft zebras jump!\n" * 40
TINY = ("--n-hidden", "16", "--n-layers", "1", "--batch-size", "8", "--seq-length", "16", "--drop-prob", "0",
        "--sample-every", "10", "--sample-length", "20", "--val-every", "10")  # fmt: skip
LONG = ("--epochs", "1000000", "--schedule", "constant", "--checkpoint-seconds", "1")
"""Goes on until somebody ends it."""
ENDED = ("finished", "stopped", "interrupted", "failed")
PATIENCE = 60.0


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class CommandLine:
    """``textgen-tui`` with a home of its own."""

    home: Home

    def start(self, *words: str | Path, **settings: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tui_textgen", *map(str, words)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self._environ(), **{**pipes, **settings})

    def _environ(self) -> dict[str, str]:
        return {**os.environ, HOME_VARIABLE: str(self.home.data)}

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=2 * PATIENCE)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def in_terminal(self, *words: str | Path) -> pexpect.spawn[str]:
        """The same in a pseudo-terminal of its own, where Ctrl-C is heard though the tests run in the background."""
        arguments = ["-m", "tui_textgen", *map(str, words)]
        return pexpect.spawn(
            sys.executable, arguments, env=self._environ(), encoding="utf-8", timeout=PATIENCE,
            preexec_fn=_hear_interrupts,
        )  # fmt: skip

    def done(self, *words: str | Path) -> str:
        """What a command prints that must succeed."""
        result = self(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def show(self, run: str) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.done("runs", "show", run, "--json"))
        return shown

    def metrics(self, run: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.done("runs", "metrics", run, "--json").splitlines()]

    def wait_for(self, run: str, arrived: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The run as soon as ``arrived`` holds of it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if arrived(shown := self.show(run)):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"still {shown}\n{(self.home.runs / run / 'trainer.log').read_text()}")


@dataclass(frozen=True)
class TrainedRun:
    """A small run that has finished."""

    command: CommandLine
    name: str
    text: Path
    output: str
    """What ``train`` printed."""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "fox.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def command(tmp_path: Path) -> Iterator[CommandLine]:
    """A command line whose trainers end with the test."""
    line = CommandLine(Home(tmp_path / "home", tmp_path / "home" / "cache", tmp_path / "home" / "config"))
    yield line
    if line.home.runs.is_dir():
        for shown in json.loads(line.done("runs", "--json")):
            if shown["pid"] is not None:
                os.kill(shown["pid"], signal.SIGKILL)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """One finished run for the tests that only read it: one per process of the test run."""
    folder = tmp_path_factory.mktemp("trained")
    text = folder / "fox.txt"
    text.write_text(TEXT)
    command = CommandLine(Home(folder / "home", folder / "home" / "cache", folder / "home" / "config"))
    before = os.umask(0)  # what keeps it private must not be the user's own mask
    try:
        output = command.done("train", text, *TINY, "--epochs", "4", "--lr", "0.01", "--name", "fox")
    finally:
        os.umask(before)
    return TrainedRun(command, "fox", text, output)


@pytest.fixture
def finished(trained: TrainedRun, command: CommandLine) -> CommandLine:
    """A copy of the finished run, for tests that change it."""
    shutil.copytree(trained.command.home.data, command.home.data)
    return command


@pytest.fixture
def training(command: CommandLine, corpus: Path) -> tuple[CommandLine, str]:
    """A run in training, some steps in, that would go on for ever."""
    command.done("train", corpus, *TINY, *LONG, "--name", "endless", "--detach")
    command.wait_for("endless", lambda run: run["state"] == "running" and run["step"] >= 20)
    return command, "endless"
