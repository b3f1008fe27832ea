"""The trainer: a process of its own that learns one run.

``python -m tui_textgen.workers.trainer FOLDER [--resume] [--epochs E]``. What it prints goes to ``trainer.log``; what
people see of it is in the run's store. Started several times over, by ``ranks`` or by torchrun, each is a rank of one
training, and rank 0 is the trainer.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tui_textgen.config import TrainingConfig, build
from tui_textgen.corpus.atomic import sweep
from tui_textgen.corpus.encoded import EncodedText, open_encoded, verify
from tui_textgen.errors import CorpusError, RankLostError, RunLostError, TextgenError
from tui_textgen.hardware import HardwareReader
from tui_textgen.plan import Plan, extended, plan_run
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock, is_gone
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore
from tui_textgen.workers.follower import follow
from tui_textgen.workers.launch import check_checkpoint
from tui_textgen.workers.pulse import Pulse
from tui_textgen.workers.recorder import Recorder

if TYPE_CHECKING:
    from tui_textgen.network.ranks import Ranks
    from tui_textgen.network.session import TrainingSession


class StopSignals:
    """SIGTERM and SIGINT as a request to save and stop; a hang-up of the terminal is none."""

    def __init__(self) -> None:
        self._received = False
        signal.signal(signal.SIGTERM, self._receive)
        signal.signal(signal.SIGINT, self._receive)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def commands(self) -> list[Command]:
        """A stop, for as long as one is asked for: it needs no store."""
        return [Command(CommandKind.STOP)] if self._received else []

    def _receive(self, _signal: int, _frame: FrameType | None) -> None:
        self._received = True


def main(argv: Sequence[str] | None = None) -> int:
    """Train the run in the folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="trainer")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--meeting", type=Path, help="a file for ranks to meet in, whose starter holds the lock")
    task = parser.parse_args(argv)
    folder = RunFolder(task.folder)
    if int(os.environ.get("RANK", "0")) > 0:
        return follow(folder, task.meeting)
    stop = StopSignals()
    try:
        with nullcontext() if task.meeting else TrainerLock(folder.lock) as lock:
            return _record(folder, stop, task, lock)
    except TextgenError as error:  # the run is somebody else's, or has no store to tell it in
        print(error, file=sys.stderr)
        return error.exit_status


def _record(folder: RunFolder, stop: StopSignals, task: argparse.Namespace, lock: TrainerLock | None) -> int:
    """Train with everything that happens in the store, a failure too."""
    sweep(folder.checkpoints, age=0)  # of a trainer that was killed while it saved: there is no other one
    store = RunStore(folder.store)
    try:
        # Launched is what the lock says from here on: if this process dies, the run is interrupted at once.
        store.set_facts(state=RunState.STARTING, pid=os.getpid(), message=None, memory_freed=False, launched=0.0)
        store.commit()
        _train(folder, store, stop, task, lock)
    except RunLostError:
        store.abandon()
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the run must say that it failed, and why
        traceback.print_exc()
        if isinstance(error, RankLostError) and task.meeting:
            return 1  # whoever started the ranks knows which of them ended, and how
        message = str(error) if isinstance(error, TextgenError) else _last_line(error)
        store.add_log("error", message)
        store.set_facts(state=RunState.FAILED, message=message)
        return 1
    finally:
        store.close()
    return 0


def _train(
    folder: RunFolder, store: RunStore, stop: StopSignals, task: argparse.Namespace, lock: TrainerLock | None
) -> None:
    if task.resume:
        check_checkpoint(folder, store.facts())
    text = _own_text(folder, store)
    config, plan = _settle(store, text, task.epochs)
    from tui_textgen.network.device_reading import read_device
    from tui_textgen.network.ranks import joined  # with torch, which takes a second or two to load
    from tui_textgen.network.training import train

    with joined(task.meeting) as ranks:
        session = _session(config, text, plan, folder, store, task.resume, ranks)
        recorder = Recorder(store, folder, session)
        store.set_facts(state=RunState.RUNNING, device=session.device, precision=session.precision)
        store.set_facts(rate_factor=session.progress.rate_factor)
        hardware = HardwareReader(
            folder.path, _own_processes(ranks.count), partial(read_device, session.compute.torch_device)
        )
        keep = lock.keep if lock else lambda: None  # else whoever started the ranks holds it
        for event in train(session, Pulse(store, hardware, stop.commands, keep)):
            recorder.record(event)


