from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.models.making import card_with, write_model
from tui_textgen.errors import ModelFileError, RunError
from tui_textgen.models import library
from tui_textgen.models.card import read_card
from tui_textgen.models.library import find_model, list_models, place_for
from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """With a folder of its own for what ships."""
    monkeypatch.setattr(library, "shipped", lambda kind: tmp_path / "shipped" / kind)
    monkeypatch.chdir(tmp_path)
    return Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")


def run_in(home: Home, name: str) -> RunFolder:
    folder = RunFolder(home.runs / name)
    folder.checkpoints.mkdir(parents=True)
    return folder


def test_without_models_the_list_is_empty(home: Home) -> None:
    assert list_models(home) == []


def test_models_are_listed_from_everywhere(home: Home, tmp_path: Path) -> None:
    write_model(tmp_path / "shipped/models/classic.safetensors")
    write_model(home.models / "mine.safetensors")
    run = run_in(home, "a-run")
    write_model(run.best, card_with(step=100))
    write_model(run.latest, card_with(step=150))
    entries = list_models(home)
    assert [(entry.name, entry.source, entry.step) for entry in entries] == [
        ("classic", "shipped", 120), ("mine", "yours", 120), ("a-run", "run", 100), ("a-run", "run, latest", 150),
    ]  # fmt: skip
    first = entries[0]
    assert (first.model, first.n_hidden, first.n_layers, first.corpus, first.val_loss) == ("gru", 3, 2, "small", 1.25)
    assert first.parameters == 9 * (7 + 3 + 2) + 9 * (6 + 2) + 4 * 7


def test_a_latest_checkpoint_that_is_the_best_is_listed_once(home: Home) -> None:
    run = run_in(home, "a-run")
    write_model(run.best)
    write_model(run.latest)
    assert [entry.source for entry in list_models(home)] == ["run"]


def test_a_damaged_model_hides_no_other(home: Home) -> None:
    write_model(home.models / "good.safetensors")
    (home.models / "bad.safetensors").write_bytes(b"nonsense")
    assert [entry.name for entry in list_models(home)] == ["good"]


def test_a_run_that_is_closed_hides_no_other_model(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of another user's ended the list."""
    write_model(home.models / "good.safetensors")
    theirs = run_in(home, "theirs")
    write_model(theirs.best)
    seen = Path.stat

    def closed(self: Path, **how: Any) -> Any:
        if theirs.checkpoints in self.parents:
            raise PermissionError(13, "Permission denied", str(self))
        return seen(self, **how)

    monkeypatch.setattr(Path, "stat", closed)
    assert [entry.name for entry in list_models(home)] == ["good"]
    with pytest.raises(ModelFileError, match=r"best\.safetensors cannot be read: Permission denied"):
        read_card(find_model(home, "theirs"))


def test_a_folder_of_models_that_is_closed_is_told(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its models were missing without a word."""
    kept = write_model(tmp_path / "shipped/models/classic.safetensors")
    opened = Path.iterdir

    def closed(self: Path) -> Any:
        if self == home.models:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self)

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(ModelFileError, match=r"models cannot be listed \(Permission denied\)"):
        list_models(home)
    assert find_model(home, "classic") == kept


def test_a_name_is_a_file_then_a_run_then_a_model(home: Home, tmp_path: Path) -> None:
    kept = write_model(home.models / "same.safetensors")
    assert find_model(home, "same") == kept
    run = run_in(home, "same")
    assert find_model(home, "same") == kept  # the run has no checkpoint yet
    write_model(run.latest)
    assert find_model(home, "same") == run.latest
    write_model(run.best)
    assert find_model(home, "same") == run.best
    assert find_model(home, "same", "latest") == run.latest
    (tmp_path / "same").mkdir()
    assert find_model(home, "same") == run.best
    (tmp_path / "same").rmdir()
    write_model(tmp_path / "same")
    assert find_model(home, "same") == Path("same")


def test_a_path_stays_a_path(home: Home) -> None:
    assert find_model(home, "./missing") == Path("./missing")
    assert find_model(home, "missing.safetensors") == Path("missing.safetensors")


@pytest.mark.parametrize("name", ["missing", "", "~nobody-of-that-name", "x" * 5000, "..", "a\x1b[31mb", "\x00"])
def test_what_is_nowhere_is_a_sentence(home: Home, name: str) -> None:
    with pytest.raises(ModelFileError, match="There is no model") as caught:
        find_model(home, name)
    assert str(caught.value).isprintable()


def test_a_run_without_a_checkpoint_says_so(home: Home) -> None:
    run_in(home, "young")
    with pytest.raises(ModelFileError, match="no checkpoint yet"):
        find_model(home, "young")


def test_a_new_model_gets_a_place_under_a_free_name(home: Home, tmp_path: Path) -> None:
    assert place_for(home, "rnn_30_epoch") == home.models / "rnn_30_epoch.safetensors"
    write_model(tmp_path / "shipped/models/classic.safetensors")
    write_model(home.models / "mine.safetensors")
    run_in(home, "a-run")
    for taken in ("classic", "mine", "a-run"):
        with pytest.raises(ModelFileError, match=f"{taken}.*--name"):
            place_for(home, taken)
    for wrong in ("../up", "", "a b"):
        with pytest.raises(RunError, match="A model's name"):
            place_for(home, wrong)
