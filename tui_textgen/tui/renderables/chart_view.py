"""What a person chose to see of a run's curves: unit, axes, plot, and which part. Pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.units import Unit

JUMPS = 8
"""A part that follows the newest steps moves on by this share of itself: in jumps, or all of it would be drawn anew at
every poll."""
TAIL = 1 / 8
"""Share of the run that following it begins with."""
LEAST_STEPS = 10
"""The shortest part that can be looked at."""

E = TypeVar("E", bound=StrEnum)


class Axis(StrEnum):
    """What stands along the x axis."""

    STEPS = "step"
    EPOCHS = "epoch"
    TIME = "time"

    def of(self, point: Point) -> float:
        """Where a point stands: its step, its epoch, or the seconds of training until then."""
        if self is Axis.STEPS:
            return point.step
        return point.epoch if self is Axis.EPOCHS else point.seconds


class Plot(StrEnum):
    """Which curve has the room."""

    LOSS = "loss"
    RATE = "learning rate"
    GRADIENT = "gradient norm"
    SPEED = "characters per second"


@dataclass(frozen=True)
class Extent:
    """How far a run's x axis goes."""

    reached: float
    """By the newest step."""
    end: float
    """Of the whole axis."""
    step: float
    """What one step takes of it, about."""


@dataclass(frozen=True)
class ChartView:
    """Everything chosen about the chart. A window is a part of the x axis, in its own terms; None: all of it."""

    unit: Unit = Unit.NATS
    log: bool = False
    axis: Axis = Axis.STEPS
    plot: Plot = Plot.LOSS
    window: tuple[float, float] | None = None
    follow: bool = False
    """Whether the window moves on with the newest steps; its width is then all that counts."""
    cursor: int | None = None
    """The step whose values are told."""

    def shown(self, extent: Extent) -> tuple[float, float]:
        """The ends of the part that is drawn."""
        if self.window is None:
            return 0.0, extent.end
        low, high = self.window
        if self.follow:
            jump = (high - low) / JUMPS
            low, high = (end := min(extent.end, (math.floor(extent.reached / jump) + 1) * jump)) - (high - low), end
        return max(0.0, low), high

    def zoomed(self, extent: Extent, factor: float, at: float | None = None) -> ChartView:
        """As wide as now times ``factor``; ``at`` stays where it is. Without it the newest steps do, where they are
        followed or all is shown, else the middle."""
        low, high = self.shown(extent)
        width = max((high - low) * factor, min(LEAST_STEPS * extent.step, extent.end))
        if width >= extent.end * 0.999:
            return self.whole()
        if at is None and (self.follow or self.window is None):
            return replace(self, window=(0.0, width), follow=True)
        at = (low + high) / 2 if at is None else at
        return self._moved(extent, at - (at - low) * width / (high - low), width)

    def panned(self, extent: Extent, share: float) -> ChartView:
        """Moved by ``share`` of its width; to the newest steps, follow them again."""
        if self.window is None:
            return self
        low, high = self.shown(extent)
        moved = self._moved(extent, low + share * (high - low), high - low)
        return replace(moved, follow=share > 0 and moved.window is not None and moved.window[1] >= extent.reached)

    def whole(self) -> ChartView:
        """All of the run."""
        return replace(self, window=None, follow=False)

    def following(self, extent: Extent) -> ChartView:
        """The newest steps, as many as are shown now; of the whole run, its last part."""
        low, high = self.shown(extent)
        width = high - low if self.window else max(TAIL * extent.reached, LEAST_STEPS * extent.step)
        return self.whole() if width >= extent.end else replace(self, window=(0.0, width), follow=True)

    def zoom(self, extent: Extent) -> float:
        """How many times its size in the whole run a step has now."""
        low, high = self.shown(extent)
        return extent.end / (high - low) if high > low else 1.0

    def _moved(self, extent: Extent, low: float, width: float) -> ChartView:
        low = min(max(0.0, low), max(0.0, extent.end - width))
        return replace(self, window=(low, low + width), follow=False)


def next_of(choice: E) -> E:
    """The choice after this one; after the last, the first."""
    choices = list(type(choice))
    return choices[(choices.index(choice) + 1) % len(choices)]
