from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.unit.runs.making import make_run, make_text
from tui_textgen.corpus.encoded import open_encoded
from tui_textgen.errors import RunError
from tui_textgen.paths import Home
from tui_textgen.runs.folder import Origin, RunFolder, delete_run, fresh_name, rename_run, run_folder, run_folders
from tui_textgen.runs.lock import TrainerLock, is_held
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import summarise


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_run_has_everything_a_trainer_needs(home: Home, run: RunFolder) -> None:
    store = RunStore(run.store)
    facts = store.facts()
    store.close()
    assert facts["state"] == "starting"
    assert facts["config"]["n_hidden"] > 0
    assert facts["steps"] == facts["plan"]["steps"] > 0
    assert open_encoded(run.text).sha256 == facts["corpus_sha256"] == make_text(home).sha256
    assert run.checkpoints.is_dir()


def test_a_run_is_readable_by_its_user_alone(run: RunFolder) -> None:
    assert mode(run.path) == mode(run.checkpoints) == 0o700
    assert mode(run.store) == mode(run.text) == 0o600


def test_a_run_keeps_its_text_when_the_cache_is_emptied(home: Home, run: RunFolder) -> None:
    original = make_text(home)
    before = run.text.read_bytes()
    original.path.unlink()
    original.path.with_suffix(".json").unlink()
    assert run.text.read_bytes() == before
    assert open_encoded(run.text).vocabulary == original.vocabulary


def test_a_file_system_without_hard_links_gets_a_copy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    run = make_run(home)
    assert run.text.read_bytes() == make_text(home).path.read_bytes()
    assert mode(run.text) == 0o600


def test_a_taken_name_is_refused_and_changes_nothing(home: Home, run: RunFolder) -> None:
    before = sorted(home.runs.rglob("*"))
    with pytest.raises(RunError, match="already"):
        make_run(home)
    assert sorted(home.runs.rglob("*")) == before


def test_an_empty_folder_is_not_overwritten(home: Home) -> None:
    (home.runs / "small-quick").mkdir(parents=True)
    with pytest.raises(RunError, match="already"):
        make_run(home)


def test_a_run_that_could_not_be_made_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, facts: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tui_textgen.runs.store.create_store", full)
    with pytest.raises(RunError, match="cannot be made"):
        make_run(home)
    assert list(home.runs.iterdir()) == []


def test_fresh_names_count_on(home: Home) -> None:
    assert fresh_name(home, "small", "quick") == "small-quick"
    make_run(home)
    assert fresh_name(home, "small", "quick") == "small-quick-2"
    make_run(home, "small-quick-2")
    assert fresh_name(home, "small", "quick") == "small-quick-3"


@pytest.mark.parametrize("name", ["missing", "..", "../data", "/etc", ".new-abc", "a/b"])
def test_only_runs_are_found(home: Home, run: RunFolder, name: str) -> None:
    with pytest.raises(RunError):
        run_folder(home, name)
    assert run_folder(home, run.name) == run


def test_what_is_no_run_is_not_listed(home: Home, run: RunFolder) -> None:
    (home.runs / ".new-abc").mkdir()
    (home.runs / "a file").touch()
    (home.runs / "with\x1b[31mcolour").mkdir()
    assert run_folders(home) == [run]


def test_a_renamed_run_is_all_there_under_its_new_name(home: Home, run: RunFolder) -> None:
    before = {path.relative_to(run.path) for path in run.path.rglob("*")}
    renamed = rename_run(home, run.name, "Лев-2")
    assert run_folders(home) == [renamed] == [run_folder(home, "Лев-2")]
    assert {path.relative_to(renamed.path) for path in renamed.path.rglob("*")} >= before
    assert summarise(home, "Лев-2").name == "Лев-2"


@pytest.mark.parametrize("new", ["", "a/b", "..", ".x", "two words", "small-quick", "taken", "x" * 200])
def test_a_name_that_cannot_be_is_refused_and_nothing_moves(home: Home, run: RunFolder, new: str) -> None:
    taken = make_run(home, "taken")
    with pytest.raises(RunError):
        rename_run(home, run.name, new)
    assert {found.name for found in run_folders(home)} == {run.name, taken.name}


def test_a_live_run_is_not_renamed(home: Home, run: RunFolder) -> None:
    """Its trainer writes to where it began."""
    with TrainerLock(run.lock), pytest.raises(RunError, match="being trained"):
        rename_run(home, run.name, "other")
    assert run_folders(home) == [run]


def test_a_fork_owns_the_checkpoint_it_begins_with(home: Home, tmp_path: Path) -> None:
    checkpoint = tmp_path / "resume.safetensors"
    checkpoint.write_bytes(b"weights")
    fork = make_run(home, "fork", origin=Origin("small", 840, checkpoint))
    checkpoint.unlink()
    assert fork.start.read_bytes() == b"weights"
    assert summarise(home, "fork").forked_from == {"run": "small", "step": 840}


def test_a_deleted_run_is_gone_and_its_name_free(home: Home, run: RunFolder) -> None:
    delete_run(home, run.name)
    assert list(home.runs.iterdir()) == []
    make_run(home)


def test_nothing_of_a_run_is_open_while_it_is_removed(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NFS keeps an open file under another name, so that its folder could not be removed: the lock's."""
    held: list[bool] = []
    remove = shutil.rmtree

    def removed(path: Path) -> None:
        held.append(is_held(RunFolder(path).lock))
        remove(path)

    monkeypatch.setattr("tui_textgen.runs.folder.shutil.rmtree", removed)
    delete_run(home, run.name)
    assert held == [False]


def test_a_live_run_is_not_deleted(home: Home, run: RunFolder) -> None:
    with TrainerLock(run.lock), pytest.raises(RunError, match="being trained"):
        delete_run(home, run.name)
    assert run.store.exists()


def test_what_killed_processes_left_is_swept_by_the_next_run_and_what_is_new_stays(home: Home) -> None:
    home.runs.mkdir(parents=True, exist_ok=True)
    for name in (".new-old", ".deleted-1-2", ".fork-old", ".new-young"):
        (home.runs / name / "checkpoints").mkdir(parents=True)
    for name in (".new-old", ".deleted-1-2", ".fork-old"):
        os.utime(home.runs / name, (0, 0))
    make_run(home)
    assert sorted(path.name for path in home.runs.glob(".*")) == [".new-young"]
