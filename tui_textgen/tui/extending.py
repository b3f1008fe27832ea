"""A run that is to go on for more epochs, in words and numbers."""

from __future__ import annotations

from tui_textgen.errors import InputError
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.renderables.quantities import count, counted
from tui_textgen.tui.renderables.run_lines import epochs_ahead

MOST = 1_000_000
"""Epochs that a run can have."""


def extension(run: RunSnapshot) -> str:
    """The question."""
    has = f"{counted(epochs_ahead(run), 'epoch')}, {counted(run.summary.steps or 0, 'step')}"
    return f"{run.summary.name} has {has}. Train for how many more?"


def epochs_in_all(run: RunSnapshot, typed: str) -> int:
    """How many epochs the run is to have; raises InputError unless a number was typed that can be."""
    has = epochs_ahead(run)
    more = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0
    if not 1 <= more <= MOST - has:
        raise InputError(f"Type a whole number of epochs, from 1 to {MOST - has:,}.")
    return has + more


def told_extension(run: RunSnapshot, typed: str) -> str:
    """What would come of it; raises InputError as :func:`epochs_in_all`."""
    epochs = epochs_in_all(run, typed)
    steps = f", {count(epochs * run.steps_per_epoch)} steps" if run.steps_per_epoch else ""
    return f"{count(epochs)} epochs in all{steps}; the schedule stretches over them"
