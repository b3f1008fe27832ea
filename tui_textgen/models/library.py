"""Where models are: shipped, imported, and in runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_textgen.errors import ModelFileError, RunError
from tui_textgen.models.card import ModelCard, read_card
from tui_textgen.paths import Home, shipped
from tui_textgen.plan import count_parameters
from tui_textgen.runs.folder import run_folder, run_folders
from tui_textgen.runs.lock import is_gone
from tui_textgen.runs.names import checked_name
from tui_textgen.visible import visible_line

SUFFIX = ".safetensors"
LATEST = "run, latest"


@dataclass(frozen=True)
class ModelEntry:
    """A line of the list of models."""

    name: str
    """What ``generate`` takes: a shipped or imported model's name, or a run's."""
    source: str
    """``shipped``, ``yours``, ``run`` (its best checkpoint), ``run, latest``."""
    path: Path
    model: str
    n_hidden: int
    n_layers: int
    parameters: int
    corpus: str | None
    val_loss: float | None
    step: int | None


def list_models(home: Home) -> list[ModelEntry]:
    """Every model that can be loaded: shipped, imported, and each run's best and, where it is later, latest.

    Raises ModelFileError or RunError where the disk does not tell which there are.
    """
    entries: list[ModelEntry] = []
    for name, source, path in _candidates(home):
        try:
            entry = _entry(name, source, read_card(path))
        except ModelFileError:  # told to whoever asks for it by name
            continue
        if source != LATEST or not entries or (entries[-1].name, entries[-1].step) != (name, entry.step):
            entries.append(entry)
    return entries


def find_model(home: Home, name: str, which: Literal["best", "latest"] = "best") -> Path:
    """The file of a model: a path if it names a file, else a run's checkpoint, else a shipped or imported model.

    A run that has only one of best and latest gives that one. Raises ModelFileError.
    """
    path = _as_path(name)
    if _is_path(name) or _is_file(path):
        return path
    try:
        folder = run_folder(home, name)
    except RunError:
        folder = None
    if folder is not None:
        wanted = [folder.best, folder.latest] if which == "best" else [folder.latest, folder.best]
        if found := next((file for file in wanted if not is_gone(file)), None):
            return found
    for models in (shipped("models"), home.models):
        if found := next((file for file in _files(models) if file.stem == name), None):
            return found
    if folder is not None:
        raise ModelFileError(f"The run {folder.name!r} has no checkpoint yet; wait for its first one.")
    raise ModelFileError(
        f"There is no model {visible_line(name)!r}, and no run or file of that name; list them with: textgen-tui models"
    )


def place_for(home: Home, name: str) -> Path:
    """Where the user's model ``name`` is to be written; raises InputError if that is no name, or one that is taken."""
    name = checked_name(name, "A model's")
    path = home.models / f"{name}{SUFFIX}"
    taken = any(file.name == path.name for file in _files(shipped("models")) + _files(home.models))
    if taken or os.path.lexists(path) or os.path.lexists(home.runs / name):
        raise ModelFileError(f"There is a model or run {name!r} already; choose another name: --name")
    return path


def _candidates(home: Home) -> Iterator[tuple[str, str, Path]]:
    for source, folder in (("shipped", shipped("models")), ("yours", home.models)):
        for path in _files(folder):
            yield path.stem, source, path
    for run in sorted(run_folders(home), key=lambda run: run.name):
        if not is_gone(run.best):
            yield run.name, "run", run.best
        if not is_gone(run.latest):
            yield run.name, LATEST, run.latest


def _files(folder: Path) -> list[Path]:
    """The models of ``folder`` by name; none where it is not there, ModelFileError where it is closed to us."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ModelFileError(
            f"The models in {visible_line(str(folder))} cannot be listed ({error.strerror}); change its permissions."
        ) from error


def _as_path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # no such user
        return Path(name)


def _is_file(path: Path) -> bool:
    """A folder that happens to be called like a model hides it no more than nothing does."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:  # too long, say
        return False


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(SUFFIX)


def _entry(name: str, source: str, card: ModelCard) -> ModelEntry:
    assert card.path is not None
    return ModelEntry(
        name=name,
        source=source,
        path=card.path,
        model=card.shape.model,
        n_hidden=card.shape.n_hidden,
        n_layers=card.shape.n_layers,
        parameters=count_parameters(card.shape, len(card.vocabulary)),
        corpus=card.corpus,
        val_loss=card.val_loss,
        step=card.step,
    )
