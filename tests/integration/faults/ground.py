"""Where trainers are put to the test: a small text, a run of a second or two, and processes that are real."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tui_textgen.config import training_config
from tui_textgen.corpus.encoded import encode
from tui_textgen.corpus.library import find_corpus
from tui_textgen.paths import Home
from tui_textgen.plan import plan_run
from tui_textgen.runs.commands import Command
from tui_textgen.runs.folder import RunFolder, create_run, run_folder
from tui_textgen.runs.rows import read_facts
from tui_textgen.runs.snapshot import RunState, RunSummary
from tui_textgen.runs.summary import read_run
from tui_textgen.runs.watch import RunWatch
from tui_textgen.workers import trainer

TEXT = "the quick brown fox jumps over the lazy dog. how vexingly quick daft zebras jump!\n" * 50
SETTINGS: Mapping[str, Any] = {
    "n_hidden": 16, "n_layers": 2, "batch_size": 8, "seq_length": 16, "drop_prob": 0.2, "optimizer": "muon",
    "epochs": 6, "val_every": 10, "sample_every": 25, "sample_length": 20, "checkpoint_seconds": 1.0, "device": "cpu",
    "precision": "fp32",
}  # fmt: skip
PATIENCE = 60.0
Sabotage = Callable[[], None]


@dataclass(frozen=True)
class Ground:
    """A home with the text in it."""

    home: Home

    @classmethod
    def at(cls, path: Path) -> Ground:
        home = Home(path / "data", path / "cache", path / "config")
        home.data.mkdir(parents=True)
        (home.data / "fox.txt").write_text(TEXT)
        return cls(home)

    def run(self, name: str, **values: Any) -> RunFolder:
        """A new run that waits for its trainer."""
        text = encode(find_corpus(self.home, [str(self.home.data / "fox.txt")]), self.home)
        config = training_config("quick", {**SETTINGS, **values})
        plan = plan_run(config, text.characters, len(text.vocabulary))
        return create_run(self.home, name=name, text=text, config=config, plan=plan, preset="quick")

    def trial(self, name: str, seed: int, **values: Any) -> Trial:
        return Trial(self.home, self.run(name, **values), Random(seed))


@dataclass(frozen=True)
class Ended:
    """How a trainer went: its exit status, negative for a signal, and how long it had lived."""

    status: int
    seconds: float


@dataclass
class Trial:
    """A run, and the moments at which things happen to it."""

    home: Home
    folder: RunFolder
    random: Random

    def start(self, sabotage: Sabotage | None = None, resume: bool = False) -> int:
        """A trainer, with ``sabotage`` done in its own process first; its process id.

        It is forked from this process, which has torch loaded already: everything behind that is the real thing.
        """
        pid = os.fork()
        if pid:
            return pid
        status = 70
        try:
            _settle_in(self.folder)
            if sabotage:
                sabotage()
            status = trainer.main([str(self.folder.path), *["--resume"] * resume])
        except BaseException:  # noqa: BLE001  # nothing of it may go on in what is a copy of the tests
            traceback.print_exc()
        finally:
            os._exit(status)

    def finish(self) -> Ended:
        """Resume the run, and wait until it has ended."""
        return wait(self.resume())

    def resume(self, sabotage: Sabotage | None = None) -> int:
        return self.start(sabotage, resume=True)

    def pause(self, longest: float) -> None:
        """Wait for a random part of ``longest`` seconds."""
        time.sleep(self.random.uniform(0, longest))

    def seen(self) -> RunSummary:
        return read_run(run_folder(self.home, self.folder.name))

    def facts(self) -> dict[str, Any]:
        with closing(sqlite3.connect(self.folder.store)) as connection:
            return read_facts(connection)

    def ask(self, command: Command) -> int | None:
        """Ask the trainer, and wait until a checkpoint holds what it did; the step, None if it ended before."""
        with closing(RunWatch(self.folder)) as watch:
            watch.send(command)
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE and self.seen().state is not RunState.FINISHED:
            with closing(sqlite3.connect(self.folder.store)) as connection:
                taken, step = connection.execute("SELECT taken, step FROM commands ORDER BY id DESC LIMIT 1").fetchone()
                saved = read_facts(connection).get("saved_at", 0.0)
            if taken is not None and saved > taken:
                return int(step)
            time.sleep(0.02)
        return None


def wait(pid: int, patience: float = PATIENCE) -> Ended:
    """Wait for a trainer to end; one that does not is killed, and an AssertionError."""
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return Ended(os.waitstatus_to_exitcode(status), time.monotonic() - begun)
        time.sleep(0.005)
    kill(pid)
    raise AssertionError("the trainer did not end")


def kill(pid: int) -> None:
    """SIGKILL, whatever it is doing."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _settle_in(folder: RunFolder) -> None:
    """What ``start_trainer`` gives a process: a session of its own, and its output in the run's log."""
    os.setsid()
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
