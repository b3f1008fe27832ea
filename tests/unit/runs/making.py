"""Runs to test with: real texts, real folders, real stores."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_textgen.config import training_config
from tui_textgen.corpus.encoded import EncodedText, encode
from tui_textgen.corpus.library import find_corpus
from tui_textgen.paths import Home
from tui_textgen.plan import plan_run
from tui_textgen.runs.folder import Origin, RunFolder, create_run
from tui_textgen.runs.snapshot import StepRecord
from tui_textgen.runs.store import create_store


def home_in(folder: Path) -> Home:
    return Home(data=folder / "data", cache=folder / "cache", config=folder / "config")


def make_text(home: Home, text: str = "What is here is found elsewhere.\n" * 40) -> EncodedText:
    path = home.data / "small.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return encode(find_corpus(home, [str(path)]), home)


def make_run(home: Home, name: str = "small-quick", origin: Origin | None = None) -> RunFolder:
    text = make_text(home)
    config = training_config("quick", {})
    plan = plan_run(config, text.characters, len(text.vocabulary))
    return create_run(home, name=name, text=text, config=config, plan=plan, preset="quick", origin=origin)


@contextmanager
def new_run() -> Iterator[RunFolder]:
    """A run that is a store alone, and goes again: one for each example that hypothesis tries."""
    facts = {"state": "starting", "created": time.time(), "corpus": "small", "steps": 600, "parameters": 1}
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder))
        create_store(run.store, {**facts, "config": {"epochs": 100}})
        yield run


def record(step: int, loss: float = 2.0, **values: float) -> StepRecord:
    numbers = {"epoch": step / 100, "seconds": step / 10, "lr": 1e-3, "grad_norm": 0.5, "chars_per_second": 1e4}
    return StepRecord(step=step, characters=step * 64, train_loss=loss, **{**numbers, **values})
