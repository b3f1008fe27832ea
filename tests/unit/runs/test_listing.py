"""Listing runs again and again: what is new is seen at once, what is not costs nothing."""

from __future__ import annotations

import errno
import os
import time
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from tests.unit.runs.making import make_run, record
from tui_textgen.errors import RunError
from tui_textgen.paths import Home
from tui_textgen.runs import listing, schema
from tui_textgen.runs.folder import RunFolder, delete_run
from tui_textgen.runs.listing import RunListing
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.snapshot import RunState, RunSummary
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import list_runs, read_or_excuse


def settle(folder: RunFolder, state: RunState = RunState.FINISHED, step: int = 5) -> None:
    """End the run, an hour ago as far as its files tell."""
    with closing(RunStore(folder.store)) as store:
        store.add_steps([record(step)])
        store.set_facts(state=state)
        store.commit()
    age(folder)


def age(folder: RunFolder) -> None:
    for file in folder.path.iterdir():
        os.utime(file, (time.time() - 3600,) * 2)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the runs whose stores were opened."""
    names: list[str] = []

    def read(folder: RunFolder) -> RunSummary:
        names.append(folder.name)
        return read_or_excuse(folder)

    monkeypatch.setattr(listing, "read_or_excuse", read)
    return names


def test_runs_that_are_over_are_opened_once(home: Home, opened: list[str]) -> None:
    for name in ("a", "b", "c"):
        settle(make_run(home, name))
    runs = RunListing(home)
    first = runs.summaries()
    assert first == list_runs(home)
    assert sorted(opened) == ["a", "b", "c"]
    assert runs.summaries() == first
    assert len(opened) == 3


def test_a_run_that_goes_on_is_read_again(home: Home) -> None:
    folder = make_run(home, "a")
    settle(folder)
    runs = RunListing(home)
    assert [run.step for run in runs.summaries()] == [5]
    with TrainerLock(folder.lock), closing(RunStore(folder.store)) as store:
        store.set_facts(state=RunState.RUNNING)
        store.commit()
        for step in (6, 7):
            store.add_steps([record(step)])
            store.commit()
            age(folder)  # whatever the files' times are: a trainer is at work
            (run,) = runs.summaries()
            assert (run.state, run.step) == (RunState.RUNNING, step)
    assert runs.summaries()[0].state is RunState.INTERRUPTED


def test_a_row_that_joins_in_the_same_moment_is_not_missed(home: Home) -> None:
    folder = make_run(home, "a")
    settle(folder)
    runs = RunListing(home)
    for step in range(6, 20):
        with closing(RunStore(folder.store)) as store:
            store.add_steps([record(step)])
            store.commit()
        assert runs.summaries()[0].step == step


def test_runs_that_come_and_go_are_seen(home: Home) -> None:
    settle(make_run(home, "a"))
    runs = RunListing(home)
    runs.summaries()
    settle(make_run(home, "b"))
    assert [run.name for run in runs.summaries()] == ["b", "a"]
    delete_run(home, "a")
    assert [run.name for run in runs.summaries()] == ["b"]
    settle(make_run(home, "a"), step=9)  # another run of the same name
    assert [(run.name, run.step) for run in runs.summaries()] == [("a", 9), ("b", 5)]


def test_a_run_that_waits_for_its_trainer_is_looked_at_again(home: Home, opened: list[str]) -> None:
    """Only the time decides when it counts as interrupted, no file does."""
    age(make_run(home, "a"))
    runs = RunListing(home)
    assert runs.summaries()[0].state is RunState.STARTING
    runs.summaries()
    assert opened == ["a", "a"]


def test_a_damaged_run_is_listed_with_the_reason_each_time(home: Home) -> None:
    folder = make_run(home, "broken")
    folder.store.unlink()
    runs = RunListing(home)
    for _ in range(2):
        assert [(run.name, run.state) for run in runs.summaries()] == [("broken", RunState.FAILED)]


def test_a_record_that_could_not_be_read_is_read_again_though_nothing_of_it_has_changed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that hung for a moment left the run unreadable in the list for as long as the app was open."""
    settle(make_run(home, "one"))
    runs = RunListing(home)
    with monkeypatch.context() as hung:
        hung.setattr(schema, "open_to_read", unreadable)
        assert [run.readable for run in runs.summaries()] == [False]
    assert [run.state for run in runs.summaries()] == [RunState.FINISHED]


def unreadable(path: Path) -> NoReturn:
    raise RunError(f"The record of the run {path.parent.name!r} cannot be read (disk I/O error).")


def test_a_folder_of_runs_that_the_disk_does_not_tell_is_a_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hung(path: Path) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(os, "scandir", hung)
    with pytest.raises(RunError, match="cannot be listed for now"):
        RunListing(home).summaries()
