"""``stop``, ``pause``, ``continue``, ``rate``, ``extend``: a request to the trainer, and the wait for its answer."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.errors import RunError, WorkerError
from tui_textgen.paths import Home
from tui_textgen.runs import commands
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import RunSnapshot, RunState, RunSummary

PATIENCE = 60.0
"""Seconds until a trainer that doesn't answer is given up on; a step or a validation may take a while."""
POLL_SECONDS = 0.1

Arrived = Callable[[RunSnapshot], bool]


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@pass_invocation
def stop(invocation: Invocation, run: str) -> None:
    """Stop RUN after a checkpoint."""
    asked = commands.Command(CommandKind.STOP)
    reached = _ask(invocation.home, run, asked, lambda now: not now.summary.state.live)
    print(f"{reached.state} {run} at step {reached.step:,}; go on with: {going_on(reached)}")


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@click.option("--free-memory", is_flag=True, help="Give the device's memory back until the run goes on.")
@pass_invocation
def pause(invocation: Invocation, run: str, free_memory: bool) -> None:
    """Pause RUN; its trainer stays."""

    def paused(now: RunSnapshot) -> bool:
        return now.summary.state is RunState.PAUSED and (now.memory_freed or not free_memory)

    asked = commands.Command(CommandKind.PAUSE, {"free_memory": True} if free_memory else {})
    reached = _ask(invocation.home, run, asked, paused)
    print(f"paused {run} at step {reached.step:,}; go on with: textgen-tui continue {run}")


@click.command("continue", cls=Command)
@click.argument("run", metavar="RUN")
@pass_invocation
def continue_(invocation: Invocation, run: str) -> None:
    """Let RUN go on after a pause."""
    asked = commands.Command(CommandKind.CONTINUE)
    reached = _ask(invocation.home, run, asked, lambda now: now.summary.state is RunState.RUNNING)
    print(f"running {run} at step {reached.step:,}")


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@click.argument("factor", type=click.FloatRange(min=0, min_open=True))
@pass_invocation
def rate(invocation: Invocation, run: str, factor: float) -> None:
    """Multiply the learning rate of RUN by FACTOR from now on, over its schedule and through resumes.

    0.8 slows a run down that is getting worse; 1.25 takes that back.
    """
    from tui_textgen.runs.summary import summarise

    before = summarise(invocation.home, run).rate_factor
    asked = commands.Command(CommandKind.RATE, {"factor": factor})
    reached = _ask(invocation.home, run, asked, _taken(CommandKind.RATE), already=False)
    if reached.rate_factor == before and factor != 1:
        raise RunError(
            f"Run {run!r} stays at {before:g} times its schedule's rate: {factor:g} times that is too far from it for "
            "a network to learn; choose a factor nearer to 1."
        )
    print(f"{run} learns at {reached.rate_factor:g} times its schedule's rate, at step {reached.step:,}")


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@click.option("--epochs", required=True, type=click.IntRange(1, 1_000_000), metavar="E", help="Epochs in all.")
@pass_invocation
def extend(invocation: Invocation, run: str, epochs: int) -> None:
    """Let RUN, while it is trained, go on to E epochs in all.

    Its schedule stretches over them, and a limit of steps is lifted. What has ended is extended by a resume.
    """
    asked = commands.Command(CommandKind.EXTEND, {"epochs": epochs})
    reached = _ask(invocation.home, run, asked, _taken(CommandKind.EXTEND), already=False)
    if reached.epochs != epochs:
        raise RunError(f"Run {run!r} goes on to step {reached.steps:,} already; ask for more than {epochs} epochs.")
    print(f"{run} goes on to {epochs:,} epochs, {reached.steps:,} steps")


def _taken(kind: CommandKind) -> Arrived:
    """Whether the trainer has taken up every command of a kind."""
    return lambda now: all(command.kind is not kind for command in now.waiting)


def _ask(home: Home, name: str, command: commands.Command, arrived: Arrived, already: bool = True) -> RunSummary:
    """Send ``command`` and wait until the run has ``arrived``; raises RunError, WorkerError.

    With ``already``, a run that is there is not asked.
    """
    from tui_textgen.runs.folder import run_folder
    from tui_textgen.runs.watch import RunWatch

    watch = RunWatch(run_folder(home, name))
    try:
        now = watch.poll()
        if not now.summary.state.live:
            raise RunError(not_live(now.summary, command.kind))
        if already and arrived(now):
            return now.summary
        watch.send(command)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            now = watch.poll()
            if arrived(now):
                return now.summary
            if not now.summary.state.live:
                raise RunError(
                    f"Run {name!r} ended before it could {command.kind}: it is {now.summary.state} at step "
                    f"{now.summary.step:,}."
                )
            time.sleep(POLL_SECONDS)
    finally:
        watch.close()
    state = now.summary.state
    raise WorkerError(f"The trainer of {name!r} has not answered for {PATIENCE:.0f} seconds; it is still {state}.")


def not_live(run: RunSummary, kind: CommandKind) -> str:
    """Why a run without a trainer cannot be asked for anything, and the command that helps."""
    what = "extend it" if kind is CommandKind.EXTEND else "go on"
    return f"Run {run.name!r} is not being trained: it is {run.state}; {what} with: {going_on(run, kind)}"


def going_on(run: RunSummary, kind: CommandKind | None = None) -> str:
    """The command that trains a run again; one that has finished needs more epochs."""
    more = " --epochs E" if run.state is RunState.FINISHED or kind is CommandKind.EXTEND else ""
    return f"textgen-tui resume {run.name}{more}"
