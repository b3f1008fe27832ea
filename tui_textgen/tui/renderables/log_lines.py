"""What a run's log and its alerts say, as rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_textgen.runs.alerts import Alert
from tui_textgen.runs.snapshot import LogLine
from tui_textgen.tui.renderables.durations import clock
from tui_textgen.tui.renderables.rows import ALARM, MUTED, VALIDATION, Part, Row, cells
from tui_textgen.tui.renderables.wrapping import split
from tui_textgen.visible import visible_line

SIGNS: dict[str, Part] = {
    "news": ("✓", "$success"), "warning": ("!", f"bold {VALIDATION}"), "error": ("✗", f"bold {ALARM}"),
}  # fmt: skip
PLAIN: Part = ("·", MUTED)
NARROWEST = 16
"""Cells for a sentence beside its time; with fewer it stands alone."""


def told(alert: Alert) -> str:
    """An alert's sentence, with the key that helps."""
    remedy = "; press r to go on from the last checkpoint."
    return alert.text.removesuffix(".") + remedy if alert.resumable else alert.text


def merged(log: Sequence[LogLine], alerts: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """Both in order of time; what the log says already is said once, though an alert rang for it."""
    said = {line.text for line in log}
    return tuple(sorted((*log, *(alert for alert in alerts if alert.text not in said)), key=_moment))


def log_rows(lines: Sequence[LogLine], width: int, now: float) -> list[Row]:
    """A line with its clock time and its sign; what doesn't fit ``width`` goes on below, under the sentence."""
    return [row for line in lines for row in _rows(line, width, now)]


def alarming(line: LogLine) -> bool:
    """Whether a line needs a person."""
    return line.level in ("warning", "error")


def _rows(line: LogLine, width: int, now: float) -> list[Row]:
    sign, style = SIGNS.get(line.level, PLAIN)
    moment = clock(line.time, now, seconds=True) if math.isfinite(line.time) else "–"
    head: Row = ((f"{moment:>8} ", MUTED), (f"{sign} ", style))
    if width - cells(head) < NARROWEST:
        head = ((f"{sign} ", style),)
    pieces = split(visible_line(line.text), max(1, width - cells(head)))
    words = f"bold {style}".replace("bold bold", "bold") if alarming(line) else ""
    below: Row = ((" " * cells(head), ""),)
    return [(*(below if number else head), (piece.rstrip(), words)) for number, piece in enumerate(pieces)]


def _moment(line: LogLine) -> float:
    return line.time if math.isfinite(line.time) else 0.0
