"""``python -m benchmarks [NAME…] [--quick] [--json] [--text CORPUS] [--rounds N] [--until LOSS@EPOCHS]``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from types import FrameType

from benchmarks import dashboard_cost, generation, gpu, load, scale, time_to_loss, training_throughput
from benchmarks.bench import Bench
from benchmarks.child import CLOCK_VARIABLE
from benchmarks.company import Company
from benchmarks.report import Case, Result, UnavailableError, as_json, as_text
from benchmarks.text import DEFAULT, bench_text
from tui_textgen.errors import TextgenError
from tui_textgen.paths import HOME_VARIABLE, Home

BENCHMARKS: dict[str, Callable[[Bench], Sequence[Case]]] = {
    "training_throughput": training_throughput.run,
    "time_to_loss": time_to_loss.run,
    "generation": generation.run,
    "dashboard_cost": dashboard_cost.run,
    "scale": scale.run,
    "load": load.run,
    "gpu": gpu.run,
}
QUICK = ("training_throughput", "generation", "dashboard_cost", "scale")
"""What a quick run measures if nothing is named."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.one_core:
        if not hasattr(os, "sched_setaffinity"):
            parser.error("--one-core: this system cannot hold a process to a core")
        _take_one_core()
    names = list(dict.fromkeys(asked.names)) or list(QUICK if asked.quick else BENCHMARKS)
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="textgen-tui-bench-") as folder:
        home = Home.locate({HOME_VARIABLE: folder})
        try:
            text = bench_text(home, asked.text)
        except TextgenError as error:
            print(error, file=sys.stderr)
            return error.exit_status
        bench = Bench(home, text, asked.quick, asked.rounds or (2 if asked.quick else 5), until=asked.until)
        results = [_measure(name, bench) for name in names]
    print(as_json(results, asked.quick) if asked.json else as_text(results, asked.quick))
    return 0


def _leave(number: int, _frame: FrameType | None) -> None:
    """In order, so that trainers end and files go; asked twice, as ``timeout`` does, as well as once."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def _measure(name: str, bench: Bench) -> Result:
    company, begun = Company(), time.monotonic()
    try:
        cases, unavailable = tuple(BENCHMARKS[name](bench)), None
    except UnavailableError as error:
        cases, unavailable = (), str(error)
    return Result(name, cases, time.monotonic() - begun, company.cores(), unavailable)


def _take_one_core() -> None:
    """Of the children too: what others compute then costs a training or a passage time, but next to no work."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ[CLOCK_VARIABLE] = "cpu"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Ours against a baseline, in alternating rounds.")
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="some minutes in all: fewer rounds, smaller sizes")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--text", default=DEFAULT, metavar="CORPUS", help="a text of the library, or a path")
    parser.add_argument(
        "--one-core", action="store_true", help="on one core, timed by what is computed: for a machine that others use"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="alternating rounds (5; 2 if quick)")
    parser.add_argument(
        "--until", type=_goal, metavar="LOSS@EPOCHS",
        help="time_to_loss: the validation loss to reach, known to be the notebook's after so many epochs",
    )  # fmt: skip
    return parser


def _goal(text: str) -> tuple[float, int]:
    loss, _, epochs = text.partition("@")
    return float(loss), int(epochs)


if __name__ == "__main__":
    sys.exit(main())
