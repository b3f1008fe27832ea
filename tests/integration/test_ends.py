"""However a training is ended from outside, what it learned is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.integration.conftest import ENDED, LONG, TINY, CommandLine


def test_sigterm_saves_and_stops(training: tuple[CommandLine, str]) -> None:
    command, name = training
    os.kill(command.show(name)["pid"], signal.SIGTERM)
    stopped = command.wait_for(name, lambda run: run["state"] in ENDED)
    assert stopped["state"] == "stopped"
    assert command.metrics(name)[-1]["step"] == stopped["step"]
    command.done("resume", name, "--detach")
    assert command.wait_for(name, lambda run: run["state"] == "running")["resumed_from"] == stopped["step"]


def test_a_killed_trainer_leaves_an_interrupted_run(training: tuple[CommandLine, str]) -> None:
    command, name = training
    command.wait_for(name, lambda run: (command.home.runs / name / "checkpoints" / "resume.safetensors").exists())
    os.kill(command.show(name)["pid"], signal.SIGKILL)
    killed = command.wait_for(name, lambda run: run["state"] in ENDED)
    assert (killed["state"], killed["pid"]) == ("interrupted", None)
    command.done("resume", name, "--detach")
    resumed = command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > killed["step"])
    assert 0 < resumed["resumed_from"] <= killed["step"]
    command.done("stop", name)
    rows = command.metrics(name)
    assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_run_killed_before_its_first_checkpoint_begins_again(finished: CommandLine) -> None:
    for checkpoint in (finished.home.runs / "fox" / "checkpoints").iterdir():
        checkpoint.unlink()
    finished.done("resume", "fox", "--epochs", "5")
    rows = finished.metrics("fox")
    assert [row["step"] for row in rows] == list(range(1, finished.show("fox")["steps"] + 1))


def test_a_hang_up_of_the_terminal_leaves_the_trainer_alone(command: CommandLine, corpus: Path) -> None:
    terminal = command.in_terminal("train", corpus, *TINY, *LONG, "--name", "kept")
    terminal.expect("running")
    terminal.close(force=True)
    step = command.show("kept")["step"]
    command.wait_for("kept", lambda run: run["state"] == "running" and run["step"] > step + 20)
    command.done("stop", "kept")


def test_ctrl_c_stops_after_a_checkpoint(command: CommandLine, corpus: Path) -> None:
    terminal = command.in_terminal("train", corpus, *TINY, *LONG, "--name", "stopped")
    terminal.expect("running")
    terminal.sendintr()
    terminal.expect("textgen-tui resume stopped")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    stopped = command.show("stopped")
    assert stopped["state"] == "stopped"
    assert command.metrics("stopped")[-1]["step"] == stopped["step"]


@pytest.mark.parametrize("resume", [False, True])
def test_a_second_trainer_leaves_the_first_alone(training: tuple[CommandLine, str], resume: bool) -> None:
    command, name = training
    pid = command.show(name)["pid"]
    words = [sys.executable, "-m", "tui_textgen.workers.trainer", str(command.home.runs / name), *["--resume"] * resume]
    second = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (second.returncode, second.stdout) == (2, "")
    assert "already being trained" in second.stderr
    shown = command.show(name)
    assert (shown["pid"], shown["state"]) == (pid, "running")


def test_a_damaged_checkpoint_fails_the_resume_with_a_sentence(finished: CommandLine) -> None:
    resume = finished.home.runs / "fox" / "checkpoints" / "resume.safetensors"
    resume.write_bytes(resume.read_bytes()[:1000])
    failed = finished("resume", "fox", "--epochs", "5")
    assert failed.returncode == 1
    assert "damaged" in failed.stderr
    assert "Traceback" not in failed.stderr
    shown = finished.show("fox")
    assert shown["state"] == "failed"
    assert "damaged" in shown["message"]
