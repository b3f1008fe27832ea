"""The trainer's side of a run's store: rows are queued, and written some times a second."""

from __future__ import annotations

import errno
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import Any

from tui_textgen.errors import RunError
from tui_textgen.hardware import HardwareReading, to_json
from tui_textgen.runs import rows, schema
from tui_textgen.runs.commands import Command
from tui_textgen.runs.lock import is_gone
from tui_textgen.runs.rollup import Bin, RollUp, width
from tui_textgen.runs.schema import transaction
from tui_textgen.runs.snapshot import Sample, StepRecord

HARDWARE_KEPT = 1800
"""Readings; an hour of one every two seconds."""


def _insert(table: str, columns: str) -> str:
    marks = ", ".join("?" * (columns.count(",") + 1))
    return f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})"


_FACT = _insert("facts", "key, value")
_STEP = _insert("steps", rows.STEP_COLUMNS)
_VALIDATION = _insert("validations", "step, epoch, seconds, loss")
_SAMPLE = _insert("samples", rows.SAMPLE_COLUMNS)
_LOG = _insert("log", "time, level, text")
_HARDWARE = _insert("hardware", "time, reading")
_HARDWARE_PRUNED = "DELETE FROM hardware WHERE id <= (SELECT max(id) FROM hardware) - ?"
_TAKEN = "UPDATE commands SET taken = ?, step = ? WHERE id = ?"
_GENERATION = """INSERT OR REPLACE INTO facts (key, value)
    SELECT 'generation', 1 + coalesce((SELECT value FROM facts WHERE key = 'generation'), 0)"""
"""Whoever has folded dropped rows in begins anew."""
_DROPPED = "drop"
"""No statement: several are needed."""
_ROLLUP = f"INSERT OR REPLACE INTO rollups VALUES ({', '.join('?' * (5 + 4 * len(schema.CURVES)))})"


def create_store(path: Path, facts: Mapping[str, Any]) -> None:
    """A new store that holds ``facts``; raises OSError if it cannot be written."""
    values = [(key, json.dumps(value)) for key, value in facts.items()]
    try:
        with closing(schema.create(path)) as connection, transaction(connection):
            connection.executemany(_FACT, values)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


