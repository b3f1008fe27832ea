"""Starting trainers: from settings to a run on disk to a process of its own."""

from __future__ import annotations

import math
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui_textgen.errors import RunError, SettingsError
from tui_textgen.workers.child import python_command

if TYPE_CHECKING:
    from tui_textgen.config import TrainingConfig
    from tui_textgen.paths import Home
    from tui_textgen.plan import Plan
    from tui_textgen.runs.folder import RunFolder


def start_run(
    home: Home,
    corpora: Sequence[str],
    preset: str,
    values: Mapping[str, Any],
    name: str | None = None,
    progress: Callable[[float], None] | None = None,
    nproc: int = 1,
    tell: Callable[[str], None] | None = None,
    init_from: str | None = None,
) -> str:
    """Encode ``corpora``, make a run of them and start its trainer; the run's name. Raises InputError.

    ``values`` lie over what suits the corpus, which lies over the preset. ``nproc`` processes train it. Whatever can be
    refused is refused before there is a run. ``tell`` gets sentences about what of the text was left out.
    ``init_from`` names a model to begin with, whose sizes the run has.
    """
    from tui_textgen.config import training_config
    from tui_textgen.corpus.encoded import encode
    from tui_textgen.corpus.library import find_corpus
    from tui_textgen.plan import plan_run
    from tui_textgen.runs.folder import create_run, fresh_name
    from tui_textgen.workers.inheriting import inherited

    asked = training_config(preset, values)
    with inherited(home, init_from, asked, values) as before:
        source = find_corpus(home, corpora, asked.encoding)
        config = training_config(preset, {**source.settings, **values, **before.settings})
        if tell:
            for note in source.notes:
                tell(note)
        text = encode(source.taken(config.unit, config.min_count), home, progress)
        plan = plan_run(config, text.characters, len(text.vocabulary))
        check_processes(nproc, config, plan)
        check_memory(config, plan, len(text.vocabulary))
        name = name or fresh_name(home, text.name, preset)
        origin = before.ancestor(text.vocabulary)
        folder = create_run(home, name=name, text=text, config=config, plan=plan, preset=preset, origin=origin)
    if nproc > 1:
        set_facts(folder, nproc=nproc)
    start_trainer(folder, nproc=nproc)
    return folder.name


def resume_run(home: Home, name: str, epochs: int | None = None, nproc: int | None = None) -> None:
    """Start a trainer that goes on with a run, to ``epochs`` in all if given, whatever its limit of steps was.

    Raises InputError. ``nproc`` processes train it, as many as the last time if not given.
    """
    from tui_textgen.runs.folder import run_folder
    from tui_textgen.runs.lock import is_held
    from tui_textgen.runs.snapshot import RunState
    from tui_textgen.runs.store import RunStore

    folder = run_folder(home, name)
    if is_held(folder.lock):
        raise RunError(f"The run {name!r} is being trained already; stop it first: textgen-tui stop {name}")
    config, plan = _what_is_left(folder, epochs)
    store = RunStore(folder.store)
    try:
        facts = store.facts()
        check_checkpoint(folder, facts)
        nproc = facts.get("nproc", 1) if nproc is None else nproc
        check_processes(nproc, config, plan)
        store.forget_commands()
        # The trainer says the same a moment later; until then nobody shall take the run for one that has ended.
        store.set_facts(state=RunState.STARTING, launched=time.time(), launched_as=None, message=None, nproc=nproc)
    finally:
        store.close()
    start_trainer(folder, resume=True, epochs=epochs, nproc=nproc)


def check_checkpoint(folder: RunFolder, facts: Mapping[str, Any]) -> None:
    """Raises RunError where a run has lost the checkpoint to resume from, and still has a model of what it learned.

    Such a run would begin again, and its first checkpoint would take the model's place.
    """
    from tui_textgen.runs.lock import is_gone

    if facts.get("saved_at") is None or not is_gone(folder.resume):
        return
    for model, remedy in (
        (folder.best, f"textgen-tui fork {folder.name} --best"),
        (folder.latest, f"textgen-tui train … --init-from {folder.latest}"),
    ):
        if not is_gone(model):
            raise RunError(
                f"The run {folder.name!r} has lost {folder.resume.name}, without which it cannot go on where it was; "
                f"begin another run with {model.name}: {remedy}"
            )


def check_processes(nproc: int, config: TrainingConfig, plan: Plan) -> None:
    """Raises SettingsError where ``nproc`` processes would have too few lanes or GPUs.

    Of GPUs the driver is asked; the trainer, which has torch, looks again.
    """
    from tui_textgen.hardware import HardwareReader
    from tui_textgen.plan import check_ranks

    check_ranks(config, plan, nproc)
    if nproc > 1 and config.device in ("auto", "cuda"):
        gpus = len(HardwareReader().read().gpus)
        if 0 < gpus < nproc:
            raise SettingsError(
                f"nproc: each process needs a GPU of its own, and this machine has {gpus}; ask for at most {gpus}, or "
                "compute on the CPU: --device cpu."
            )


