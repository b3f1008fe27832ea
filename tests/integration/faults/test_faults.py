"""A short round of every fault; ``make soak`` plays hundreds."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.integration.faults.faults import FAULTS, Fault
from tests.integration.faults.ground import Ground
from tests.integration.faults.soak import play

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and limits its own resources")


@pytest.fixture
def one_core() -> Iterator[None]:
    """One thread: in this process, and in those that are forked from it."""
    cores, threads = os.sched_getaffinity(0), torch.get_num_threads()
    os.sched_setaffinity(0, {min(cores)})
    torch.set_num_threads(1)
    yield
    os.sched_setaffinity(0, cores)
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_core")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_run_is_not_lost(fault: Fault, tmp_path: Path) -> None:
    play(fault, Ground.at(tmp_path / "home"), seed=1)
