"""Whether long runs, long texts and the start stay cheap."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks.bench import Bench
from benchmarks.report import Baseline, Case
from benchmarks.rounds import Readings, alternate, column, in_child
from benchmarks.terminal import Terminal
from tui_textgen.paths import HOME_VARIABLE

EARLY, LATE = 10, 100_000
"""Steps behind which storing another is timed."""
NOTEBOOK_TEXT = 50_000_000
"""Bytes that the notebook's way encodes: it takes 20 bytes of memory and more for each."""
SETTLE_SECONDS = 1.0
KEYS = "uuyytt+-" * 3
"""Pressed in an open run: each draws its chart anew."""


def run(bench: Bench) -> list[Case]:
    """The store, the opening of a run and its keys, the encoding of a text, the first paint."""
    folder = bench.home.cache / "scale"
    try:
        return [_step_cost(bench, folder), *_opening(bench, folder), *_encoding(bench, folder), *_first_paint(bench)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _step_cost(bench: Bench, folder: Path) -> Case:
    def cost(steps: int) -> Readings:
        return in_child("long_runs", "step_cost", folder=str(folder / uuid4().hex), steps=steps)

    found = alternate("scale, store", bench.rounds, {"late": partial(cost, LATE), "early": partial(cost, EARLY)})
    late, early = (column(found[name], "microseconds") for name in ("late", "early"))
    return Case(f"store a step, behind {LATE:,} of them", "µs", late, (Baseline(f"behind {EARLY}", early),))


def _opening(bench: Bench, folder: Path) -> list[Case]:
    rows = 100_000 if bench.quick else 1_000_000
    long, short = (folder / "runs" / name for name in ("long", "short"))
    in_child("long_runs", "fill", folder=str(long), steps=rows)
    in_child("long_runs", "fill", folder=str(short), steps=1000)
    found = alternate(
        "scale, opening a run", bench.rounds,
        {
            "ours": partial(in_child, "long_runs", "open_run", folder=str(long)),
            "short": partial(in_child, "long_runs", "open_run", folder=str(short)),
            "all": partial(in_child, "long_runs", "read_every_row", folder=str(long)),
        },
    )  # fmt: skip
    baselines = {"a run of 1,000 steps": "short", "reading every row": "all"}
    opening = [
        Case(
            f"open a run of {rows:,} steps{what}", unit, column(found["ours"], reading),
            tuple(Baseline(name, column(found[key], reading)) for name, key in baselines.items()),
        )
        for what, unit, reading in (("", "ms", "milliseconds"), (": memory", "MiB", "memory"))
    ]  # fmt: skip
    return [*opening, *_keys(bench, folder, rows)]


def _keys(bench: Bench, home: Path, rows: int) -> list[Case]:
    """A run on the dashboard: until its chart is there, from a key to the screen, what the app takes."""
    found = alternate(
        "scale, keys of an open run", bench.rounds,
        {name: partial(_watch, home, name) for name in ("long", "short")},
    )  # fmt: skip
    return [
        Case(f"{what}, a run of {rows:,} steps", unit, column(found["long"], key),
             (Baseline("of 1,000 steps", column(found["short"], key)),))
        for what, unit, key in (
            ("from the command to the chart", "ms", "shown"),
            ("from a key to the screen", "ms", "key"),
            ("the slowest of these keys", "ms", "slowest"),
            ("memory of the app", "MiB", "memory"),
        )
    ]  # fmt: skip


def _watch(home: Path, run: str) -> Readings:
    with Terminal("tui_textgen", "--run", run, environment={HOME_VARIABLE: str(home)}) as app:
        shown = app.seconds_until(b"validation")
        answers = []
        for key in KEYS:
            time.sleep(SETTLE_SECONDS / 2)
            answers.append(1e3 * app.seconds_to_answer(key))
        return {"shown": 1e3 * shown, "key": median(answers), "slowest": max(answers), "memory": app.memory()}


def _encoding(bench: Bench, folder: Path) -> list[Case]:
    size = 100_000_000 if bench.quick else 1_000_000_000
    texts = {"long": (folder / "long.txt", size), "notebook": (folder / "notebook.txt", NOTEBOOK_TEXT)}
    for path, length in texts.values():
        in_child("long_texts", "make_text", ids=str(bench.text.encoded.path), path=str(path), size=length)
    found = alternate(
        "scale, encoding", 1 if bench.quick else min(bench.rounds, 3),
        {
            "ours": lambda: _encode_anew(texts["long"][0], folder / "home"),
            "notebook": partial(in_child, "long_texts", "encode_notebook", path=str(texts["notebook"][0])),
        },
    )  # fmt: skip
    name, other = f"encode {size / 1e6:,.0f} MB", f"the notebook's way, {NOTEBOOK_TEXT / 1e6:.0f} MB"
    ours, notebook = found["ours"], found["notebook"]
    return [
        Case(name, "MB/s", column(ours, "mb_per_second"), (Baseline(other, column(notebook, "mb_per_second")),)),
        Case(f"{name}: time", "s", column(ours, "seconds")),
        Case(f"{name}: peak memory", "MiB", column(ours, "memory"), (Baseline(other, column(notebook, "memory")),)),
    ]


def _encode_anew(path: Path, home: Path) -> Readings:
    """Into a home that knows nothing of the text."""
    shutil.rmtree(home, ignore_errors=True)
    return in_child("long_texts", "encode_ours", path=str(path), folder=str(home))


def _first_paint(bench: Bench) -> list[Case]:
    """Both once before, so that neither has to compile its Python."""
    apps: dict[str, Callable[[], Readings]] = {
        "ours": partial(_paint, "tui_textgen", b"Corpora", b"python-reference", bench.home.data / "fresh"),
        "empty": partial(_paint, "benchmarks.empty_app", b"nothing", b"nothing", bench.home.data / "fresh"),
    }
    for paint in apps.values():
        paint()
    found = alternate("scale, first paint", 3 * bench.rounds, apps)
    return [
        Case(name, unit, column(found["ours"], key), (Baseline("an empty app", column(found["empty"], key)),))
        for name, unit, key in (
            ("first paint", "ms", "painted"),
            ("until the texts are listed", "ms", "filled"),
            ("memory of the app", "MiB", "memory"),
        )
    ]  # fmt: skip


def _paint(module: str, first: bytes, last: bytes, home: Path) -> Readings:
    """From the command until ``first`` is written, and until ``last`` is."""
    with Terminal(module, environment={HOME_VARIABLE: str(home)}) as app:
        painted, filled = app.seconds_until(first), app.seconds_until(last)
        time.sleep(SETTLE_SECONDS)
        return {"painted": 1e3 * painted, "filled": 1e3 * filled, "memory": app.memory()}
