"""A run's folder: where its files are, how it comes to be, how it goes."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_textgen.corpus.atomic import sweep
from tui_textgen.errors import RunError
from tui_textgen.paths import Home, make_private
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.names import checked_name, name_from
from tui_textgen.runs.snapshot import RunState

if TYPE_CHECKING:  # neither settings nor texts are needed where runs are listed and watched
    from tui_textgen.config import TrainingConfig
    from tui_textgen.corpus.encoded import EncodedText
    from tui_textgen.plan import Plan

ABANDONED_SECONDS = 86400.0
"""What was not written to for so long belongs to a process that was killed: a model that a run is to begin with waits
in such a folder while the text is encoded, however long that takes."""


@dataclass(frozen=True)
class RunFolder:
    """Where the parts of a run are."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def store(self) -> Path:
        return self.path / "run.sqlite"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        return self.checkpoints / "best.safetensors"

    @property
    def latest(self) -> Path:
        return self.checkpoints / "latest.safetensors"

    @property
    def resume(self) -> Path:
        return self.checkpoints / "resume.safetensors"

    @property
    def start(self) -> Path:
        """What a fork begins with, until it has a checkpoint of its own."""
        return self.checkpoints / "start.safetensors"

    @property
    def log(self) -> Path:
        """What the trainer printed."""
        return self.path / "trainer.log"

    @property
    def lock(self) -> Path:
        return self.path / "trainer.lock"

    @property
    def meeting(self) -> Path:
        """Where the ranks of a training find each other."""
        return self.path / "ranks.meeting"

    @property
    def text(self) -> Path:
        """The encoded text, with its description beside it (``.json``)."""
        return self.path / "text.ids"


@dataclass(frozen=True)
class Origin:
    """What a fork begins with: a run's checkpoint, to resume from or a model file, saved after ``step`` updates."""

    run: str
    step: int
    checkpoint: Path

    @property
    def facts(self) -> dict[str, Any]:
        return {"forked_from": {"run": self.run, "step": self.step}}


@dataclass(frozen=True)
class Ancestor:
    """The model that a run begins with, saved after ``step`` updates if that is known."""

    model: str
    """As it was asked for."""
    step: int | None
    checkpoint: Path
    notes: tuple[str, ...] = ()
    """What changes with the run's text, in sentences."""

    @property
    def facts(self) -> dict[str, Any]:
        return {"begun_from": {"model": self.model, "step": self.step, "notes": list(self.notes)}}


def run_folder(home: Home, name: str) -> RunFolder:
    """The folder of an existing run; raises RunError."""
    path = home.runs / checked_name(name)
    if not path.is_dir():
        raise RunError(f"There is no run {path.name!r}; list them with: textgen-tui runs")
    return RunFolder(path)


def run_folders(home: Home) -> list[RunFolder]:
    """All runs, in no order; raises RunError where the disk does not tell them."""
    try:
        with os.scandir(home.runs) as entries:
            return [RunFolder(Path(entry.path)) for entry in entries if entry.is_dir() and _is_name(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise RunError(f"The runs cannot be listed for now ({error.strerror}): {home.runs}") from error


def fresh_name(home: Home, corpus: str, preset: str) -> str:
    """A free name that tells what the run is about: ``anna-karenina-standard-2``."""
    stem = name_from(corpus, preset)
    name, number = stem, 1
    while os.path.lexists(home.runs / name):
        number += 1
        name = f"{stem}-{number}"
    return name


def create_run(
    home: Home,
    *,
    name: str,
    text: EncodedText,
    config: TrainingConfig,
    plan: Plan,
    preset: str,
    origin: Origin | Ancestor | None = None,
) -> RunFolder:
    """A new run that owns its text and waits for its trainer; raises RunError for a name that is taken."""
    path = make_private(home.runs) / checked_name(name)
    for left in (".new-*", ".deleted-*", ".fork-*"):
        sweep(home.runs, left, ABANDONED_SECONDS)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=home.runs))
    try:
        _fill(RunFolder(made), text, config, plan, preset, origin)
        if os.path.lexists(path):  # a rename would replace an empty folder
            raise _taken(path.name)
        made.rename(path)
    except OSError as error:
        raise RunError(f"The run {path.name!r} cannot be made ({error.strerror}): {home.runs}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return RunFolder(path)


def rename_run(home: Home, name: str, new: str) -> RunFolder:
    """Call a run ``new``; one that is being trained, and a name that is taken, are refused with a RunError."""
    folder, path = run_folder(home, name), home.runs / checked_name(new)
    with TrainerLock(folder.lock, patience=0.2):
        if os.path.lexists(path):  # a rename would replace an empty folder
            raise _taken(path.name)
        try:
            folder.path.rename(path)
        except OSError as error:
            raise RunError(f"The run {name!r} cannot be renamed ({error.strerror}): {folder.path}") from error
    return RunFolder(path)


def delete_run(home: Home, name: str) -> None:
    """Remove a run with all its checkpoints; a live one is refused with a RunError."""
    folder = run_folder(home, name)
    removed = folder.path.with_name(f".deleted-{os.getpid()}-{time.time_ns()}")
    try:
        with TrainerLock(folder.lock, patience=0.2):
            folder.path.rename(removed)
        shutil.rmtree(removed)  # not while the lock is open: NFS keeps an open file in its folder
    except OSError as error:
        raise RunError(f"The run {name!r} cannot be removed ({error.strerror}): {error.filename}") from error


def _fill(
    folder: RunFolder,
    text: EncodedText,
    config: TrainingConfig,
    plan: Plan,
    preset: str,
    origin: Origin | Ancestor | None,
) -> None:
    from tui_textgen.plan import count_parameters
    from tui_textgen.runs.store import create_store

    folder.checkpoints.mkdir(mode=0o700)
    own(text.path, folder.text)
    own(text.path.with_suffix(".json"), folder.text.with_suffix(".json"))
    facts = {
        "state": RunState.STARTING,
        "created": time.time(),
        "corpus": text.name,
        "corpus_sha256": text.sha256,
        "characters": text.characters,
        "distinct": len(text.vocabulary),
        "preset": preset,
        "config": {**config.model_dump(mode="json"), "epochs": plan.epochs},
        "plan": asdict(plan),
        "steps": plan.steps,
        "steps_per_epoch": plan.steps_per_epoch,
        "parameters": count_parameters(config.shape, len(text.vocabulary)),
    }
    if origin is not None:
        own(origin.checkpoint, folder.start)
        facts |= origin.facts
    create_store(folder.store, facts)


def own(source: Path, target: Path) -> None:
    """A hard link where the file system has them: the cache may then lose the file without harm."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(0o600)


def _taken(name: str) -> RunError:
    return RunError(
        f"There is a run {name!r} already; choose another name, or delete it: textgen-tui runs delete {name}"
    )


def _is_name(name: str) -> bool:
    try:
        return checked_name(name) == name
    except RunError:
        return False
