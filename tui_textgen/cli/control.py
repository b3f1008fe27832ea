"""``stop``, ``pause`` and ``continue``: a request to the trainer, and the wait for its answer."""

from __future__ import annotations

import time
from collections.abc import Collection

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.errors import RunError, WorkerError
from tui_textgen.paths import Home
from tui_textgen.runs import commands
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import RunState, RunSummary

PATIENCE = 60.0
"""Seconds until a trainer that doesn't answer is given up on; a step or a validation may take a while."""
POLL_SECONDS = 0.1


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@pass_invocation
def stop(invocation: Invocation, run: str) -> None:
    """Stop RUN after a checkpoint."""
    reached = _ask(invocation.home, run, CommandKind.STOP, ended=True)
    print(f"{reached.state} {run} at step {reached.step:,}; go on with: textgen-tui resume {run}")


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@pass_invocation
def pause(invocation: Invocation, run: str) -> None:
    """Pause RUN; its trainer stays."""
    reached = _ask(invocation.home, run, CommandKind.PAUSE, {RunState.PAUSED})
    print(f"paused {run} at step {reached.step:,}; go on with: textgen-tui continue {run}")


@click.command("continue", cls=Command)
@click.argument("run", metavar="RUN")
@pass_invocation
def continue_(invocation: Invocation, run: str) -> None:
    """Let RUN go on after a pause."""
    reached = _ask(invocation.home, run, CommandKind.CONTINUE, {RunState.RUNNING})
    print(f"running {run} at step {reached.step:,}")


def _ask(
    home: Home, name: str, kind: CommandKind, awaited: Collection[RunState] = (), ended: bool = False
) -> RunSummary:
    """Send ``kind`` and wait until the run is in a state of ``awaited``, or has ended. Raises RunError, WorkerError."""
    from tui_textgen.runs.folder import run_folder
    from tui_textgen.runs.watch import RunWatch

    watch = RunWatch(run_folder(home, name))
    try:
        run = watch.poll().summary
        if not run.state.live:
            raise RunError(_not_live(run))
        if run.state in awaited:
            return run
        watch.send(commands.Command(kind))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            run = watch.poll().summary
            if run.state in awaited or (ended and not run.state.live):
                return run
            if not run.state.live:
                raise RunError(f"Run {name!r} ended before it could {kind}: it is {run.state} at step {run.step:,}.")
            time.sleep(POLL_SECONDS)
    finally:
        watch.close()
    raise WorkerError(f"The trainer of {name!r} has not answered for {PATIENCE:.0f} seconds; it is still {run.state}.")


def _not_live(run: RunSummary) -> str:
    remedy = "" if run.state is RunState.FINISHED else f"; go on with: textgen-tui resume {run.name}"
    return f"Run {run.name!r} is not being trained: it is {run.state}{remedy}"
