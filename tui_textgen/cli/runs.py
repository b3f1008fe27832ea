"""``runs`` and what belongs to it: ``show``, ``rename``, ``delete``, ``metrics``."""

from __future__ import annotations

import sys
import time

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.output import UNKNOWN, bits, count, duration, json_line, loss, print_facts, print_json, print_table
from tui_textgen.runs.folder import delete_run, rename_run, run_folder
from tui_textgen.runs.metrics import csv_pieces, metric_rows
from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.runs.summary import list_runs, summarise, summary_json
from tui_textgen.runs.watch import RunWatch


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One array of all runs.")
@click.pass_context
def runs(context: click.Context, as_json: bool) -> None:
    """List the runs, the newest first; show, rename or delete one, or print its metrics."""
    if context.invoked_subcommand is not None:
        return
    found = list_runs(invocation_of(context).home)
    if as_json:
        print_json([summary_json(run) for run in found])
    elif not found:
        print("No runs yet. Start one with: textgen-tui train python-reference --preset quick")
    else:
        print_table(
            ("name", "state", "corpus", "step>", "steps>", "train loss>", "val loss>", "best>", "age>"),
            [_row(run, time.time()) for run in found],
        )


def _row(run: RunSummary, now: float) -> tuple[str, ...]:
    age = duration(now - run.created) if run.created else UNKNOWN  # of a run that cannot be looked into
    return (
        run.name, run.state, run.corpus, count(run.step), count(run.steps), loss(run.train_loss),
        loss(run.val_loss), loss(run.best_val_loss), age,
    )  # fmt: skip


@runs.command()
@click.argument("run", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_invocation
def show(invocation: Invocation, run: str, as_json: bool) -> None:
    """Show where RUN stands, and its settings."""
    summary = summarise(invocation.home, run)
    if as_json:
        print_json(summary_json(summary))
        return
    print_facts(_facts(summary))
    print()
    print_facts({name: UNKNOWN if value is None else str(value) for name, value in summary.config.items()})


def _facts(run: RunSummary) -> dict[str, str]:
    best, origin, model = run.best_val_loss, run.forked_from, run.begun_from
    facts = {
        "name": run.name,
        "state": run.state if run.pid is None else f"{run.state} (process {run.pid})",
        "message": run.message,
        "corpus": run.corpus,
        "step": f"{run.step:,}/{count(run.steps)}",
        "epoch": f"{run.epoch:.2f}/{run.epochs}",
        "train loss": loss(run.train_loss),
        "validation loss": loss(run.val_loss),
        "best": UNKNOWN if best is None else f"{best:.4f} nats, {bits(best, run.per)}",
        "speed": UNKNOWN if run.chars_per_second is None else f"{run.chars_per_second:,.0f} chars/s",
        "time": duration(run.seconds),
        "parameters": count(run.parameters),
        "machine": " ".join(filter(None, (run.device, run.precision))) or UNKNOWN,
        "forked from": None if origin is None else f"{origin['run']} at step {origin['step']:,}",
        "begun from": None if model is None else model["model"],
        "rate": None if run.rate_factor == 1 else f"{run.rate_factor:g} times the schedule's",
        "resumed from": None if run.resumed_from is None else f"step {run.resumed_from:,}",
    }
    return {name: value for name, value in facts.items() if value is not None}


@runs.command()
@click.argument("run", metavar="RUN")
@pass_invocation
def delete(invocation: Invocation, run: str) -> None:
    """Delete RUN with its checkpoints. One that is being trained is refused."""
    delete_run(invocation.home, run)
    print(f"deleted {run}")


@runs.command()
@click.argument("run", metavar="OLD")
@click.argument("new", metavar="NEW")
@pass_invocation
def rename(invocation: Invocation, run: str, new: str) -> None:
    """Call the run OLD by the name NEW. One that is being trained is refused."""
    print(f"renamed {run} to {rename_run(invocation.home, run, new).name}")


@runs.command()
@click.argument("run", metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line instead of CSV.")
@pass_invocation
def metrics(invocation: Invocation, run: str, as_json: bool) -> None:
    """Print a row for each step of RUN, as CSV."""
    watch = RunWatch(run_folder(invocation.home, run))
    try:
        if as_json:
            for row in metric_rows(watch.metrics()):
                print(json_line(row))
        else:
            for piece in csv_pieces(watch.metrics()):
                sys.stdout.write(piece)
    finally:
        watch.close()
