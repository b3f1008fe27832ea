"""The words above the curves: what is drawn, in which unit, and the values under the crosshair."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.chart_view import ChartView
from tui_textgen.tui.renderables.curve import nearest, place_of, step_at
from tui_textgen.tui.renderables.durations import duration
from tui_textgen.tui.renderables.loss_curves import LossCurves, Overlay, sign_of
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.renderables.rows import LIVE, MUTED, VALIDATION, Row, Slot, spread
from tui_textgen.visible import visible_line

TRAIN_KEY: Row = (("━", LIVE), (" train", MUTED))
VALIDATION_KEY: Row = (("○", VALIDATION), (" validation", MUTED))
OTHERS_KEY: Row = (("━ train  ", MUTED), ("△", f"bold {MUTED}"), (" validation in bold", MUTED))
LONGEST_NAME = 24


def title(curves: LossCurves, view: ChartView, width: int) -> Row:
    """What the chart shows, and the key to its curves; with a crosshair on, the values under it."""
    if view.cursor is not None:
        return spread(width, cursor_values(curves, view, view.cursor))
    what = Slot(0, (("loss", "bold"), (f", {view.unit.words(curves.per)}", MUTED)))
    if curves.others and not curves.train:
        return spread(width, [what, *choices(curves, view)], [Slot(1, OTHERS_KEY)])
    marks: Row = (*VALIDATION_KEY, (" ● best", VALIDATION)) if curves.validation else VALIDATION_KEY
    return spread(width, [what, *choices(curves, view)], [Slot(1, TRAIN_KEY), Slot(2, marks)])


def choices(curves: LossCurves, view: ChartView) -> list[Slot]:
    """What is not as it is at first: the y axis, and which part is shown."""
    words = ["log"] if view.log else []
    if view.window:
        zoom = view.zoom(curves.extent(view.axis))
        words.append(f"{zoom:.0f}× zoom" if zoom >= 9.5 else f"{zoom:.1f}× zoom")
        words += ["following"] if view.follow else []
    return [Slot(3, ((", ".join(words), "$foreground 80%"),))] if words else []


def cursor_values(curves: LossCurves, view: ChartView, step: int) -> list[Slot]:
    """Where the crosshair stands, and what was measured there."""
    here = nearest(curves.guide, step) or Point(step, math.nan, math.nan, math.nan, math.nan, math.nan)
    measured = [point for point in curves.validation if point.step <= here.step]
    validation = measured[-1] if measured else None
    when = f" at {count(validation.step)}" if validation and validation.step != here.step else ""
    rate = nearest(curves.lr, step)
    gradient = nearest(curves.grad_norm, step)
    slots = [
        Slot(0, ((f"┼ step {count(here.step)}", "bold"),)),
        Slot(1, (("train ", MUTED), (loss(view, here.mean), LIVE))),
        Slot(2, (("validation ", MUTED), (loss(view, validation.mean if validation else None), VALIDATION),
                 (when, MUTED))),
        Slot(3, (("lr ", MUTED), (small(rate.mean) if rate else "–", ""))),
        Slot(4, ((f"epoch {here.epoch:.2f}" if math.isfinite(here.epoch) else "epoch –", MUTED),)),
        Slot(5, ((f"after {duration(here.seconds)}", MUTED),)),
        Slot(6, (("gradient ", MUTED), (small(gradient.mean) if gradient else "–", ""))),
    ]  # fmt: skip
    return slots if curves.train else slots[:1]


def legend(curves: LossCurves, view: ChartView, width: int) -> Row:
    """The other runs: sign and colour of each, and with a crosshair on, its loss there."""
    slots = []
    for index, run in enumerate(curves.others):
        name = visible_line(run.name)
        name = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        value = "" if view.cursor is None else f" {loss(view, _there(curves, run, view, view.cursor))}"
        slots.append(Slot(index, ((f"{sign_of(run, index)} {name}", run.style), (value, ""))))
    return spread(width, slots)


def _there(curves: LossCurves, run: Overlay, view: ChartView, step: int) -> float | None:
    """The other run's loss where the crosshair stands on the x axis; None where it has not come so far."""
    place = place_of(curves.guide, view.axis, step)
    if not run.train or not place <= view.axis.of(run.train[-1]):
        return None
    there = nearest(run.train, round(step_at(run.train, view.axis, place)))
    return there.mean if there else None


def loss(view: ChartView, nats: float | None) -> str:
    """A loss in the chosen unit, with as many digits as tell two losses apart."""
    if nats is None or not math.isfinite(nats):
        return "–"
    value = view.unit.convert(nats)
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.3g}"


def small(value: float) -> str:
    """``2.4e-3``, ``0.21``, ``31,200``: a number of any size."""
    if not math.isfinite(value):
        return "–"
    if (value and abs(value) < 0.01) or abs(value) >= 1e7:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits}e{int(power)}"
    return f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"


def newest(series: Sequence[Point]) -> float:
    """The last value; NaN where there is none."""
    return series[-1].mean if series else math.nan
