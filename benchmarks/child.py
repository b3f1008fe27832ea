"""What :func:`benchmarks.rounds.in_child` starts: ``python -m benchmarks.child MODULE FUNCTION ARGUMENTS``."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path

CLOCK_VARIABLE = "TEXTGEN_TUI_BENCH_CLOCK"
"""Set to ``cpu``, time is what this process computed."""
STATUS = Path("/proc/self/status")


def now() -> float:
    """Seconds on the clock to measure with."""
    return time.process_time() if os.environ.get(CLOCK_VARIABLE) == "cpu" else time.perf_counter()


def peak_memory() -> float:
    """The most that this process has held, MiB.

    Asked of the kernel where it tells: a child's ``ru_maxrss`` begins with what its parent held.
    """
    if STATUS.exists():
        held = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Call the function and print what it returns."""
    module, function, arguments = sys.argv[1:]
    work = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    print(json.dumps(work(**json.loads(arguments))))


if __name__ == "__main__":
    main()
