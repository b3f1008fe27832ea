"""How a run is laid out in SQLite, and how its file is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_textgen.errors import RunError
from tui_textgen.runs.lock import is_gone
from tui_textgen.visible import visible_line

FORMAT_VERSION = 1
"""In ``PRAGMA user_version``. A newer one is refused, an older one is upgraded by a function named for it."""

BUSY_SECONDS = 2.0
"""How long a connection waits for another's transaction."""

CURVES = ("train_loss", "lr", "grad_norm", "chars_per_second")
"""What each step measures, and the roll-ups keep."""

_STATISTICS = ", ".join(f"{curve}_{part} REAL" for curve in CURVES for part in ("size", "mean", "low", "high"))

# Text is stored as UTF-8 with surrogates passed (BLOB), since a corpus may hold lone ones that TEXT refuses.
# REAL columns may hold NULL: SQLite has no NaN.
SCHEMA = f"""
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE steps (step INTEGER PRIMARY KEY, epoch REAL, characters INTEGER, seconds REAL, train_loss REAL, lr REAL,
    grad_norm REAL, chars_per_second REAL);
CREATE TABLE validations (step INTEGER PRIMARY KEY, epoch REAL, seconds REAL, loss REAL);
CREATE TABLE samples (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, epoch REAL, prime BLOB NOT NULL,
    text BLOB NOT NULL, seed INTEGER NOT NULL, temperature REAL, asked INTEGER NOT NULL);
CREATE TABLE log (id INTEGER PRIMARY KEY, time REAL, level TEXT NOT NULL, text BLOB NOT NULL);
CREATE TABLE hardware (id INTEGER PRIMARY KEY, time REAL, reading TEXT NOT NULL);
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, arguments TEXT NOT NULL,
    sent REAL NOT NULL, taken REAL, step INTEGER);
CREATE INDEX waiting ON commands (id) WHERE taken IS NULL;
CREATE TABLE rollups (level INTEGER, bin INTEGER, step INTEGER, epoch REAL, seconds REAL, {_STATISTICS},
    PRIMARY KEY (level, bin)) WITHOUT ROWID;
PRAGMA user_version = {FORMAT_VERSION};
"""

# File systems whose other end may be written by another machine: WAL needs memory shared by all who write.
_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "afs",
    "ceph",
    "lustre",
    "gpfs",
    "beegfs",
    "gluster",
    "fuse.",
    "orangefs",
    "pvfs",
    "panfs",
    "wekafs",
)


def create(path: Path) -> sqlite3.Connection:
    """A new store, readable by the user alone, open for writing."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = _connect(path, "rw")
    _set_journal(connection, path)
    connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    return connection


def open_to_write(path: Path) -> sqlite3.Connection:
    """An existing store; raises RunError for one that is missing or of a newer format."""
    connection = _open_checked(path, "rw")
    try:
        with readable(path):
            _set_journal(connection, path)
            connection.execute("PRAGMA synchronous = NORMAL")
    except RunError:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """An existing store, not to be changed; raises RunError as :func:`open_to_write` does."""
    return _open_checked(path, "ro")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn whatever a damaged store makes fail within into one RunError."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise RunError(
            f"The record of the run {path.parent.name!r} cannot be read ({visible_line(str(error))[:200]}); "
            "its checkpoints can still be used as model files."
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "DEFERRED") -> Iterator[None]:
    """All or nothing; for a reader, one moment."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def on_network(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether ``path``, or what it links to, lies on a network file system, by the type of the mount that holds it."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    held_by, kind = "", ""
    place = os.path.realpath(path)
    for fields in (line.split() for line in lines):
        point = fields[1].replace("\\040", " ")
        if len(point) >= len(held_by) and (place + "/").startswith(point.rstrip("/") + "/"):
            held_by, kind = point, fields[2]
    return kind.startswith(_NETWORK)


def _open_checked(path: Path, mode: str) -> sqlite3.Connection:
    if is_gone(path):
        raise RunError(f"The run {path.parent.name!r} has no record; delete it and start a new one.")
    with readable(path):
        connection = _connect(path, mode)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            _check_version(path, version)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_version(path: Path, version: int) -> None:
    if version > FORMAT_VERSION:
        raise RunError(f"The run {path.parent.name!r} was written by a newer textgen-tui; update to open it.")
    if version < 1:
        raise RunError(f"The record of the run {path.parent.name!r} is not one of ours, or was never finished.")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
    )


def _set_journal(connection: sqlite3.Connection, path: Path) -> None:
    mode = "TRUNCATE" if on_network(path) else "WAL"
    connection.execute(f"PRAGMA journal_mode = {mode}")
