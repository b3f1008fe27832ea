"""What a run comes to, and what it would have come to if nothing had happened."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from tests.integration.faults.ground import SETTINGS
from tests.unit.network.making import Ticks
from tui_textgen.config import TrainingConfig, build
from tui_textgen.corpus.encoded import open_encoded
from tui_textgen.network.checkpoint import load_model
from tui_textgen.network.events import CheckpointDue, SampleWritten, StepsCompleted, TrainingEvent, ValidationCompleted
from tui_textgen.network.resume import read_resume
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.training import train
from tui_textgen.plan import plan_run
from tui_textgen.runs.commands import Command
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import is_held
from tui_textgen.runs.store import RunStore, create_store

Changes = Sequence[tuple[int, Command]]
"""What is asked of a run, each at a step."""
QUESTIONS = {
    "steps": "SELECT step, epoch, characters, train_loss, lr, grad_norm FROM steps ORDER BY step",
    "validations": "SELECT step, epoch, loss FROM validations ORDER BY step",
    "samples": "SELECT step, epoch, prime, text, seed, temperature, asked FROM samples ORDER BY id",
}


@dataclass(frozen=True)
class Truth:
    """All of a run that does not depend on how long it took."""

    rows: Mapping[str, list[tuple[Any, ...]]]
    best: bytes
    latest: bytes
    tensors: Mapping[str, torch.Tensor]
    progress: Mapping[str, Any]


def truth_of(folder: RunFolder) -> Truth:
    saved = read_resume(folder.resume)
    with closing(sqlite3.connect(folder.store)) as connection:
        rows = {table: connection.execute(question).fetchall() for table, question in QUESTIONS.items()}
    progress = {key: value for key, value in asdict(saved.progress).items() if key != "seconds"}
    return Truth(rows, folder.best.read_bytes(), folder.latest.read_bytes(), saved.tensors, progress)


def undisturbed(folder: RunFolder, changes: Changes = ()) -> Truth:
    """What the settings and the text of ``folder`` come to in this process, where nothing happens to it."""
    with closing(sqlite3.connect(folder.store)) as connection:
        (config,) = connection.execute("SELECT value FROM facts WHERE key = 'config'").fetchone()
    asked = tuple((step, command.kind, tuple(command.arguments.items())) for step, command in changes)
    return _undisturbed(folder.text.read_bytes(), folder.text.with_suffix(".json").read_bytes(), config, asked)


@cache
def _undisturbed(ids: bytes, description: bytes, config: str, changes: tuple[Any, ...]) -> Truth:
    with TemporaryDirectory() as place:
        folder = RunFolder(Path(place))
        folder.checkpoints.mkdir()
        folder.text.write_bytes(ids)
        folder.text.with_suffix(".json").write_bytes(description)
        create_store(folder.store, {})
        _train(folder, build(TrainingConfig, json.loads(config)), changes)
        return truth_of(folder)


def _train(folder: RunFolder, config: TrainingConfig, changes: tuple[Any, ...]) -> None:
    text = open_encoded(folder.text)
    begun = config.model_copy(update={"epochs": SETTINGS["epochs"]})  # as it was before anybody asked for more
    session = TrainingSession.begin(begun, text, plan_run(begun, text.characters, len(text.vocabulary)))
    left = [(step, Command(kind, dict(arguments))) for step, kind, arguments in changes]

    def asked() -> list[Command]:
        due = [command for step, command in left if step == session.step]
        left[:] = [change for change in left if change[0] != session.step]
        return due

    with closing(RunStore(folder.store)) as store:
        for event in train(session, asked, Ticks(step=1.0)):
            record(event, store, session, folder)


def record(event: TrainingEvent, store: RunStore, session: TrainingSession, folder: RunFolder) -> None:
    """The parts of the recorder that this takes, written once more so that one holds the other."""
    match event:
        case StepsCompleted(steps):
            store.add_steps(steps)
        case ValidationCompleted(step, epoch, loss, seconds):
            store.add_validation(step, epoch, seconds, loss)
        case SampleWritten(sample):
            store.add_sample(sample)
        case CheckpointDue(_, best):
            session.save(folder, best)


def assert_the_same(folder: RunFolder, expected: Truth) -> None:
    """To the last bit."""
    found = truth_of(folder)
    for table in QUESTIONS:
        assert found.rows[table] == expected.rows[table], f"{table} differ"
    assert found.progress == expected.progress
    assert found.tensors.keys() == expected.tensors.keys()
    for name, tensor in expected.tensors.items():
        assert torch.equal(found.tensors[name], tensor), f"{name} differs"
    assert found.latest == expected.latest
    assert found.best == expected.best


def assert_whole(folder: RunFolder) -> None:
    """Whatever happened: what is saved can be used, and nothing is left lying about."""
    assert not is_held(folder.lock), "somebody stayed behind"
    for path in (folder.best, folder.latest):
        if path.exists():
            assert all(weight.isfinite().all() for weight in load_model(path).network.parameters())
    if folder.resume.exists():
        assert all(tensor.isfinite().all() for tensor in read_resume(folder.resume).tensors.values())
    with closing(sqlite3.connect(folder.store)) as connection:
        steps = [step for (step,) in connection.execute("SELECT step FROM steps ORDER BY step")]
        samples = [step for (step,) in connection.execute("SELECT step FROM samples WHERE NOT asked")]
    assert steps == list(range(1, len(steps) + 1))
    assert len(samples) == len(set(samples)), "a sample is there twice"


def assert_tidy(folder: RunFolder) -> None:
    """After a trainer ended by itself."""
    left = {path.name for path in folder.path.rglob("*") if path.is_file()}
    allowed = {"run.sqlite", "trainer.log", "trainer.lock", "text.ids", "text.json"}
    assert left - allowed <= {"best.safetensors", "latest.safetensors", "resume.safetensors"}
