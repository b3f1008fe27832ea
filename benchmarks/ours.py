"""Trainings through the app's own path: a run in a home, a trainer process, rows in its store."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder, run_folder
from tui_textgen.runs.lock import is_held
from tui_textgen.runs.snapshot import RunState, StepRecord
from tui_textgen.runs.watch import RunWatch
from tui_textgen.workers.launch import start_run

LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Trained:
    """A run that has finished."""

    rows: list[tuple[StepRecord, float | None]]
    """Each step, with the validation loss at it."""


def speed(records: list[StepRecord]) -> float:
    """Characters a second over all of ``records``, each of which has as many characters."""
    return len(records) / sum(1 / record.chars_per_second for record in records)


def trained(home: Home, corpus: str, preset: str, **values: Any) -> Trained:
    """Train to the end; raises RuntimeError if that does not come."""
    with training(home, corpus, preset, **values) as (folder, watch):
        while (summary := watch.poll().summary).state.live:
            time.sleep(LOOK_SECONDS)
        if summary.state is not RunState.FINISHED:
            raise RuntimeError(f"The run {folder.name} {summary.state}: {summary.message}")
        return Trained(list(watch.metrics()))


def await_steps(watch: RunWatch, steps: int = 5) -> None:
    """Wait for the first ``steps``; RuntimeError if the run ends before."""
    while (summary := watch.poll().summary).step < steps:
        if not summary.state.live:
            raise RuntimeError(f"The run ended: {summary.message}")
        time.sleep(LOOK_SECONDS)


def stretch(watch: RunWatch, seconds: float) -> dict[str, float]:
    """The training's speed over some seconds, nobody looking from here meanwhile."""
    first = watch.poll().summary.step
    time.sleep(seconds)
    last = watch.poll().summary.step
    records = [record for record, _ in watch.metrics() if first < record.step <= last]
    return {"chars_per_second": speed(records), "steps_per_second": (last - first) / seconds}


@contextmanager
def training(home: Home, corpus: str, preset: str, **values: Any) -> Iterator[tuple[RunFolder, RunWatch]]:
    """A run with its trainer, which ends with the block at the latest."""
    folder = run_folder(home, start_run(home, [corpus], preset, values))
    with closing(RunWatch(folder)) as watch:
        try:
            yield folder, watch
        finally:
            _end(folder, watch)


def _end(folder: RunFolder, watch: RunWatch) -> None:
    """Without a checkpoint: nobody goes on with it."""
    while (summary := watch.poll().summary).state.live and summary.pid is None:
        time.sleep(LOOK_SECONDS)
    while is_held(folder.lock):
        if summary.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(summary.pid, signal.SIGKILL)
        time.sleep(LOOK_SECONDS)
