from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tui_textgen.errors import RunError
from tui_textgen.runs import schema
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.schema import FORMAT_VERSION, on_network, open_to_read, open_to_write
from tui_textgen.runs.store import RunStore, create_store

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local xfs rw 0 0
user@host:/ /mnt/far\\040away fuse.sshfs rw 0 0
tmpfs /tmp tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "far"),
    [("/home/me/run.sqlite", True), ("/homework/run.sqlite", False), ("/home/local/run.sqlite", False),
     ("/mnt/far away/run.sqlite", True), ("/tmp/run.sqlite", False), ("/srv/run.sqlite", False)],
)  # fmt: skip
def test_a_network_file_system_is_told_by_its_mount(tmp_path: Path, path: str, far: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert on_network(Path(path), mounts) is far


def test_a_link_to_a_network_file_system_is_followed(tmp_path: Path) -> None:
    """Homes are often linked to where there is room; the record of such a run had a journal for local disks."""
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    (tmp_path / "near" / "runs").symlink_to(tmp_path / "far")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {(tmp_path / 'far').resolve()} nfs4 rw 0 0\n")
    assert on_network(tmp_path / "near" / "runs" / "run.sqlite", mounts)


def test_a_store_whose_journal_cannot_change_now_is_a_sentence(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that comes from a network file system, and is being read: it was an error of SQLite's, raw."""
    monkeypatch.setattr(schema, "on_network", lambda _path: True)
    open_to_write(run.store).close()
    monkeypatch.undo()
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.01)
    with closing(open_to_read(run.store)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM facts").fetchall()
        with pytest.raises(RunError, match="locked"):
            open_to_write(run.store)


def test_without_a_table_of_mounts_a_file_system_is_taken_for_local(tmp_path: Path) -> None:
    assert not on_network(tmp_path, tmp_path / "missing")


@pytest.mark.parametrize(("far", "mode"), [(False, "wal"), (True, "truncate")])
def test_the_journal_suits_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: bool, mode: str
) -> None:
    monkeypatch.setattr(schema, "on_network", lambda _path: far)
    create_store(tmp_path / "run.sqlite", {})
    with closing(open_to_write(tmp_path / "run.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)


def test_a_store_of_a_newer_format_is_a_sentence(run: RunFolder) -> None:
    with closing(sqlite3.connect(run.store)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    for opener in (open_to_read, open_to_write, RunStore):
        with pytest.raises(RunError, match="newer textgen-tui; update"):
            opener(run.store)


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 4096, b"not a database"])
def test_a_file_that_is_no_store_is_a_sentence(run: RunFolder, content: bytes) -> None:
    run.store.write_bytes(content)
    for opener in (open_to_read, open_to_write, RunStore):
        with pytest.raises(RunError, match="record of the run"):
            opener(run.store)


def test_a_missing_store_is_a_sentence(run: RunFolder) -> None:
    run.store.unlink()
    with pytest.raises(RunError, match="has no record"):
        open_to_read(run.store)
    assert not run.store.exists()


def test_a_reader_cannot_write(run: RunFolder) -> None:
    with closing(open_to_read(run.store)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM facts")