class RunStore:
    """Everything that a trainer writes. Nothing is in the file before :meth:`commit`, and everything in order.

    A disk that fails does not end a training: the rows stay in the queue, and the next commit tries again.
    Log lines and readings may be added from any thread, the rest belongs to one.
    """

    def __init__(self, path: Path) -> None:
        """Open the store of an existing run; raises RunError."""
        self._path = path
        self._connection = schema.open_to_write(path)
        try:
            with schema.readable(path):
                self._rollup = _restored(self._connection)
        except RunError:
            self._connection.close()
            raise
        self._queue: list[tuple[str, tuple[Any, ...]]] = []
        self._handed_out = 0
        self._abandoned = False
        self.trouble: str | None = None
        """Why the last commit failed; None after one that did not."""

    def add_steps(self, records: Iterable[StepRecord]) -> None:
        self._queue += [(_STEP, record) for record in records]

    def add_validation(self, step: int, epoch: float, seconds: float, loss: float) -> None:
        self._queue.append((_VALIDATION, (step, epoch, seconds, loss)))

    def add_sample(self, sample: Sample) -> None:
        self._queue.append((_SAMPLE, rows.sample_row(sample)))

    def add_log(self, level: str, text: str, moment: float | None = None) -> None:
        """``moment`` in seconds since 1970, now if not given."""
        self._queue.append((_LOG, (time.time() if moment is None else moment, level, rows.to_bytes(text))))

    def add_hardware(self, reading: HardwareReading, moment: float | None = None) -> None:
        """Keep a reading; only the newest HARDWARE_KEPT stay."""
        self._queue.append((_HARDWARE, (time.time() if moment is None else moment, to_json(reading))))
        self._queue.append((_HARDWARE_PRUNED, (HARDWARE_KEPT,)))

    def set_facts(self, **facts: Any) -> None:
        """Facts in JSON's terms, in order with the rows: state, message, pid, device, precision, …

        With a state, the moment it began is kept too (``since``).
        """
        if "state" in facts:
            facts["since"] = time.time()
        self._queue += [(_FACT, (key, json.dumps(value))) for key, value in facts.items()]

    def mark_taken(self, command: Command, step: int) -> None:
        """Record that ``command`` took effect at ``step``."""
        self._queue.append((_TAKEN, (time.time(), step, command.id)))

    def commit(self, durable: bool = False) -> bool:
        """Write what is queued in one transaction; ``durable``: not before it is on the disk itself.

        False if it failed: the queue is kept, and ``trouble`` says why.
        """
        if durable:
            # A transaction that writes nothing is not synced, nor are the ones before it.
            self.set_facts(durable_at=time.time())
        batch = list(self._queue)  # rows may join from another thread meanwhile
        try:
            self._keep_in_place()
            self._write(batch, durable)
        except (sqlite3.Error, OSError, RunError) as error:
            self.trouble = f"The run's record cannot be written ({error}); training goes on and tries again."
            return False
        del self._queue[: len(batch)]
        self.trouble = None
        return True

    def facts(self) -> dict[str, Any]:
        """What is in the file; raises RunError."""
        with schema.readable(self._path):
            return rows.read_facts(self._connection)

    def last_step(self) -> int:
        """The newest step in the file, 0 before the first; raises RunError."""
        with schema.readable(self._path):
            (last,) = self._connection.execute("SELECT max(step) FROM steps").fetchone()
        return int(last or 0)

    def commands(self) -> list[Command]:
        """What was asked since the last call. A store that cannot be read has nothing to say."""
        query = "SELECT id, kind, arguments FROM commands WHERE taken IS NULL AND id > ? ORDER BY id"
        asked: list[Command] = []
        try:
            with schema.readable(self._path):
                for row in self._connection.execute(query, (self._handed_out,)).fetchall():
                    self._handed_out = row[0]  # a damaged one is in nobody's way: the next call has those behind it
                    if command := rows.command(row):
                        asked.append(command)
        except RunError as error:
            self.trouble = f"{error} Nothing can be asked of the training by now, but a stop by signal still works."
        return asked

    def forget_commands(self) -> None:
        """Leave undone what was asked of a trainer that is gone."""
        self._queue.append(("UPDATE commands SET taken = ? WHERE taken IS NULL", (time.time(),)))
        self._require_commit()

    def drop_after(self, step: int) -> None:
        """Forget every row later than ``step``, since training goes on from there."""
        self._queue.append((_DROPPED, (step,)))

    def close(self) -> None:
        """Write what is left, and let go of the file, which then holds everything even if others watch it still."""
        if not self._abandoned and self.commit(durable=True):
            with suppress(sqlite3.Error):  # what a reader holds up stays in the log beside it, and is read from there
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._connection.close()

    def abandon(self) -> None:
        """Have :meth:`close` write nothing: the file is gone, or somebody else's."""
        self._abandoned = True

    def _keep_in_place(self) -> None:
        """Write the file anew if somebody removed it: it is whole for as long as it is open."""
        if not is_gone(self._path) or is_gone(self._path.parent):
            return
        part = self._path.with_name(f".{self._path.name}.part")
        part.unlink(missing_ok=True)
        with closing(schema.create(part)) as copy:
            self._connection.backup(copy)
        self._connection.close()  # and with it the log beside the old one, which is not the new one's
        part.replace(self._path)
        self._connection = schema.open_to_write(self._path)

    def _write(self, batch: Sequence[tuple[str, tuple[Any, ...]]], durable: bool) -> None:
        if not batch:
            return
        self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        rollup = self._rollup.copy()
        try:
            with transaction(self._connection, "IMMEDIATE"):
                for statement, group in groupby(batch, key=lambda queued: queued[0]):
                    self._put(statement, [values for _, values in group])
        except BaseException:  # nothing of it is in the file
            self._rollup = rollup
            raise

    def _put(self, statement: str, values: Sequence[Any]) -> None:
        if statement == _DROPPED:
            for (step,) in values:
                self._drop_after(step)
            return
        self._connection.executemany(statement, values)
        if statement == _STEP:
            bins = [rows.bin_row(*whole) for record in values for whole in self._rollup.add(record)]
            self._connection.executemany(_ROLLUP, bins)

    def _drop_after(self, step: int) -> None:
        for table in ("steps", "validations", "samples"):
            self._connection.execute(f"DELETE FROM {table} WHERE step > ?", (step,))
        for level in _levels(self._connection):
            beyond = (step + 1) // width(level)
            self._connection.execute("DELETE FROM rollups WHERE level = ? AND bin >= ?", (level, beyond))
        self._connection.execute(_GENERATION)
        with schema.readable(self._path):
            self._rollup = _restored(self._connection)

    def _require_commit(self) -> None:
        if not self.commit():
            raise RunError(self.trouble or "")


def _levels(connection: sqlite3.Connection) -> range:
    (top,) = connection.execute("SELECT max(level) FROM rollups").fetchone()
    return range(1, (top or 0) + 1)


def _restored(connection: sqlite3.Connection) -> RollUp:
    """The open bins as they were when the last stored step was added: of each level, what is below it and not yet in
    a whole bin."""
    rollup = RollUp()
    for level in [*_levels(connection), len(_levels(connection)) + 1]:
        parts = list(rows.read_bins(connection, level - 1, rows.last_whole(connection, level)))
        if parts:
            rollup.open(level, reduce(Bin.merged, parts))
    return rollup
