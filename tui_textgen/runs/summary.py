"""What a run comes to, in one line: for the list of runs and for ``runs show``."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from tui_textgen.errors import RunError
from tui_textgen.paths import Home
from tui_textgen.runs import rows, schema
from tui_textgen.runs.folder import RunFolder, run_folder, run_folders
from tui_textgen.runs.lock import is_held
from tui_textgen.runs.pace import WARM_UP, steady
from tui_textgen.runs.snapshot import RunState, RunSummary

LAUNCH_SECONDS = 10.0
"""How long a run that was just made or resumed may wait for its trainer before it counts as interrupted."""
KNOWN_LAUNCH_SECONDS = 120.0
"""The same where the process that becomes its trainer is seen to live: from a network disk, Python alone takes long."""
SPEED_STEPS = 100
"""The speed is that of so many newest steps: steady, and without the first ones of a finished run."""

_SPEEDS = "SELECT chars_per_second FROM steps WHERE step > ? AND chars_per_second IS NOT NULL"


def summarise(home: Home, name: str) -> RunSummary:
    """One run; raises RunError if there is none, or its record cannot be read."""
    return read_run(run_folder(home, name))


def list_runs(home: Home) -> list[RunSummary]:
    """All runs, newest first. One whose record cannot be read is there as failed, with the reason."""
    return newest_first(read_or_excuse(folder) for folder in run_folders(home))


def newest_first(summaries: Iterable[RunSummary]) -> list[RunSummary]:
    """In the order of a list of runs."""
    return sorted(summaries, key=lambda summary: (-summary.created, summary.name))


def read_or_excuse(folder: RunFolder) -> RunSummary:
    """The run in ``folder``; where its record cannot be read, a failed one that tells why."""
    try:
        return read_run(folder)
    except RunError as error:
        return _unreadable(folder, str(error))


def read_run(folder: RunFolder) -> RunSummary:
    """The run in ``folder``; raises RunError."""
    held = is_held(folder.lock)
    with closing(schema.open_to_read(folder.store)) as connection, schema.readable(folder.store):
        with schema.transaction(connection):
            facts, numbers = rows.read_facts(connection), read_numbers(connection)
        return build_summary(folder.name, facts, numbers, held or is_held(folder.lock), time.time())


def read_numbers(connection: sqlite3.Connection) -> dict[str, Any]:
    """The fields of a summary that come from the newest rows."""
    (best,) = connection.execute("SELECT min(loss) FROM validations").fetchone()
    validation = connection.execute("SELECT loss FROM validations ORDER BY step DESC LIMIT 1").fetchone()
    numbers = {"best_val_loss": best, "val_loss": rows.number(validation[0]) if validation else None}
    newest = connection.execute(f"SELECT {rows.STEP_COLUMNS} FROM steps ORDER BY step DESC LIMIT 1").fetchone()
    if newest is not None:
        last = rows.step_record(newest)
        numbers |= {"step": last.step, "epoch": last.epoch, "seconds": last.seconds, "train_loss": last.train_loss}
        warm = WARM_UP if last.step >= 2 * WARM_UP else 0
        speeds = connection.execute(_SPEEDS, (max(warm, last.step - SPEED_STEPS),))
        numbers["chars_per_second"] = steady([speed for (speed,) in speeds])
    return numbers


def build_summary(
    name: str, facts: Mapping[str, Any], numbers: Mapping[str, Any], held: bool, now: float
) -> RunSummary:
    """The summary of a run whose trainer lived before or after its ``facts`` were read (``held``), or didn't.

    Looking on one side alone would call a run interrupted whose trainer begins, or ends, between the two looks.
    """
    state = RunState(facts["state"])
    waited = now - facts.get("launched", facts["created"])
    launching = state is RunState.STARTING and 0 <= waited < _launch_patience(facts.get("launched_as"))
    if state.live and not held and not launching:
        state = RunState.INTERRUPTED
    return RunSummary(
        name=name,
        state=state,
        corpus=str(facts["corpus"]),
        step=numbers.get("step", 0),
        steps=int(facts["steps"]),
        epoch=numbers.get("epoch", 0.0),
        epochs=int(facts["config"]["epochs"]),
        train_loss=numbers.get("train_loss"),
        val_loss=numbers["val_loss"],
        best_val_loss=numbers["best_val_loss"],
        chars_per_second=numbers.get("chars_per_second"),
        parameters=int(facts["parameters"]),
        device=facts.get("device"),
        precision=facts.get("precision"),
        seconds=numbers.get("seconds", 0.0),
        message=facts.get("message"),
        pid=facts.get("pid") if held else None,
        resumed_from=facts.get("resumed_from"),
        created=float(facts["created"]),
        config=dict(facts["config"]),
        rate_factor=float(facts.get("rate_factor", 1.0)),
        forked_from=facts.get("forked_from"),
        begun_from=facts.get("begun_from"),
    )


def _launch_patience(process: Sequence[Any] | None) -> float:
    """Seconds that the process that is to become the trainer, told by host and id, may take; 0 if it has ended."""
    if process is None or process[0] != os.uname().nodename:
        return LAUNCH_SECONDS  # nobody knows
    try:
        os.kill(int(process[1]), 0)
    except ProcessLookupError:
        return 0.0
    except PermissionError:
        pass  # it lives, and is somebody else's
    return KNOWN_LAUNCH_SECONDS


def summary_json(summary: RunSummary) -> dict[str, Any]:
    """What ``runs --json`` and ``runs show --json`` print: JSON has no NaN, which becomes null."""
    fields = (
        "name state corpus step steps epoch epochs train_loss val_loss best_val_loss chars_per_second parameters "
        "device precision seconds message pid resumed_from config"
    )
    return {field: _plain(getattr(summary, field)) for field in fields.split()}


def _unreadable(folder: RunFolder, message: str) -> RunSummary:
    try:
        created = folder.path.stat().st_mtime
    except OSError:  # deleted while we looked
        created = 0.0
    return RunSummary(
        name=folder.name, state=RunState.FAILED, corpus="", step=0, steps=None, epoch=0.0, epochs=0, train_loss=None,
        val_loss=None, best_val_loss=None, chars_per_second=None, parameters=None, device=None, precision=None,
        seconds=0.0, message=message, pid=None, resumed_from=None, created=created, config={},
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, RunState) else value
