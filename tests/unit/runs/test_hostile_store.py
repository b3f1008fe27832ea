"""A record that somebody or something has been at: a sentence, whatever is in its tables."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runs.making import home_in, make_run, record
from tui_textgen.errors import RunError
from tui_textgen.hardware import HardwareReading
from tui_textgen.paths import Home
from tui_textgen.runs.alerts import alerts
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.schema import open_to_read
from tui_textgen.runs.snapshot import Sample
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.summary import list_runs, summary_json
from tui_textgen.runs.watch import RunWatch

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, RunFolder, bytes]:
    """A home with a run that has something of everything, and its record as it was."""
    home = home_in(tmp_path_factory.mktemp("hostile"))
    run = make_run(home)
    with closing(RunStore(run.store)) as store:
        store.add_steps([record(step) for step in range(1, 60)])
        store.add_validation(50, 0.5, 5.0, 1.5)
        store.add_sample(Sample(50, 0.5, "a", "b", 1, 0.8))
        store.add_log("info", "Training.")
        store.add_hardware(HardwareReading((), 0.5, 1, 2, 3))
        store.set_facts(state="finished", device="cpu", precision="fp32", resumed_from=3, saved_at=3.0)
        store.set_facts(forked_from={"run": "a", "step": 3}, launched_as=["here", 3], memory_freed=False)
    return home, run, run.store.read_bytes()


@pytest.fixture
def damage(whole: tuple[Home, RunFolder, bytes]) -> Iterator[Any]:
    """Runs a statement on the whole record, and gives what comes of looking at it in every way."""
    home, run, content = whole

    def damaged(statement: str, *values: object) -> str | None:
        for left in run.path.glob("run.sqlite*"):
            left.unlink()
        run.store.write_bytes(content)
        with closing(sqlite3.connect(run.store)) as connection, connection:
            connection.execute(statement, values)
        return looked_at(home, run)

    yield damaged
    run.store.write_bytes(content)


def looked_at(home: Home, run: RunFolder) -> str | None:
    """Look at a run as the app and the command line do; the sentence, if there is one."""
    (listed,) = list_runs(home)
    json.dumps(summary_json(listed), allow_nan=False)
    try:
        with closing(RunWatch(run)) as watch:
            snapshot = watch.poll()
            alerts(snapshot, NOW)
            list(watch.metrics())
            watch.sample(0)
            watch.series(1, 50)
    except RunError as error:
        return str(error)
    return None


FACTS = ("state created corpus config steps parameters message device precision corpus_sha256 resumed_from distinct "
         "characters steps_per_epoch generation launched saved_at since forked_from memory_freed")  # fmt: skip


@pytest.mark.parametrize("name", FACTS.split())
def test_a_fact_of_the_wrong_type_is_named(name: str, damage: Any) -> None:
    """A device that is a number once ended ‘runs show’ in a TypeError, and a start in the year ∞ the list of runs."""
    for value in (-1, math.inf, math.nan, [1], {"a": 1}, 10**400, [[["x"]]]):
        said = damage("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, json.dumps(value))
        assert f"fact '{name}' is damaged" in said or "exceeds" in said.lower(), (value, said)
        assert len(said) < 400
    for content in ("[" * 100_000, b"\xff\xff", ""):
        assert "cannot be read" in damage("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, content)


@pytest.mark.parametrize("name", ["state", "created", "corpus", "config", "steps", "parameters"])
def test_a_fact_that_is_missing_is_named(name: str, damage: Any) -> None:
    assert f"fact '{name}' is missing" in damage("DELETE FROM facts WHERE key = ?", name)


TABLES = ("facts", "steps", "validations", "samples", "log", "hardware", "commands", "rollups")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_missing_is_a_sentence(table: str, damage: Any) -> None:
    assert f"no such table: {table}" in damage(f"DROP TABLE {table}")


@pytest.mark.parametrize("table", TABLES[1:])
def test_columns_that_hold_something_else_are_a_sentence(
    table: str, damage: Any, whole: tuple[Home, RunFolder, bytes]
) -> None:
    """SQLite takes any value for any column: a sample's text that was TEXT once ended the app."""
    with closing(open_to_read(whole[1].store)) as connection:
        columns = [column for _, column, *_ in connection.execute(f"PRAGMA table_info({table})")]
    for column in columns:
        for value in ("abc", b"\xff\x00", -1, 2**62, 1e308, math.inf, None, "[[", '{"gpus": [{}]}'):
            with suppress(sqlite3.Error):  # what SQLite itself refuses
                said = damage(f"UPDATE {table} SET {column} = ?", value)
                assert said is None or "cannot be read" in said or "no sample 0" in said, (column, value, said)


@pytest.mark.parametrize("arguments", ["[1]", "3", "null", "{", "[" * 100_000])
def test_a_damaged_command_is_a_sentence_and_ends_no_training(arguments: str, damage: Any, whole: Any) -> None:
    said = damage("INSERT INTO commands (kind, arguments, sent) VALUES ('sample', ?, 1)", arguments)
    assert "cannot be read" in said
    with closing(RunStore(whole[1].store)) as store:
        assert store.commands() == []
        assert "stop by signal still works" in (store.trouble or "")


def test_what_is_asked_beside_a_damaged_command_is_heard(damage: Any, whole: Any) -> None:
    """It was lost with that."""
    ask = "INSERT INTO commands (kind, arguments, sent) VALUES ('pause', '{}', 1), ('rate', '{', 1), ('stop', '{}', 1)"
    damage(ask)
    with closing(RunStore(whole[1].store)) as store:
        assert [[command.kind for command in store.commands()] for _ in range(3)] == [["pause"], ["stop"], []]


@given(st.integers(0, 2**32), st.data())
@settings(max_examples=25)
def test_a_record_cut_anywhere_or_overwritten_is_a_sentence(
    whole: tuple[Home, RunFolder, bytes], place: int, data: st.DataObject
) -> None:
    home, run, content = whole
    place %= len(content)
    noise = data.draw(st.none() | st.binary(min_size=1, max_size=200))
    for left in run.path.glob("run.sqlite*"):
        left.unlink()
    run.store.write_bytes(content[:place] if noise is None else content[:place] + noise + content[place + len(noise) :])
    looked_at(home, run)
