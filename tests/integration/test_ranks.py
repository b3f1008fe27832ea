"""One training by several real processes: they learn what one learns, and end as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.conftest import ENDED, LONG, PATIENCE, TINY, CommandLine
from tui_textgen.runs.lock import is_held

EXACT = (*TINY, "--precision", "fp32")
TWO = ("--nproc", "2")


@pytest.fixture
def ranks(command: CommandLine, corpus: Path) -> tuple[CommandLine, str]:
    """Two ranks in training, past a checkpoint, that would go on for ever."""
    command.done("train", corpus, *EXACT, *LONG, *TWO, "--name", "shared", "--detach")
    resume = command.home.runs / "shared" / "checkpoints" / "resume.safetensors"
    command.wait_for("shared", lambda run: run["step"] >= 20 and resume.exists())
    return command, "shared"


def processes_of(command: CommandLine, name: str) -> tuple[psutil.Process, psutil.Process, psutil.Process]:
    """The one that watches, rank 0 and rank 1."""
    first = psutil.Process(command.show(name)["pid"])
    watcher = first.parent()
    assert watcher is not None
    (second,) = [process for process in watcher.children() if process != first]
    return watcher, first, second


def wait_until_all_have_gone(command: CommandLine, name: str) -> None:
    """Every rank holds the run's lock."""
    deadline = time.monotonic() + PATIENCE
    while is_held(command.home.runs / name / "trainer.lock"):
        assert time.monotonic() < deadline, "something stayed behind"
        time.sleep(0.05)


def losses(command: CommandLine, name: str) -> list[tuple[int, Any, Any, Any]]:
    return [(row["step"], row["train_loss"], row["grad_norm"], row["val_loss"]) for row in command.metrics(name)]


def test_two_ranks_learn_what_one_process_learns(command: CommandLine, corpus: Path) -> None:
    command.done("train", corpus, *EXACT, "--epochs", "2", "--name", "alone")
    assert "finished together" in command.done("train", corpus, *EXACT, "--epochs", "2", *TWO, "--name", "together")
    for ours, theirs in zip(losses(command, "together"), losses(command, "alone"), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)
    wait_until_all_have_gone(command, "together")
    assert not (command.home.runs / "together" / "ranks.meeting").exists()


def test_stops_together_and_goes_on_with_any_number(ranks: tuple[CommandLine, str]) -> None:
    command, name = ranks
    for process in processes_of(command, name):
        listening = [entry for entry in process.net_connections() if entry.status == psutil.CONN_LISTEN]
        assert {entry.laddr.ip for entry in listening} <= {"127.0.0.1", "::1"}, "nothing listens beyond this machine"
    assert f"textgen-tui resume {name}" in command.done("stop", name)
    stopped = command.show(name)
    assert (stopped["state"], stopped["pid"]) == ("stopped", None)
    wait_until_all_have_gone(command, name)
    command.done("resume", name, "--detach")
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > stopped["step"])
    watcher, *_ = processes_of(command, name)
    watcher.send_signal(signal.SIGTERM)
    again = command.wait_for(name, lambda run: run["state"] in ENDED)
    assert (again["state"], again["resumed_from"]) == ("stopped", stopped["step"])
    wait_until_all_have_gone(command, name)
    command.done("resume", name, "--detach", "--nproc", "1")
    alone = command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > again["step"])
    assert alone["resumed_from"] == again["step"]
    command.done("stop", name)
    assert [row["step"] for row in command.metrics(name)] == list(range(1, command.show(name)["step"] + 1))


def test_a_killed_rank_fails_the_run_with_a_sentence(ranks: tuple[CommandLine, str]) -> None:
    command, name = ranks
    processes_of(command, name)[2].kill()
    failed = command.wait_for(name, lambda run: run["state"] in ENDED)
    assert failed["state"] == "failed"
    assert failed["message"].startswith("Rank 1 of 2 ended (killed by SIGKILL")
    wait_until_all_have_gone(command, name)
    command.done("resume", name, "--detach")
    resumed = command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > failed["step"])
    assert 0 < resumed["resumed_from"] <= failed["step"]


def test_a_killed_rank_0_leaves_an_interrupted_run(ranks: tuple[CommandLine, str]) -> None:
    command, name = ranks
    os.kill(command.show(name)["pid"], signal.SIGKILL)
    wait_until_all_have_gone(command, name)
    killed = command.show(name)
    assert (killed["state"], killed["pid"], killed["message"]) == ("interrupted", None, None)


def test_without_the_one_that_watches_training_goes_on(ranks: tuple[CommandLine, str]) -> None:
    """The lock tells the truth whoever is killed: nobody else can train the run meanwhile."""
    command, name = ranks
    watcher, *_ = processes_of(command, name)
    watcher.kill()
    step = command.show(name)["step"]
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > step + 20)
    assert command("resume", name).returncode == 2
    command.done("stop", name)
    wait_until_all_have_gone(command, name)


def test_what_rank_0_says_of_its_failure_stands(finished: CommandLine) -> None:
    resume = finished.home.runs / "fox" / "checkpoints" / "resume.safetensors"
    resume.write_bytes(resume.read_bytes()[:1000])
    failed = finished("resume", "fox", "--epochs", "5", *TWO)
    assert failed.returncode == 1
    wait_until_all_have_gone(finished, "fox")
    shown = finished.show("fox")
    assert shown["state"] == "failed"
    assert "damaged" in shown["message"]


def test_torchrun_starts_ranks_too(finished: CommandLine) -> None:
    before = finished.show("fox")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    trainer = ["tui_textgen.workers.trainer", str(finished.home.runs / "fox"), "--resume", "--epochs", "6"]
    environment = {**os.environ, "GLOO_SOCKET_IFNAME": "lo"}
    subprocess.run([*torchrun, *trainer], env=environment, timeout=2 * PATIENCE, check=True, capture_output=True)
    after = finished.show("fox")
    assert (after["state"], after["epochs"], after["resumed_from"]) == ("finished", 6, before["step"])
    assert [row["step"] for row in finished.metrics("fox")] == list(range(1, after["steps"] + 1))


@pytest.mark.parametrize(("number", "remedy"), [("9", "ask for 1 to 8"), ("0", "x>=1")])
def test_a_number_that_cannot_be_is_refused_before_there_is_a_run(
    command: CommandLine, corpus: Path, number: str, remedy: str
) -> None:
    refused = command("train", corpus, *EXACT, "--nproc", number)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert remedy in refused.stderr
    assert not command.home.runs.exists()