def check_memory(config: TrainingConfig, plan: Plan, distinct: int) -> None:
    """Raises SettingsError where a training on the CPU takes more than all of this machine's memory.

    By an estimate that is low: 64 lanes × 100 of 18,090 distinct characters, 64 units, fp32, were to take 2.7 GiB, and
    took 4.8 GiB. What is refused here would be killed by the system, which tells nobody why.
    """
    from tui_textgen.hardware import HardwareReader
    from tui_textgen.memory import ITEM_BYTES, Workload, too_large

    precision = config.precision if config.precision in ITEM_BYTES else min(ITEM_BYTES, key=ITEM_BYTES.__getitem__)
    grid = plan.train
    work = Workload(config.shape, distinct, precision, grid.lanes, grid.seq_length, config.drop_span)
    machine = HardwareReader().read()
    on_cpu = config.device == "cpu" or (config.device == "auto" and not machine.gpus)
    if on_cpu and work.bytes > machine.ram_total:
        raise SettingsError(too_large(work, machine.ram_total))


def _what_is_left(folder: RunFolder, epochs: int | None) -> tuple[TrainingConfig, Plan]:
    """The settings and the plan of a resume to ``epochs``.

    Raises RunError if the run is finished, or beyond that, and SettingsError for a number of epochs out of bounds. Of
    other runs the number of rows tells nothing: a checkpoint may be older.
    """
    from tui_textgen.config import TrainingConfig, build
    from tui_textgen.corpus.encoded import open_encoded
    from tui_textgen.plan import extended, plan_run
    from tui_textgen.runs.snapshot import RunState
    from tui_textgen.runs.summary import read_run

    run, text = read_run(folder), open_encoded(folder.text)
    config = build(TrainingConfig, run.config)
    if epochs is not None:
        config = extended(config, epochs)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    finished = run.state is RunState.FINISHED and run.step >= plan.steps
    if finished or run.step > plan.steps:
        more = 2 * math.ceil(run.step / plan.steps_per_epoch)
        how = "is finished after" if finished else f"was to end at step {plan.steps:,}, and has had"
        raise RunError(
            f"The run {run.name!r} {how} {run.step:,} steps; ask for more epochs: "
            f"textgen-tui resume {run.name} --epochs {more}"
        )
    return config, plan


def start_trainer(folder: RunFolder, resume: bool = False, epochs: int | None = None, nproc: int = 1) -> int:
    """Start the trainer of ``folder`` as a session of its own, its output in ``trainer.log``; its process id.

    Neither a hang-up of the terminal nor the end of this process reaches it. Of several processes it is the one that
    watches over the others. Raises RunError where the system has no room for another process.
    """
    module = ["tui_textgen.workers.trainer"] if nproc == 1 else ["tui_textgen.workers.ranks", str(nproc)]
    command = python_command(*module, str(folder.path))
    command += ["--resume"] * resume + ([] if epochs is None else ["--epochs", str(epochs)])
    # Where this process is somebody's rank, the trainer is not.
    environment = {name: value for name, value in os.environ.items() if name not in ("RANK", "WORLD_SIZE")}
    try:
        descriptor = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor,
                env={**settled_threads(), **environment, **settled_allocator()}, start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RunError(
            f"The trainer of {folder.name!r} cannot be started ({error.strerror}); "
            f"try again: textgen-tui resume {folder.name}"
        ) from error
    # Without somebody who waits, a trainer that ended would stay as a zombie while this process lives.
    threading.Thread(target=process.wait, name=f"trainer {process.pid}", daemon=True).start()
    set_facts(folder, launched_as=[os.uname().nodename, process.pid])
    return process.pid


def set_facts(folder: RunFolder, **facts: Any) -> None:
    """Write facts of a run that no trainer is at work on."""
    from tui_textgen.runs.store import RunStore

    store = RunStore(folder.store)
    store.set_facts(**facts)
    store.close()


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


def settled_threads() -> dict[str, str]:
    """Environment that lets a waiting thread sleep soon instead of spinning for as long as its share of a core lasts.

    Measured at 2×512, 64 lanes on two cores that others were using too: 2 s a step instead of 5 to 15 s.
    """
    return {"GOMP_SPINCOUNT": "1000"}


def _glibc() -> tuple[int, ...]:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, ValueError):  # not on this system
        return (0,)
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) if name == "glibc" else (0,)
