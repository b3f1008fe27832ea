"""A run that begins with what another one has learned, and goes its own way."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_textgen.errors import ModelFileError, RunError, SettingsError
from tui_textgen.workers.launch import check_processes, set_facts, start_trainer

if TYPE_CHECKING:
    from tui_textgen.config import TrainingConfig
    from tui_textgen.paths import Home

KEPT = ("model", "n_hidden", "n_layers", "residual", "init", "encoding", "unit", "min_count")
"""Settings that a fork takes over: they are those of the weights and of the text."""


def fork_run(
    home: Home, source: str, values: Mapping[str, Any], name: str | None = None, nproc: int = 1, best: bool = False
) -> str:
    """Make a run that begins with the last checkpoint of ``source``, or its ``best``, and start its trainer; its name.

    Raises InputError. ``values`` lie over the settings of ``source``, which may be live; its text is the fork's too.
    The fork counts its own steps from 0 and its own epochs. Without a ``name`` one is made.
    """
    from tui_textgen.corpus.encoded import open_encoded
    from tui_textgen.plan import plan_run
    from tui_textgen.runs.folder import Origin, create_run, fresh_name, own, run_folder
    from tui_textgen.runs.summary import read_run

    folder = run_folder(home, source)
    run, text = read_run(folder), open_encoded(folder.text)
    config = forked_config(run.config, values)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    check_processes(nproc, config, plan)
    kept = folder.best if best else folder.resume
    if not kept.exists():
        raise RunError(f"The run {source!r} has no checkpoint yet to fork from; wait for its first one.")
    # The link is to this checkpoint, whatever a live trainer puts in its place meanwhile.
    with tempfile.TemporaryDirectory(prefix=".fork-", dir=home.runs) as place:
        own(kept, checkpoint := Path(place) / kept.name)
        origin = Origin(run.name, _step_of(checkpoint), checkpoint)
        made = create_run(
            home, name=name or fresh_name(home, source, "fork"), text=text, config=config, plan=plan,
            preset="fork", origin=origin,
        )  # fmt: skip
    if nproc > 1:
        set_facts(made, nproc=nproc)
    start_trainer(made, nproc=nproc)
    return made.name


def forked_config(settings: Mapping[str, Any], values: Mapping[str, Any]) -> TrainingConfig:
    """The settings of a run with ``values`` laid over them; raises SettingsError, also for what a fork must keep."""
    from tui_textgen.config import TrainingConfig, build

    before, config = build(TrainingConfig, settings), build(TrainingConfig, {**settings, **values})
    if changed := [name for name in KEPT if getattr(before, name) != getattr(config, name)]:
        raise SettingsError(
            f"{', '.join(changed)}: a fork keeps the network and the text of the run it begins with; leave that as it "
            "is, or start a new run."
        )
    return config


def _step_of(checkpoint: Path) -> int:
    from tui_textgen.models.card import read_card
    from tui_textgen.models.header import read_header

    resume = read_header(checkpoint).metadata.get("resume")
    if resume is None:
        return read_card(checkpoint).step or 0
    try:
        return int(json.loads(resume)["progress"]["step"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError("The run's checkpoint is damaged, so that nothing can begin with it.") from error
