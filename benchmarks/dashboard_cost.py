"""What watching a run costs the run, and the line to the terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.bench import Bench
from benchmarks.ours import await_steps, stretch, training
from benchmarks.report import Baseline, Case
from benchmarks.rounds import Readings, alternate, column, tell
from benchmarks.terminal import Terminal
from tui_textgen.paths import HOME_VARIABLE
from tui_textgen.runs.watch import RunWatch

SETTLE_SECONDS = 3.0
"""For the app to open, or to be gone."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {"standard": {}, "quick": {"max_steps": None, "epochs": 100_000}}
"""Presets to watch: a step every few tenths of a second, and some tens of steps a second."""


def run(bench: Bench) -> list[Case]:
    """Stretches of one run of each preset, watched at 120 × 36 and not, in turn."""
    return [case for preset in SETTINGS for case in _watch(bench, preset)]


def _watch(bench: Bench, preset: str) -> list[Case]:
    values = {"epochs": 10_000, **SETTINGS[preset], "device": bench.device}
    with training(bench.home, bench.text.corpus, preset, **values) as (folder, watch):
        tell(f"dashboard_cost, {preset}: waiting for the first steps")
        await_steps(watch)
        seconds = 7.0 if bench.quick else 30.0
        found = alternate(
            f"dashboard_cost, {preset}", bench.rounds,
            {
                "watched": partial(_watched, bench, folder.name, watch, seconds),
                "alone": partial(_alone, watch, seconds),
            },
        )  # fmt: skip
    watched = found["watched"]
    alone = Baseline("not watched", column(found["alone"], "chars_per_second"))
    return [
        Case(f"{preset}, a watched run", "characters/s", column(watched, "chars_per_second"), (alone,)),
        Case(f"{preset}, steps", "steps/s", column(watched, "steps_per_second")),
        Case(f"{preset}, written to the terminal", "KiB/s", column(watched, "kib_per_second")),
        Case(f"{preset}, CPU time of the app", "% of a core", column(watched, "core_share")),
    ]


def _watched(bench: Bench, name: str, watch: RunWatch, seconds: float) -> Readings:
    with Terminal("tui_textgen", "--run", name, environment={HOME_VARIABLE: str(bench.home.data)}) as app:
        app.seconds_until(b", nats per character")
        time.sleep(SETTLE_SECONDS)
        written, computed = app.bytes_written, app.cpu_seconds()
        progress = stretch(watch, seconds)
        return {
            **progress,
            "kib_per_second": (app.bytes_written - written) / 1024 / seconds,
            "core_share": 100 * (app.cpu_seconds() - computed) / seconds,
        }


def _alone(watch: RunWatch, seconds: float) -> Readings:
    time.sleep(SETTLE_SECONDS)
    return stretch(watch, seconds)
