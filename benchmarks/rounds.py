"""Measuring in turns, each piece in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tui_textgen.workers.launch import settled_allocator, settled_threads

ROOT = Path(__file__).parent.parent

Readings = Mapping[str, Any]
"""What one contestant gave in one round, by name; numbers, but for a word here and there."""


def alternate(what: str, rounds: int, contestants: Mapping[str, Callable[[], Readings]]) -> dict[str, list[Readings]]:
    """Every contestant once a round, in turn and back again, so that a machine that drifts favours none of them."""
    found: dict[str, list[Readings]] = {name: [] for name in contestants}
    for round_number in range(rounds):
        tell(f"{what}: round {round_number + 1} of {rounds}")
        order = list(contestants.items())
        for name, measure in order if round_number % 2 == 0 else reversed(order):
            found[name].append(measure())
    return found


def column(readings: Sequence[Readings], name: str) -> tuple[float, ...]:
    """One reading of each round."""
    return tuple(float(reading[name]) for reading in readings)


def in_child(module: str, function: str, settled: bool = False, **arguments: Any) -> dict[str, Any]:
    """What ``benchmarks.<module>.<function>(**arguments)`` returns in a fresh process.

    The process has the environment that a user's own script has or, ``settled``, that of a trainer.
    """
    environment = settled_environment() if settled else plain_environment()
    command = [sys.executable, "-m", "benchmarks.child", module, function, json.dumps(arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def plain_environment() -> dict[str, str]:
    """This process's environment without what a trainer's has on top."""
    ours = {**settled_allocator(), **settled_threads()}
    return {name: value for name, value in os.environ.items() if name not in ours}


def settled_environment() -> dict[str, str]:
    """A trainer's environment."""
    return {**settled_threads(), **os.environ, **settled_allocator()}


def tell(line: str) -> None:
    """Progress, beside what is piped on."""
    print(line, file=sys.stderr, flush=True)
