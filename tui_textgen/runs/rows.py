"""What a run's tables hold, as values: rows in, rows out.

SQLite keeps whatever was put into a column: what comes out is checked, and ValueError or TypeError says what is wrong.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.facts import check_facts, is_moment, is_whole
from tui_textgen.runs.rollup import Bin, Statistic, width
from tui_textgen.runs.schema import CURVES
from tui_textgen.runs.snapshot import LogLine, Sample, StepRecord

STEP_COLUMNS = ", ".join(StepRecord._fields)
SAMPLE_COLUMNS = "step, epoch, prime, text, seed, temperature, asked"
LATEST = 2**63 - 1
"""The greatest step that SQLite can tell."""


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def to_text(data: object) -> str:
    if not isinstance(data, bytes):
        raise ValueError("a text of it is none")
    return data.decode("utf-8", "surrogatepass")


def number(value: float | None) -> float:
    """A stored number; NULL is what SQLite makes of NaN."""
    return math.nan if value is None else float(value)


def read_facts(connection: sqlite3.Connection) -> dict[str, Any]:
    return facts(read_fact_rows(connection))


def read_fact_rows(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """The facts as they are stored: the same ones mean the same."""
    return connection.execute("SELECT key, value FROM facts").fetchall()


def facts(stored: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """What the rows of :func:`read_fact_rows` say."""
    said = {key: json.loads(value) for key, value in stored}
    check_facts(said)
    return said


def step_record(row: Sequence[Any]) -> StepRecord:
    step, epoch, characters, *rest = row
    return StepRecord(step, number(epoch), int(characters), *map(number, rest))


def read_steps(connection: sqlite3.Connection, start: int = 0, end: int = LATEST) -> Iterator[StepRecord]:
    """The records of the steps from ``start`` to ``end``, in order."""
    query = f"SELECT {STEP_COLUMNS} FROM steps WHERE step BETWEEN ? AND ? ORDER BY step"
    return map(step_record, connection.execute(query, (start, end)))


def sample_row(sample: Sample) -> tuple[Any, ...]:
    """In the order of SAMPLE_COLUMNS."""
    text = to_bytes(sample.prime), to_bytes(sample.text)
    return (sample.step, sample.epoch, *text, sample.seed, sample.temperature, sample.asked)


def sample(row: Sequence[Any]) -> Sample:
    step, epoch, prime, text, seed, temperature, asked = row
    if not is_whole(step) or not is_whole(seed):
        raise ValueError("a sample of it has no step, or no seed")
    return Sample(step, number(epoch), to_text(prime), to_text(text), seed, number(temperature), bool(asked))


def log_line(row: Sequence[Any]) -> LogLine:
    moment, level, text = row
    if not is_moment(moment) or not isinstance(level, str):
        raise ValueError("a line of its log has no time, or no level")
    return LogLine(moment, level, to_text(text))


def command(row: Sequence[Any]) -> Command | None:
    """None for a kind that this version does not know."""
    number, kind, arguments = row
    if kind not in tuple(CommandKind):
        return None
    given = json.loads(arguments)
    if not isinstance(given, dict):
        raise ValueError("what was asked of it is damaged")
    return Command(CommandKind(kind), given, number)


def bin_row(level: int, number: int, content: Bin) -> tuple[Any, ...]:
    """In the order of the columns of ``rollups``."""
    statistics = [value for statistic in content.statistics for value in statistic]
    return (level, number, content.step, content.epoch, content.seconds, *statistics)


def read_bins(connection: sqlite3.Connection, level: int, start: int = 0, end: int = LATEST) -> Iterator[Bin]:
    """The whole bins of ``level`` from the one with step ``start`` to the one with ``end``; the steps for level 0."""
    if level == 0:
        return map(Bin.of, read_steps(connection, start, end))
    query = "SELECT * FROM rollups WHERE level = ? AND bin BETWEEN ? AND ? ORDER BY bin"
    return map(_bin, connection.execute(query, (level, start // width(level), end // width(level))))


def last_whole(connection: sqlite3.Connection, level: int) -> int:
    """The step behind the last whole bin of ``level``: where finer ones go on."""
    (last,) = connection.execute("SELECT max(bin) FROM rollups WHERE level = ?", (level,)).fetchone()
    return 0 if last is None else (last + 1) * width(level)


def _bin(row: Sequence[Any]) -> Bin:
    step, epoch, seconds = row[2:5]
    if not is_whole(step):
        raise ValueError("a bin of it has no step")
    values = [tuple(row[start : start + 4]) for start in range(5, 5 + 4 * len(CURVES), 4)]
    statistics = tuple(Statistic(int(count), *map(number, rest)) for count, *rest in values)
    return Bin(step, number(epoch), number(seconds), statistics)
