"""A run's store when it has grown long."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil

from benchmarks.child import peak_memory
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import Sample, StepRecord
from tui_textgen.runs.store import RunStore, create_store
from tui_textgen.runs.watch import RunWatch

PIECE = 10_000
"""Steps a commit while a store is filled."""
SAMPLE_TEXT = "quick brown fox jumps over the lazy dog. " * 10
TIMED = 500
"""Steps whose rows are timed."""


def step_cost(folder: str, steps: int) -> dict[str, float]:
    """``microseconds`` to store one step with a commit of its own, behind ``steps`` rows."""
    store = _filled(Path(folder), steps)
    start = time.perf_counter()
    for record in _records(steps, steps + TIMED):
        store.add_steps([record])
        store.commit()
    seconds = time.perf_counter() - start
    store.close()
    return {"microseconds": 1e6 * seconds / TIMED}


def fill(folder: str, steps: int, samples: int = 0) -> dict[str, float]:
    """A run's folder whose store has ``steps`` rows and so many samples, evenly among them."""
    store = _filled(Path(folder), steps)
    for number in range(samples):
        step = number * steps // samples
        store.add_sample(Sample(step, step / 1000, "The ", SAMPLE_TEXT, number, 0.8))
    store.commit()
    store.close()
    return {}


def keep_watching(folder: str, seconds: float) -> None:
    """Poll the run every so many seconds, and draw nothing, until this process is ended."""
    with closing(RunWatch(RunFolder(Path(folder)))) as watch:
        while True:
            watch.poll()
            time.sleep(seconds)


def open_run(folder: str) -> dict[str, float]:
    """``milliseconds`` to open the run and have its first snapshot, and ``memory`` that it takes at most, MiB."""
    before = _memory()
    start = time.perf_counter()
    with closing(RunWatch(RunFolder(Path(folder)))) as watch:
        snapshot = watch.poll()
        seconds = time.perf_counter() - start
        assert snapshot.train
    return {"milliseconds": 1e3 * seconds, "memory": peak_memory() - before}


def read_every_row(folder: str) -> dict[str, float]:
    """The same for a reader that has no roll-ups: every row of the steps, as a list."""
    before = _memory()
    start = time.perf_counter()
    with closing(sqlite3.connect(RunFolder(Path(folder)).store)) as connection:
        rows = connection.execute("SELECT * FROM steps ORDER BY step").fetchall()
        seconds = time.perf_counter() - start
        assert rows
    return {"milliseconds": 1e3 * seconds, "memory": peak_memory() - before}


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _filled(path: Path, steps: int) -> RunStore:
    path.mkdir(parents=True)
    folder = RunFolder(path)
    size = {"steps": steps, "parameters": 1, "config": {"epochs": 1}}
    create_store(folder.store, {"state": "finished", "created": time.time(), "corpus": "bench", **size})
    store = RunStore(folder.store)
    for begin in range(0, steps, PIECE):
        store.add_steps(_records(begin, min(begin + PIECE, steps)))
        store.commit()
    return store


def _records(begin: int, end: int) -> Iterator[StepRecord]:
    for step in range(begin + 1, end + 1):
        loss = 1.2 + 2 / math.sqrt(step) + 0.05 * math.sin(step)
        yield StepRecord(step, step / 1000, step * 6400, step / 4, loss, 3e-3, 0.3 + 0.1 * math.cos(step), 30_000.0)
