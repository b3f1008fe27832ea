"""Following a run from the command line: a progress line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tui_textgen.cli.output import bits, say
from tui_textgen.cli.progress import LiveProgress, PlainProgress, Progress
from tui_textgen.paths import Home
from tui_textgen.runs.alert_book import AlertBook
from tui_textgen.runs.alerts import Kind
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import run_folder
from tui_textgen.runs.snapshot import RunSnapshot, RunState, RunSummary
from tui_textgen.runs.watch import RunWatch
from tui_textgen.visible import visible

POLL_SECONDS = 0.25
STOPPED_BY_HAND = 130


class Interrupts:
    """How often Ctrl-C was pressed; the second time it leaves at once."""

    def __init__(self) -> None:
        self.count = 0

    def _pressed(self, _signal: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count instead of raising, for as long as the block lasts."""
        before = signal.signal(signal.SIGINT, self._pressed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def follow(home: Home, name: str) -> int:
    """Show a run until it ends; the exit status. Ctrl-C stops the run after a checkpoint."""
    watch = RunWatch(run_folder(home, name))
    progress = LiveProgress() if sys.stdout.isatty() else PlainProgress(time.monotonic)
    interrupts = Interrupts()
    try:
        with interrupts.counted(), progress:
            last = _watch_to_the_end(watch, progress, interrupts)
    finally:
        watch.close()
    return _conclude(last.summary, interrupts.count > 0)


def _watch_to_the_end(watch: RunWatch, progress: Progress, interrupts: Interrupts) -> RunSnapshot:
    asked, noted, book = False, time.time() - POLL_SECONDS, AlertBook()
    while True:
        snapshot = watch.poll()
        progress.update(snapshot)
        if not snapshot.summary.state.live:
            return snapshot
        for line in snapshot.log:
            if line.time > noted:
                progress.note(line.text)
                noted = line.time
        for alert in book.look(snapshot, time.time()):
            if alert.kind is not Kind.TROUBLE:  # that is in the log
                progress.note(f"{alert.level}: {alert.text}")
        if interrupts.count and not asked:
            watch.send(Command(CommandKind.STOP))
            asked = True
            progress.note("Stopping after a checkpoint… (Ctrl-C again leaves at once)")
        time.sleep(POLL_SECONDS)


def _conclude(run: RunSummary, by_hand: bool) -> int:
    """The last lines, and the exit status."""
    if run.state is RunState.FAILED:
        say(f"Run {run.name} failed at step {run.step:,}: {run.message or 'its trainer.log says why.'}")
        return 1
    if run.state is RunState.INTERRUPTED:
        say(f"Run {run.name} was interrupted at step {run.step:,}; go on with: textgen-tui resume {run.name}")
        return STOPPED_BY_HAND if by_hand else 1
    print(visible(_last_line(run)), flush=True)
    if run.state is RunState.STOPPED:
        say(f"Go on with: textgen-tui resume {run.name}")
    if run.step > 0:
        say(f"Write with it: textgen-tui generate {run.name}")
    return STOPPED_BY_HAND if by_hand else 0


def _last_line(run: RunSummary) -> str:
    best = run.best_val_loss if run.best_val_loss is not None else run.train_loss
    kind = "best validation" if run.best_val_loss is not None else "train"
    losses = "" if best is None else f", {kind} loss {best:.4f} nats ({bits(best, run.per, 3)})"
    return f"{run.state} {run.name} at step {run.step:,}{losses}"
