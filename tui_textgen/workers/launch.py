"""Starting trainers: from settings to a run on disk to a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui_textgen.errors import RunError

if TYPE_CHECKING:
    from tui_textgen.paths import Home
    from tui_textgen.runs.folder import RunFolder


def start_run(
    home: Home,
    corpora: Sequence[str],
    preset: str,
    values: Mapping[str, Any],
    name: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> str:
    """Encode ``corpora``, make a run of them and start its trainer; the run's name. Raises InputError.

    ``values`` lie over what suits the corpus, which lies over the preset. Whatever can be refused is refused before
    anything is on disk.
    """
    from tui_textgen.config import training_config
    from tui_textgen.corpus.encoded import encode
    from tui_textgen.corpus.library import find_corpus, suited_settings
    from tui_textgen.plan import plan_run
    from tui_textgen.runs.folder import create_run, fresh_name

    config = training_config(preset, {**suited_settings(home, corpora), **values})
    text = encode(find_corpus(home, corpora, config.encoding), home, progress)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    folder = create_run(
        home, name=name or fresh_name(home, text.name, preset), text=text, config=config, plan=plan, preset=preset
    )
    start_trainer(folder)
    return folder.name


def resume_run(home: Home, name: str, epochs: int | None = None) -> None:
    """Start a trainer that goes on with a run, to ``epochs`` in all if given. Raises RunError, SettingsError."""
    from tui_textgen.config import TrainingConfig, build
    from tui_textgen.runs.folder import run_folder, summary
    from tui_textgen.runs.lock import is_held
    from tui_textgen.runs.snapshot import RunState

    folder = run_folder(home, name)
    if is_held(folder.lock):
        raise RunError(f"Run {name!r} is being trained; stop it first: textgen-tui stop {name}")
    run = summary(folder)
    config = build(TrainingConfig, {**run.config, "epochs": epochs or run.epochs})
    if run.state is RunState.FINISHED and config.epochs <= run.epochs:
        raise RunError(
            f"Run {name!r} is finished after {run.epochs} epochs; to train on, ask for more: "
            f"textgen-tui resume {name} --epochs {run.epochs * 2}"
        )
    start_trainer(folder, resume=True, epochs=epochs)


def start_trainer(folder: RunFolder, resume: bool = False, epochs: int | None = None) -> int:
    """Start the trainer of ``folder`` as a session of its own, its output in ``trainer.log``; its process id.

    Neither a hang-up of the terminal nor the end of this process reaches it.
    """
    command = [sys.executable, "-m", "tui_textgen.workers.trainer", str(folder.path)]
    command += ["--resume"] * resume + ([] if epochs is None else ["--epochs", str(epochs)])
    descriptor = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor,
            env={**os.environ, **settled_allocator()}, start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(descriptor)
    # Without somebody who waits, a trainer that ended would stay as a zombie while this process lives.
    threading.Thread(target=process.wait, name=f"trainer {process.pid}", daemon=True).start()
    return process.pid


def settled_allocator() -> dict[str, str]:
    """Environment that keeps glibc from mapping and unmapping the big activations at every step.

    Measured at 2×512, 64 lanes on two cores: 10.3k characters a second without, 32.5k with. A glibc before 2.35
    refuses a threshold above 32 MiB altogether; other C libraries ignore all of it.
    """
    threshold = str(4 << 30) if _glibc() >= (2, 35) else str(32 << 20)
    return {
        "MALLOC_MMAP_THRESHOLD_": threshold,
        "MALLOC_TRIM_THRESHOLD_": str(4 << 30),
        "MALLOC_TOP_PAD_": str(64 << 20),
    }


def _glibc() -> tuple[int, ...]:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, ValueError):  # not on this system
        return (0,)
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) if name == "glibc" else (0,)
