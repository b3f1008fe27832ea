"""A week's work in little: many runs in the list, a long one with many samples, and many who watch a training."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psutil

from benchmarks.bench import Bench
from benchmarks.ours import await_steps, stretch, training
from benchmarks.report import Baseline, Case
from benchmarks.rounds import ROOT, Readings, alternate, column, in_child, plain_environment, tell
from benchmarks.terminal import Terminal
from tui_textgen.paths import HOME_VARIABLE
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.watch import RunWatch
from tui_textgen.tui.attention import LATER, SOON

SETTLE_SECONDS = 3.0
"""For those who watch to open the run, or to be gone."""
SHORT_TURNS = 6
"""In how many a long measurement is cut, where what is asked for is small and the machine's speed drifts."""
OF_MANY = 1000
"""Steps of each of the many runs."""
Watchers = Sequence[Callable[[], float]]
"""What each of them has computed so far, in seconds."""
Company = AbstractContextManager[Watchers]


def run(bench: Bench) -> list[Case]:
    """The app on a full home against an almost empty one; a training with ten who watch it against alone."""
    return [*_full_home(bench), *_watchers(bench)]


def _full_home(bench: Bench) -> list[Case]:
    many, rows, samples = (50, 100_000, 2_000) if bench.quick else (500, 1_000_000, 20_000)
    folder = bench.home.cache / "load"
    homes = {"full": folder / "full", "little": folder / "little"}
    try:
        tell(f"load: making {many} runs, one of {rows:,} steps and {samples:,} samples")
        in_child("long_runs", "fill", folder=str(homes["full"] / "runs" / "long"), steps=rows, samples=samples)
        in_child("long_runs", "fill", folder=str(homes["little"] / "runs" / "long"), steps=OF_MANY, samples=1)
        for name, number in (("full", many - 1), ("little", 1)):
            for index in range(number):
                shutil.copytree(homes["little"] / "runs" / "long", homes[name] / "runs" / f"many-{index:03}")
        found = alternate(
            "load, a full home", bench.rounds, {name: partial(_open, home) for name, home in homes.items()}
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    home = f"{many} runs, one of {rows:,} steps and {samples:,} samples"
    return [
        Case(f"{home}: {what}", unit, column(found["full"], key),
             (Baseline("two runs of 1,000 steps", column(found["little"], key)),))
        for what, unit, key in (
            ("from the command to the long one's chart", "ms", "shown"),
            ("from Escape to the list", "ms", "listed"),
            ("memory of the app", "MiB", "memory"),
        )
    ]  # fmt: skip


def _open(home: Path) -> Readings:
    with Terminal("tui_textgen", "--run", "long", environment={HOME_VARIABLE: str(home)}) as app:
        shown = app.seconds_until(b"validation")
        time.sleep(SETTLE_SECONDS)
        listed = app.seconds_from_key("\x1b", b"many-")
        time.sleep(SETTLE_SECONDS)
        return {"shown": 1e3 * shown, "listed": 1e3 * listed, "memory": app.memory()}


def _watchers(bench: Bench) -> list[Case]:
    """With and without drawing: ten apps that draw need cores of their own, which says nothing about the store."""
    watching, turns, seconds = (3, 1, 7.0) if bench.quick else (10, SHORT_TURNS, 30.0)
    values = {"max_steps": None, "epochs": 100_000, "device": bench.device}
    with training(bench.home, bench.text.corpus, "quick", **values) as (folder, watch):
        tell("load, those who watch: waiting for the first steps")
        await_steps(watch)
        polling: dict[str, Callable[[], Company]] = {
            "watched": partial(_polling, folder, watching),
            "alone": partial(_polling, folder, 0),
        }
        apps: dict[str, Callable[[], Company]] = {
            "watched": partial(_apps, bench, folder, watching),
            "alone": polling["alone"],
        }
        sets = {
            f"{watching} that poll and draw nothing": (polling, turns * bench.rounds, seconds / turns),
            f"{watching} apps": (apps, bench.rounds, seconds),
        }
        cases: list[Case] = []
        for who, (companies, rounds, each) in sets.items():
            contestants = {name: partial(_watched, watch, each, company) for name, company in companies.items()}
            found = alternate(f"load, {who}", rounds, contestants)
            alone = (Baseline("alone", column(found["alone"], "chars_per_second")),)
            speed, share = (column(found["watched"], key) for key in ("chars_per_second", "core_share"))
            cases += [
                Case(f"a training watched by {who}", "characters/s", speed, alone),
                Case(f"what those {watching} compute together", "% of a core", share),
            ]
    return cases


def _watched(watch: RunWatch, seconds: float, company: Callable[[], Company]) -> Readings:
    """The training's speed while others watch it, and what those compute."""
    with company() as watchers:
        time.sleep(SETTLE_SECONDS)
        before = sum(each() for each in watchers)
        progress = stretch(watch, seconds)
        return {**progress, "core_share": 100 * (sum(each() for each in watchers) - before) / seconds}


@contextmanager
def _polling(folder: RunFolder, number: int) -> Iterator[Watchers]:
    """As apps of which somebody is at one."""
    command = [sys.executable, "-m", "benchmarks.child", "long_runs", "keep_watching"]
    paces = [SOON, *(LATER for _ in range(number - 1))][:number]
    processes = [
        subprocess.Popen(
            [*command, json.dumps({"folder": str(folder.path), "seconds": pace})], cwd=ROOT, env=plain_environment()
        )
        for pace in paces
    ]
    try:
        yield [partial(_computed, psutil.Process(process.pid)) for process in processes]
    finally:
        for process in processes:
            process.terminate()
            process.wait()


@contextmanager
def _apps(bench: Bench, folder: RunFolder, number: int) -> Iterator[Watchers]:
    with ExitStack() as open_ones:
        where = {HOME_VARIABLE: str(bench.home.data)}
        apps = [
            open_ones.enter_context(Terminal("tui_textgen", "--run", folder.name, environment=where))
            for _ in range(number)
        ]
        for app in apps:
            app.seconds_until(b", nats per character")
        yield [app.cpu_seconds for app in apps]


def _computed(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
