"""A short round of every fault; ``make soak`` plays hundreds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch

from tests.integration.faults import saboteur
from tests.integration.faults.faults import FAULTS, Fault
from tests.integration.faults.ground import Ground, wait
from tests.integration.faults.soak import play
from tests.integration.faults.truth import assert_the_same, assert_tidy, assert_whole, undisturbed
from tui_textgen.network.resume import read_resume
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore

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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.usefixtures("one_core")
@pytest.mark.parametrize("seed", range(3))
def test_a_disk_that_is_really_full_for_a_while_is_caught_up_with(small_disk: Path, seed: int) -> None:
    trial = Ground.at(small_disk / "home").trial("full", seed)
    pid, filler = trial.start(), small_disk / "filler"
    trial.pause(0.8)
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 12)):
                pass
        except OSError:
            assert os.statvfs(small_disk).f_bavail == 0
    trial.pause(0.8)
    filler.unlink()
    assert wait(pid).status == 0
    assert_whole(trial.folder)
    assert_tidy(trial.folder)
    assert_the_same(trial.folder, undisturbed(trial.folder))


@pytest.mark.usefixtures("one_core")
@pytest.mark.parametrize(("recorded", "factor"), [(60, 0.5), (5, 1.0)])
def test_a_change_of_the_rate_that_was_recorded_and_not_yet_saved_is_kept(
    tmp_path: Path, recorded: int, factor: float
) -> None:
    """It was lost, though its log told of it, and so was the lower rate of a training that had gone back. A record that
    is behind the checkpoint tells nothing newer."""
    trial = Ground.at(tmp_path / "home").trial("changed", 1)
    wait(trial.start(lambda: saboteur.at_step(60, lambda _session: os.kill(os.getpid(), signal.SIGKILL))))
    with closing(RunStore(trial.folder.store)) as store:
        store.drop_after(recorded)
        store.set_facts(rate_factor=0.5)
    assert trial.finish().status == 0
    seen = trial.seen()
    assert (seen.state, seen.rate_factor) == (RunState.FINISHED, factor)
    assert read_resume(trial.folder.resume).progress.rate_factor == factor
