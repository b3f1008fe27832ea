from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# A deadline for each example would be an assertion about how busy the machine is.
settings.register_profile("textgen-tui", deadline=None)
settings.load_profile("textgen-tui")

# Apps come and go with thousands of objects each: looking for cycles less often took a fifth off the CPU time of
# `tests/tui/test_controls.py`.
gc.set_threshold(100_000, 50, 100)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many again as there are cores: many tests wait for processes and threads."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return (3 * cores + 1) // 2
