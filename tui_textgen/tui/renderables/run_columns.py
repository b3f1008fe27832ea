"""The list of runs as columns: which of them fit, what stands in them, in what order and which of the runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from tui_textgen.runs.snapshot import RunSummary
from tui_textgen.tui.renderables.durations import ago
from tui_textgen.tui.renderables.quantities import count, counted
from tui_textgen.tui.renderables.run_lines import LOST, SIGNS, nats
from tui_textgen.visible import visible_line

WIDTHS = {"mark": 1, "state": 13, "name": 10, "text": 18, "step": 15, "train": 6, "best": 6, "age": 6}
"""In their order; the name takes what the others leave."""
NEEDED = ("mark", "state", "name", "best")
WELCOME = ("age", "step", "text", "train")
"""The first to come when there is room."""
NAME_ROOM, LONGEST_NAME = 18, 40
"""Cells that a name has before another column may join, and at most."""
RIGHT = ("step", "train", "best", "age")
PADDING = 2
SCROLLBAR = 1

ORDERS: dict[str, Callable[[RunSummary], Any]] = {
    "age": lambda run: (-run.created, run.name),
    "name": lambda run: run.name,
    "state": lambda run: (list(SIGNS).index(run.state), -run.created),
    "text": lambda run: (run.corpus, -run.created),
    "best": lambda run: (_or_last(run.best_val_loss), -run.created),
}
"""By the column that decides; newest, likeliest to matter or lowest first."""


def fitting_columns(width: int) -> dict[str, int]:
    """The columns that ``width`` cells hold, with their widths; never fewer than the needed ones."""
    kept = list(NEEDED)
    for column in WELCOME:
        if _taken(kept) - WIDTHS["name"] + NAME_ROOM + WIDTHS[column] + PADDING <= width:
            kept.append(column)
    name = max(1, min(LONGEST_NAME, WIDTHS["name"] + width - _taken(kept)))
    return {column: name if column == "name" else wide for column, wide in WIDTHS.items() if column in kept}


def matching(runs: Sequence[RunSummary], words: str) -> list[RunSummary]:
    """The runs in whose name, text or state each of the ``words`` occurs, in whatever case."""
    wanted = words.casefold().split()
    return [run for run in runs if all(word in _searched(run) for word in wanted)]


def cell(run: RunSummary, column: str, now: float) -> str:
    """What stands in one column of a run; ``now`` in seconds since 1970. Marks are not the run's own."""
    match column:
        case "state":
            return f"{SIGNS[run.state][0]} {run.state.value}" if run.readable else LOST[0]
        case "name":
            return visible_line(run.name)
        case "text":
            return visible_line(run.corpus)
        case "step":
            return f"{count(run.step)}/{count(run.steps)}"
        case "train":
            return nats(run.train_loss)
        case "best":
            return nats(run.best_val_loss)
        case "age":
            return ago(now - run.created)
        case _:
            return ""


def list_note(found: int, runs: int, marked: int) -> str:
    """How many runs there are, are shown and are marked, and what a mark is for."""
    shown = counted(runs, "run") if found == runs else f"{found:,} of {counted(runs, 'run')}"
    if not marked:
        return f"{shown}; m marks one, v compares the marked" if runs > 1 else shown if runs else ""
    return f"{shown}, {marked} marked; " + ("v compares them" if marked > 1 else "mark another to compare them with v")


def _taken(columns: Sequence[str]) -> int:
    return sum(WIDTHS[column] + PADDING for column in columns) + SCROLLBAR


def _searched(run: RunSummary) -> str:
    return f"{run.name}\n{run.corpus}\n{run.state.value}".casefold()


def _or_last(loss: float | None) -> float:
    return math.inf if loss is None or math.isnan(loss) else loss
