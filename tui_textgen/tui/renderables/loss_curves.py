"""What a chart is made of: the curves of a run, those of others to hold them against, and known losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui_textgen.runs.snapshot import Point, Series, Stretch
from tui_textgen.tui.renderables.axis import axis_end
from tui_textgen.tui.renderables.chart_view import LEAST_STEPS, Axis, Extent
from tui_textgen.tui.renderables.curve import FARTHEST, place_of


class Reference(NamedTuple):
    """A loss, in nats per character, to hold a run's against."""

    name: str
    loss: float


@dataclass(frozen=True)
class Overlay:
    """Another run's losses, drawn over the chart's own; ``style`` and ``sign`` stay its own while it is shown."""

    name: str
    style: str
    train: Sequence[Point] = ()
    validation: Sequence[Point] = ()
    sign: str = ""
    """One cell, for its curve and the legend, beside the colour; empty: one of the chart's, by its place."""


OVERLAY_SIGNS = "△◇□▽✕◁▷☆"


def sign_of(run: Overlay, index: int) -> str:
    """The sign of an overlay at that place."""
    return run.sign or OVERLAY_SIGNS[index % len(OVERLAY_SIGNS)]


@dataclass(frozen=True)
class LossCurves:
    """What the chart shows. Losses in nats per character."""

    train: Sequence[Point] = ()
    validation: Sequence[Point] = ()
    steps: int | None = None
    """Of the whole run."""
    distinct: int | None = None
    """Characters in the vocabulary: their logarithm is the loss of guessing."""
    references: Sequence[Reference] = ()
    others: Sequence[Overlay] = ()
    lr: Sequence[Point] = ()
    grad_norm: Sequence[Point] = ()
    speed: Sequence[Point] = ()
    """Characters per second."""
    steps_per_epoch: int | None = None
    per: str = "character"
    """What the network reads one by one."""

    @property
    def reached(self) -> int:
        """The newest step of all that is shown."""
        series = (self.train, self.validation, *(run.train for run in self.others))
        return max((points[-1].step for points in series if points), default=0)

    @property
    def guide(self) -> Sequence[Point]:
        """The curve that the crosshair goes along: the run's own, else that of the run that has come farthest."""
        return self.train or max((run.train for run in self.others), key=_last_step, default=())

    def refined(self, part: Stretch) -> LossCurves:
        """The same, with what ``part`` knows better."""
        return replace(
            self,
            train=_refined(self.train, part, part.train),
            validation=_refined(self.validation, part, part.validation),
            lr=_refined(self.lr, part, part.lr),
            grad_norm=_refined(self.grad_norm, part, part.grad_norm),
            speed=_refined(self.speed, part, part.speed),
        )

    def extent(self, axis: Axis) -> Extent:
        """How far the x axis goes."""
        step = max(1, self.reached)
        series = max((self.train, self.validation, *(run.train for run in self.others)),
                     key=_last_step)  # fmt: skip
        reached = min(FARTHEST, max(1e-9, place_of(series, axis, step)))
        end: float | None = self.steps
        if axis is Axis.TIME:
            end = None
        elif axis is Axis.EPOCHS:
            end = self.steps / self.steps_per_epoch if self.steps and self.steps_per_epoch else None
        each = reached / step
        return Extent(reached, axis_end(reached, end, least=1.0 if axis is Axis.STEPS else LEAST_STEPS * each), each)


def _last_step(points: Sequence[Point]) -> int:
    return points[-1].step if points else 0


def _refined(coarse: Sequence[Point], part: Stretch, fine: Series) -> Series:
    before = (point for point in coarse if point.step < part.first)
    after = (point for point in coarse if point.step > part.last)
    return (*before, *fine, *after)