def _own_processes(ranks: int) -> set[int]:
    """This process, or all ranks of the training on this machine: whoever started them has no other children."""
    if ranks == 1:
        return {os.getpid()}
    import psutil

    return {child.pid for child in psutil.Process(os.getppid()).children()}


def _own_text(folder: RunFolder, store: RunStore) -> EncodedText:
    """The text that the run was made of; raises CorpusError if it is damaged, or another one by now."""
    text = open_encoded(folder.text)
    if text.sha256 != store.facts()["corpus_sha256"]:
        raise CorpusError("The run's text is not the one it began with; start a new run.")
    verify(text)
    return text


def _settle(store: RunStore, text: EncodedText, epochs: int | None) -> tuple[TrainingConfig, Plan]:
    """The run's settings and plan, with ``epochs`` instead of its own if given."""
    config = build(TrainingConfig, store.facts()["config"])
    if epochs is not None:
        config = extended(config, epochs)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    store.set_facts(config=config.model_dump(mode="json"), plan=asdict(plan), steps=plan.steps)
    for note in plan.notes:
        store.add_log("info", note)
    return config, plan


def _session(
    config: TrainingConfig,
    text: EncodedText,
    plan: Plan,
    folder: RunFolder,
    store: RunStore,
    resume: bool,
    ranks: Ranks,
) -> TrainingSession:
    """A session from the last checkpoint if ``resume`` and there is one, else from the start; on all ranks."""
    from tui_textgen.network.session import TrainingSession

    saved, fork = resume and not is_gone(folder.resume), not is_gone(folder.start)
    ranks.agree({"config": config.model_dump(mode="json"), "resume": saved, "fork": fork})
    if ranks.count > 1:
        store.add_log("info", f"Training as {ranks.count} ranks.")
    if resume and not saved:
        store.add_log("info", "There was no checkpoint yet: training starts from the beginning.")
        store.set_facts(saved_at=None)
        store.drop_after(-1)
    if not saved and fork:
        _tell_origin(store)
        return TrainingSession.fork(config, text, plan, folder, ranks)
    if not saved:
        return TrainingSession.begin(config, text, plan, ranks)
    session = TrainingSession.resume(config, text, plan, folder, ranks)
    _alter_as_recorded(session, store)
    store.drop_after(session.step)  # what was recorded after the checkpoint did not happen
    store.set_facts(resumed_from=session.step)
    store.add_log("info", f"Resumed from step {session.step:,}.")
    return session


def _alter_as_recorded(session: TrainingSession, store: RunStore) -> None:
    """Take over a change of the rate whose checkpoint was not there yet when the trainer ended.

    The record is written before the checkpoint. Where it is behind that all the same, it has nothing newer to tell.
    """
    from tui_textgen.network.asked import LARGEST_FACTOR, SMALLEST_FACTOR

    factor = float(store.facts().get("rate_factor") or session.progress.rate_factor)
    changed = factor != session.progress.rate_factor and SMALLEST_FACTOR <= factor <= LARGEST_FACTOR
    if changed and store.last_step() >= session.step:
        session.alter(rate_factor=factor)


def _tell_origin(store: RunStore) -> None:
    """What the run begins with, in its log."""
    facts = store.facts()
    origin: Mapping[str, Any] = facts.get("forked_from") or facts["begun_from"]
    when = "" if origin["step"] is None else f" at step {origin['step']:,}"
    store.add_log("info", f"Begins with what {origin.get('run') or origin['model']} had learned{when}.")
    for note in origin.get("notes", ()):
        store.add_log("info", note)


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip() + " (trainer.log has the details)"


if __name__ == "__main__":
    sys.exit(main())
