"""The reader's side of a run: what is new since the last look, folded into a frozen snapshot."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui_textgen.errors import RunError
from tui_textgen.hardware import HardwareReading, from_json
from tui_textgen.runs import rows, schema
from tui_textgen.runs.commands import Command
from tui_textgen.runs.curves import Curves, read_stretch
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.last_words import last_words
from tui_textgen.runs.lock import is_held
from tui_textgen.runs.snapshot import LogLine, RunSnapshot, RunState, RunSummary, Sample, StepRecord, Stretch
from tui_textgen.runs.summary import build_summary, read_numbers

if TYPE_CHECKING:
    from tui_textgen.corpus.vocabulary import Vocabulary

LOG_LINES = 200
HARDWARE_READINGS = 120
"""Four minutes of one every two seconds."""

_METRICS = f"""SELECT {", ".join("steps." + name for name in StepRecord._fields)}, loss, validations.step
    FROM steps LEFT JOIN validations USING (step) WHERE steps.step > ? ORDER BY steps.step LIMIT 5000"""


class RunWatch:
    """One open run, live or not, for one thread. Raises RunError where the run is gone or cannot be read."""

    def __init__(self, folder: RunFolder, clock: Callable[[], float] = time.time) -> None:
        """``clock`` in seconds since 1970."""
        self._folder = folder
        self._clock = clock
        self._connection = schema.open_to_read(folder.store)
        self._inode = _inode(folder)
        self._version: int | None = None
        self._snapshot: RunSnapshot | None = None
        self._fact_rows: list[tuple[Any, ...]] = []
        self._facts: dict[str, Any] = {}
        self._numbers: dict[str, Any] = {}
        self._forget()

    def poll(self) -> RunSnapshot:
        """The run now: the same object as before if nothing changed."""
        held = is_held(self._folder.lock)
        with schema.readable(self._folder.store):
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            snapshot = self._snapshot
            if snapshot is None or version != self._version:
                with schema.transaction(self._connection):
                    self._read_facts()
                    self._numbers = read_numbers(self._connection)
                    snapshot = self._read()
                self._version = version
            summary = self._summary(held or is_held(self._folder.lock))
        gone = _inode(self._folder) != self._inode
        if snapshot is not self._snapshot or summary != snapshot.summary or gone != snapshot.gone:
            self._snapshot = replace(snapshot, summary=summary, gone=gone, log=self._whole_log(summary))
        return self._snapshot

    def sample(self, index: int) -> Sample:
        """The sample of that number, 0 the first."""
        query = f"SELECT {rows.SAMPLE_COLUMNS} FROM samples WHERE id = ?"
        with schema.readable(self._folder.store):
            row = self._connection.execute(query, (index + 1,)).fetchone()
            if row is not None:
                return rows.sample(row)
        raise RunError(f"The run {self._folder.name!r} has no sample {index}.")

    def vocabulary(self) -> Vocabulary:
        """What the run's text consists of; raises CorpusError where it is missing or damaged."""
        from tui_textgen.corpus.encoded import open_encoded  # a run opens without it

        return open_encoded(self._folder.text).vocabulary

    def series(self, first: int, last: int) -> Stretch:
        """The curves of the steps from ``first`` to ``last``: the shorter the part, the finer."""
        with schema.readable(self._folder.store), schema.transaction(self._connection):
            return read_stretch(self._connection, first, last)

    def metrics(self) -> Iterator[tuple[StepRecord, float | None]]:
        """Every step, in order, with the validation loss that was measured at it, if any.

        Read piece by piece: whoever takes them slowly holds up no trainer.
        """
        last: int | None = -1
        while last is not None:
            with schema.readable(self._folder.store):
                piece = self._connection.execute(_METRICS, (last,)).fetchall()
            for *record, loss, validated in piece:
                yield rows.step_record(record), None if validated is None else rows.number(loss)
            last = piece[-1][0] if piece else None

    def send(self, command: Command) -> None:
        """Ask the trainer; raises RunError if there is none."""
        state = self.poll().summary.state
        if not state.live:
            name = self._folder.name
            raise RunError(
                f"The run {name!r} is {state}, without a trainer to ask; go on with: textgen-tui resume {name}"
            )
        insert = "INSERT INTO commands (kind, arguments, sent) VALUES (?, ?, ?)"
        values = (command.kind, json.dumps(command.arguments), self._clock())
        with closing(schema.open_to_write(self._folder.store)) as connection, schema.readable(self._folder.store):
            connection.execute(insert, values)

    def close(self) -> None:
        self._connection.close()

    def _forget(self) -> None:
        self._generation: int | None = None
        self._curves: Curves | None = None
        self._log: deque[LogLine] = deque(maxlen=LOG_LINES)
        self._hardware: deque[HardwareReading] = deque(maxlen=HARDWARE_READINGS)
        self._heard_at: float | None = None
        self._seen = {"log": 0, "hardware": 0}

    def _read_facts(self) -> None:
        """Most polls find those of the last one, and need not understand them anew."""
        stored = rows.read_fact_rows(self._connection)
        if stored != self._fact_rows:
            self._facts, self._fact_rows = rows.facts(stored), stored

    def _read(self) -> RunSnapshot:
        facts = self._facts
        if facts.get("generation", 0) != self._generation:  # a resume dropped rows that we have folded in
            self._forget()
            self._generation = facts.get("generation", 0)
        if self._curves is None or self._curves.behind(self._connection):
            self._curves = Curves(self._connection)
        curves = self._curves
        curves.update(self._connection)
        self._log.extend(map(rows.log_line, self._new_rows("log", "time, level, text", LOG_LINES)))
        for moment, reading in self._new_rows("hardware", "time, reading", HARDWARE_READINGS):
            self._hardware.append(from_json(reading))
            self._heard_at = moment
        return RunSnapshot(
            summary=self._summary(held=True),  # until poll has looked at the lock again
            distinct=facts.get("distinct"),
            characters=facts.get("characters"),
            corpus_sha256=facts.get("corpus_sha256"),
            steps_per_epoch=facts.get("steps_per_epoch"),
            **curves.series(),
            samples=self._count_samples(),
            newest_sample=self._newest_sample(),
            memory_freed=facts.get("memory_freed", False),
            saved_at=facts.get("saved_at"),
            went_back=facts.get("went_back"),
            log=tuple(self._log),
            hardware=tuple(self._hardware),
            waiting=self._waiting(),
            since=facts.get("since"),
            heard_at=self._heard_at,
            gone=False,
        )

    def _whole_log(self, summary: RunSummary) -> tuple[LogLine, ...]:
        """The run's log; where its trainer ended without a word, with what that printed last."""
        interrupted = summary.state is RunState.INTERRUPTED
        printed = last_words(self._folder.log, self._facts.get("since") or 0.0) if interrupted else ()
        return (*self._log, *printed)

    def _summary(self, held: bool) -> RunSummary:
        return build_summary(self._folder.name, self._facts, self._numbers, held, self._clock())

    def _new_rows(self, table: str, columns: str, most: int) -> list[tuple[Any, ...]]:
        query = f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id DESC LIMIT ?"
        found = self._connection.execute(query, (self._seen[table], most)).fetchall()[::-1]
        if found:
            self._seen[table] = found[-1][0]
        return [row[1:] for row in found]

    def _count_samples(self) -> int:
        (last,) = self._connection.execute("SELECT max(id) FROM samples").fetchone()
        return int(last or 0)  # numbered without gaps: only the last ones are ever dropped

    def _newest_sample(self) -> Sample | None:
        query = f"SELECT {rows.SAMPLE_COLUMNS} FROM samples ORDER BY id DESC LIMIT 1"
        row = self._connection.execute(query).fetchone()
        return rows.sample(row) if row else None

    def _waiting(self) -> tuple[Command, ...]:
        query = "SELECT id, kind, arguments FROM commands WHERE taken IS NULL ORDER BY id"
        return tuple(command for row in self._connection.execute(query) if (command := rows.command(row)))


def _inode(folder: RunFolder) -> int | None:
    try:
        return folder.store.stat().st_ino
    except OSError:
        return None
