"""Several runs held against each other: what came of each, and the settings that differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.marks import Look
from tui_textgen.tui.renderables.chart_view import ChartView
from tui_textgen.tui.renderables.chart_words import loss
from tui_textgen.tui.renderables.durations import duration
from tui_textgen.tui.renderables.loss_curves import LossCurves, Overlay
from tui_textgen.tui.renderables.quantities import count, short_count
from tui_textgen.tui.renderables.run_lines import SIGNS, speed
from tui_textgen.tui.renderables.units import Unit
from tui_textgen.visible import visible_line

BEST = " ◂"
"""Behind the lowest of the best losses."""
SAME = "no setting differs"
DIFFERENT = "settings that differ"


@dataclass(frozen=True)
class Compared:
    """One of the runs that are compared; ``snapshot`` is None until it was read."""

    name: str
    look: Look
    snapshot: RunSnapshot | None = None


class Line(NamedTuple):
    """A line of the table: a cell for each run, none for a heading."""

    title: str
    cells: tuple[str, ...] = ()


def overlaid(runs: Sequence[Compared]) -> LossCurves:
    """The curves of all the runs, for one chart."""
    seen = [(run, run.snapshot) for run in runs if run.snapshot]
    steps = [snapshot.summary.steps for _, snapshot in seen if snapshot.summary.steps]
    distinct = {snapshot.distinct for _, snapshot in seen}
    return LossCurves(
        steps=max(steps, default=None),
        distinct=distinct.pop() if len(distinct) == 1 else None,
        others=[Overlay(run.name, run.look.style, snapshot.train, snapshot.validation, run.look.sign)
                for run, snapshot in seen],
    )  # fmt: skip


def comparison_lines(runs: Sequence[Compared], unit: Unit) -> list[Line]:
    """The whole table: results, then the settings that are not the same in all the runs."""
    snapshots = [run.snapshot for run in runs]
    settings = differing_settings(snapshots)
    heading = [Line(DIFFERENT if settings else SAME)] if sum(map(bool, snapshots)) > 1 else []
    return [*_results(snapshots, unit), *heading, *settings]


def differing_settings(snapshots: Sequence[RunSnapshot | None]) -> list[Line]:
    """A line for each setting that is not the same in all that are known; what was chosen for ``auto`` counts."""
    lines = []
    for name, title in setting_titles().items():
        values = [_setting(snapshot, name) if snapshot else None for snapshot in snapshots]
        if len({value for value in values if value is not None}) > 1:
            lines.append(Line(title, tuple("–" if value is None else value for value in values)))
    return lines


def incomparable(runs: Sequence[Compared]) -> str:
    """Why losses of the runs cannot be held against each other; empty where they can."""
    seen = [run.snapshot for run in runs if run.snapshot]
    texts = {snapshot.corpus_sha256 or snapshot.summary.corpus for snapshot in seen}
    if len(texts) > 1:
        return "They learn different texts: their losses do not compare."
    if len({snapshot.summary.config.get("val_frac") for snapshot in seen}) > 1:
        return "They hold out different parts of their text: validation losses compare only roughly."
    return ""


@cache
def setting_titles() -> Mapping[str, str]:
    """The title of each setting, in the order of the form. Brings pydantic at the first call."""
    from tui_textgen.config import TrainingConfig

    return {name: field.title or name for name, field in TrainingConfig.model_fields.items()}


def _results(snapshots: Sequence[RunSnapshot | None], unit: Unit) -> list[Line]:
    facts = [snapshot.summary if snapshot else None for snapshot in snapshots]
    view = ChartView(unit)
    texts = tuple(visible_line(run.corpus) if run else "–" for run in facts)
    lines = {
        "state": [f"{SIGNS[run.state][0]} {run.state.value}" if run else "…" for run in facts],
        f"best, {unit.value}": _with_best([run.best_val_loss if run else None for run in facts], view),
        f"train, {unit.value}": [loss(view, run.train_loss if run else None) for run in facts],
        "step": [f"{count(run.step)}/{count(run.steps)}" if run else "–" for run in facts],
        "time": [duration(run.seconds) if run else "–" for run in facts],
        "chars/s": [speed(run.chars_per_second if run else None).removesuffix(" chars/s").strip() for run in facts],
        "parameters": [short_count(run.parameters if run else None) for run in facts],
    }
    results = [Line(title, tuple(cells)) for title, cells in lines.items()]
    return [*results, Line("text", texts)] if len(set(texts) - {"–"}) > 1 else results


def _with_best(losses: Sequence[float | None], view: ChartView) -> list[str]:
    known = [each for each in losses if each is not None and math.isfinite(each)]
    return [loss(view, each) + (BEST if len(known) > 1 and each == min(known) else "") for each in losses]


def _setting(snapshot: RunSnapshot, name: str) -> str | None:
    """A setting as somebody would type it; None where the run does not tell."""
    from tui_textgen.config import as_typed

    chosen: dict[str, Any] = {"device": snapshot.summary.device, "precision": snapshot.summary.precision}
    config = snapshot.summary.config
    if name not in config:
        return None
    value = chosen.get(name) or config[name]
    return visible_line(as_typed(value)) or "–"
