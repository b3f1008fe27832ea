"""A live run is paused, stopped, resumed; a second trainer is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from tests.integration.conftest import CommandLine


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
        later = "INSERT INTO steps SELECT step + ?, epoch, characters, seconds, -1.0, lr, grad_norm, 1.0 FROM steps"
        connection.execute(later, (last,))
        connection.execute("UPDATE facts SET value = ? WHERE key = 'state'", (json.dumps("running"),))
        connection.commit()
    assert finished.show("fox")["state"] == "interrupted"
    finished.done("resume", "fox", "--epochs", "5")
    rows = finished.metrics("fox")
    assert [row["step"] for row in rows] == list(range(1, finished.show("fox")["step"] + 1))
    assert min(row["train_loss"] for row in rows) > 0
