from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui_textgen.errors import InputError
from tui_textgen.paths import Home, make_private, shipped


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    home = Home.locate({"TEXTGEN_TUI_HOME": str(tmp_path / "here")})
    folders = [home.corpora, home.models, home.runs, home.encoded, home.embedded, home.config]
    assert all(folder.is_relative_to(tmp_path / "here") for folder in folders)
    assert len(set(folders)) == len(folders)


def test_looking_creates_nothing(tmp_path: Path) -> None:
    home = Home.locate({"TEXTGEN_TUI_HOME": str(tmp_path / "here")})
    assert not home.runs.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_relative_home_does_not_move_with_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.locate({"TEXTGEN_TUI_HOME": "here"}).data == tmp_path / "here"


def test_a_folder_that_cannot_be_found_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each was a traceback; a user without a home got a folder that is called ``~``."""
    with pytest.raises(InputError, match="TEXTGEN_TUI_HOME is ‘~no-such-user/here’"):
        Home.locate({"TEXTGEN_TUI_HOME": "~no-such-user/here"})
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError, match="TEXTGEN_TUI_HOME is ‘here’"):
        Home.locate({"TEXTGEN_TUI_HOME": "here"})
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(InputError, match="no home folder here"):
        Home.locate({})


def test_without_the_variable_the_user_folders_hold_the_name_of_the_app() -> None:
    home = Home.locate({})
    assert all("textgen-tui" in str(folder) for folder in (home.data, home.cache, home.config))


def test_what_ships_is_there() -> None:
    assert (shipped("corpora") / "hello.txt").is_file()
    assert shipped("models").is_dir()


def test_a_private_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    folder = make_private(tmp_path / "runs")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert make_private(folder) == folder
