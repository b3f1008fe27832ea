"""A file that is whole or not there, and what it leaves alone."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from tui_textgen.corpus.atomic import ABANDONED_SECONDS, whole_file
from tui_textgen.errors import TextgenError


def age(path: Path) -> Path:
    path.write_bytes(b"half")
    moment = path.stat().st_mtime - 2 * ABANDONED_SECONDS
    os.utime(path, (moment, moment))
    return path


def write_half(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"after")
        raise ValueError("half way")


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"before")
    with pytest.raises(ValueError, match="half way"):
        write_half(path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("text", b"before")]
    with whole_file(path) as file:
        file.write(b"after")
    assert path.read_bytes() == b"after"


def test_what_killed_writers_left_is_swept_and_other_unfinished_files_are_not(tmp_path: Path) -> None:
    ours = age(tmp_path / ".model.safetensors.0123abcd.part")
    others = [age(tmp_path / name) for name in (".film.mkv.part", ".model.safetensors.part", "0123abcd.part")]
    young = tmp_path / ".text.89abcdef.part"
    young.touch()
    with whole_file(tmp_path / "text"):
        pass
    assert not ours.exists()
    assert all(path.exists() for path in [*others, young])


def test_a_file_system_that_syncs_no_folders_takes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkpoint could be saved there: each was said to have failed, though it was in its place."""
    sync = os.fsync

    def files_alone(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_alone)
    with whole_file(tmp_path / "text") as file:
        file.write(b"whole")
    assert (tmp_path / "text").read_bytes() == b"whole"


@pytest.mark.parametrize(("code", "remedy"), [(errno.ENOSPC, "free some space, or"), (errno.EACCES, "mend that, or")])
def test_the_remedy_is_that_of_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, remedy: str
) -> None:
    """A folder that may not be written to was told to need space."""

    def refused(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(TextgenError, match=remedy), whole_file(tmp_path / "text"):
        pass
    assert not list(tmp_path.iterdir())
