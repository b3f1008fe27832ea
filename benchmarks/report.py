"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.child import CLOCK_VARIABLE

HEAD = ("what", "unit", "ours", "baseline", "its value", "ours / baseline")
CPU_FACTS = Path("/proc/cpuinfo")


class UnavailableError(Exception):
    """This machine cannot run a benchmark; the message says what it lacks."""


@dataclass(frozen=True)
class Baseline:
    """What something else gave, one value for each round."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Case:
    """One quantity, one value for each round, and what it is held against."""

    name: str
    unit: str
    ours: tuple[float, ...]
    baselines: tuple[Baseline, ...] = ()


@dataclass(frozen=True)
class Result:
    """One benchmark's cases, or why there are none."""

    name: str
    cases: tuple[Case, ...]
    seconds: float
    others: float
    """Cores that other processes kept busy meanwhile: much above 0, the numbers are theirs too."""
    unavailable: str | None = None


def ratios(case: Case, baseline: Baseline) -> tuple[float, ...]:
    """Ours over the baseline's, round by round, so that what slows a whole round down drops out."""
    return tuple(mine / theirs for mine, theirs in zip(case.ours, baseline.values, strict=True))


def machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cpu": _cpu_name(),
        "cores": allowed,
        "clock": "CPU time" if os.environ.get(CLOCK_VARIABLE) == "cpu" else "wall",
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "torch": version("torch"),
        "textual": version("textual"),
    }


def as_json(results: Sequence[Result], quick: bool) -> str:
    """Everything, with every round's value."""
    found = {"machine": machine(), "quick": quick, "benchmarks": [_result_values(result) for result in results]}
    return json.dumps(found, indent=2)


def as_text(results: Sequence[Result], quick: bool) -> str:
    """Markdown tables of medians, with the lowest and highest round in brackets."""
    facts = machine()
    pinned = ", in CPU time" if facts["clock"] == "CPU time" else ""
    heading = (
        f"{facts['cpu']}, cores: {facts['cores']}{pinned}, {facts['memory_gib']} GiB; torch {facts['torch']}, "
        f"Python {facts['python']}, {facts['system']}; {facts['date']}{', quick' if quick else ''}"
    )
    return "\n\n".join([heading, *map(_section, results)])


def with_spread(values: Sequence[float]) -> str:
    """``31,200 (30,900–31,500)``; a single value alone."""
    middle = number(median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))}–{number(max(values))})"


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    rounded = round(value, 2 - math.floor(math.log10(abs(value))))
    return f"{rounded:,.{digits}f}"


def _section(result: Result) -> str:
    heading = f"### {result.name}"
    if result.unavailable is not None:
        return f"{heading}\n\n{result.unavailable}"
    rows = [row for case in result.cases for row in _rows(case)]
    return f"{heading}\n\n{_table(rows)}\n\n{result.seconds:.0f} s; other processes used {result.others:.1f} cores"


def _rows(case: Case) -> list[tuple[str, ...]]:
    """A row for each baseline; the first alone repeats nothing of the case."""
    ours = (case.name, case.unit, with_spread(case.ours))
    if not case.baselines:
        return [(*ours, "", "", "")]
    told = [(each.name, with_spread(each.values), with_spread(ratios(case, each))) for each in case.baselines]
    return [(*(("", "", "") if index else ours), *rest) for index, rest in enumerate(told)]


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in [HEAD, *rows]]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _result_values(result: Result) -> dict[str, Any]:
    cases = [
        {
            "name": case.name,
            "unit": case.unit,
            "ours": case.ours,
            "baselines": [
                {"name": each.name, "values": each.values, "ratio": median(ratios(case, each))}
                for each in case.baselines
            ],
        }
        for case in result.cases
    ]
    facts = {"seconds": round(result.seconds, 1), "others": round(result.others, 2), "unavailable": result.unavailable}
    return {"name": result.name, **facts, "cases": cases}


def _cpu_name() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
