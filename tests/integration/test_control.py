"""A live run is paused, stopped, resumed; a second trainer is refused."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.conftest import TINY, CommandLine


def test_stop_leaves_a_run_that_can_be_resumed(training: tuple[CommandLine, str]) -> None:
    command, name = training
    assert f"textgen-tui resume {name}" in command.done("stop", name)
    stopped = command.show(name)
    assert (stopped["state"], stopped["pid"]) == ("stopped", None)
    assert command.metrics(name)[-1]["step"] == stopped["step"]
    assert len(command.done("generate", name, "--length", "5")) == 6
    command.done("resume", name, "--detach")
    resumed = command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > stopped["step"])
    assert resumed["resumed_from"] == stopped["step"]
    command.done("stop", name)


def test_pause_and_continue(training: tuple[CommandLine, str]) -> None:
    command, name = training
    command.done("pause", name)
    paused = command.show(name)
    assert paused["state"] == "paused"
    command.done("pause", name)
    assert command.show(name)["step"] == paused["step"]
    command.done("continue", name)
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > paused["step"])
    command.done("pause", name)
    command.done("stop", name)
    assert command.show(name)["state"] == "stopped"


def test_a_run_in_training_is_neither_resumed_nor_deleted(training: tuple[CommandLine, str]) -> None:
    command, name = training
    pid = command.show(name)["pid"]
    for words in (("resume", name), ("runs", "delete", name)):
        refused = command(*words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"textgen-tui stop {name}" in refused.stderr
    assert command.show(name)["pid"] == pid


def test_what_has_no_trainer_says_so(finished: CommandLine) -> None:
    for word in ("stop", "pause", "continue"):
        refused = finished(word, "fox")
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
        assert "finished" in refused.stderr


def test_a_finished_run_goes_on_with_more_epochs(finished: CommandLine) -> None:
    before = finished.show("fox")
    refused = finished("resume", "fox")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--epochs" in refused.stderr
    assert "finished fox" in finished.done("resume", "fox", "--epochs", "6")
    after = finished.show("fox")
    assert (after["state"], after["epochs"], after["resumed_from"]) == ("finished", 6, before["step"])
    assert after["step"] == after["steps"] == before["steps"] * 6 // 4
    assert [row["step"] for row in finished.metrics("fox")] == list(range(1, after["step"] + 1))


def test_a_resume_drops_what_came_after_the_checkpoint(finished: CommandLine) -> None:
    """A trainer that was killed between two checkpoints leaves rows that did not happen for the next one."""
    store = finished.home.runs / "fox" / "run.sqlite"
    last = finished.show("fox")["step"]
    with closing(sqlite3.connect(store)) as connection:
        columns = "step + ?, epoch, characters, seconds, -1.0, lr, grad_norm, 1.0"
        connection.execute(f"INSERT INTO steps SELECT {columns} FROM steps WHERE step <= 20", (last,))
        connection.execute("UPDATE facts SET value = ? WHERE key = 'state'", (json.dumps("running"),))
        connection.commit()
    assert finished.show("fox")["state"] == "interrupted"
    finished.done("resume", "fox", "--epochs", "5")
    rows = finished.metrics("fox")
    assert [row["step"] for row in rows] == list(range(1, finished.show("fox")["step"] + 1))
    assert min(row["train_loss"] for row in rows) > 0


def test_a_pause_that_frees_the_memory_is_a_pause(training: tuple[CommandLine, str]) -> None:
    command, name = training
    command.done("pause", name)
    command.done("pause", name, "--free-memory")
    paused = command.show(name)
    assert paused["state"] == "paused"
    command.done("continue", name)
    command.wait_for(name, lambda run: run["step"] > paused["step"] + 5)
    command.done("stop", name)
    assert [row["step"] for row in command.metrics(name)] == list(range(1, command.show(name)["step"] + 1))


def test_the_rate_and_the_epochs_change_while_it_trains_and_a_killed_trainer_forgets_neither(
    training: tuple[CommandLine, str],
) -> None:
    command, name = training
    before = command.show(name)
    assert "1.25 times" in command.done("rate", name, "1.25")
    for words in (("extend", name, "--epochs", "3"), ("rate", name, "1e6"), ("rate", name, "nan")):
        refused = command(*words)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    saved = command.home.runs / name / "checkpoints" / "resume.safetensors"
    command.wait_for(name, lambda _: b'\\"rate_factor\\": 1.25' in saved.read_bytes()[:4000])
    os.kill(before["pid"], signal.SIGKILL)
    command.wait_for(name, lambda run: run["state"] == "interrupted")
    command.done("resume", name, "--detach")
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > run["resumed_from"] + 5)
    command.done("stop", name)
    rates = [row["lr"] for row in command.metrics(name)]
    assert rates[-1] == pytest.approx(1.25 * before["config"]["lr"])
    assert "1.25 times" in command.done("runs", "show", name)


def test_a_live_run_goes_on_to_more_epochs(command: CommandLine, corpus: Path) -> None:
    command.done("train", corpus, *TINY, "--epochs", "400", "--name", "longer", "--detach")
    before = command.wait_for("longer", lambda run: run["state"] == "running" and run["step"] > 5)
    assert "500 epochs" in command.done("extend", "longer", "--epochs", "500")
    after = command.show("longer")
    assert (after["epochs"], after["config"]["epochs"]) == (500, 500)
    assert after["steps"] == before["steps"] * 500 // 400
    command.done("stop", "longer")


def test_a_fork_begins_with_what_was_learned(finished: CommandLine) -> None:
    loss = finished.show("fox")["val_loss"]
    assert "finished fox-fork" in finished.done("fork", "fox", "--epochs", "2", "--lr", "0.0001")
    fork = finished.show("fox-fork")
    assert (fork["state"], fork["corpus"], fork["epochs"], fork["config"]["lr"]) == ("finished", "fox", 2, 0.0001)
    rows = finished.metrics("fox-fork")
    assert [row["step"] for row in rows] == list(range(1, fork["steps"] + 1))
    assert rows[0]["train_loss"] == pytest.approx(loss, abs=0.3), "far below what an untrained network knows"
    assert f"fox at step {finished.show('fox')['step']:,}" in finished.done("runs", "show", "fox-fork")
    assert not (finished.home.runs / "fox-fork" / "checkpoints" / "start.safetensors").exists()
    assert "finished best" in finished.done("fork", "fox", "--best", "--epochs", "1", "--name", "best")
    assert finished.metrics("best")[0]["train_loss"] == pytest.approx(loss, abs=0.3)
    finished.done("runs", "delete", "fox")
    assert len(finished.done("generate", "fox-fork", "--length", "5")) == 6


def test_a_fork_that_cannot_be_leaves_no_run(finished: CommandLine) -> None:
    for words in (("fox", "--n-hidden", "8"), ("fox", "--name", "fox"), ("nobody",), ("fox", "--lr", "-1")):
        refused = finished("fork", *words)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert [run.name for run in finished.home.runs.iterdir()] == ["fox"]


def test_a_run_is_renamed(finished: CommandLine) -> None:
    assert "wolf" in finished.done("runs", "rename", "fox", "wolf")
    assert finished.show("wolf")["state"] == "finished"
    assert finished("runs", "show", "fox").returncode == 2
    finished.done("resume", "wolf", "--epochs", "5")
    assert finished("runs", "rename", "wolf", "a/b").returncode == 2
