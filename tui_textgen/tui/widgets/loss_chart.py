"""The chart of a run's losses: what its keys and the mouse choose of it, and when it needs to know more."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from tui_textgen.runs.snapshot import Stretch
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.remembering import remember
from tui_textgen.tui.renderables.chart_view import Axis, ChartView, Plot, next_of
from tui_textgen.tui.renderables.charts import charts
from tui_textgen.tui.renderables.crosshair import first_cursor, moved_cursor, on_axis
from tui_textgen.tui.renderables.curve import nearest, place_of, step_at
from tui_textgen.tui.renderables.loss_chart import LossCurves
from tui_textgen.tui.renderables.plot import GUTTER
from tui_textgen.tui.renderables.rows import Row
from tui_textgen.tui.renderables.units import Unit
from tui_textgen.tui.widgets.painted import Painted

ZOOM = 2.0
WHEEL_ZOOM = 1.25
PAN = 0.25
"""Share of what is shown."""
MARGIN = 0.25
"""Share of what is shown that is read beyond each end of it, for the next step aside."""
COARSE = 1.1
"""What was read for a part more than so many times as long shows this one too coarsely."""
FOLLOW_SECONDS = 2.0
"""A close look at the newest steps of a fast run moves at every poll: drawn each time, it was 30 KiB/s at 120×36."""
UNIT, LOG, AXIS, PLOT = "chart_unit", "chart_log", "chart_axis", "chart_plot"


class LossChart(Painted, can_focus=True):
    """Draws :attr:`curves` as :attr:`view` says, in whatever room there is; what is chosen is remembered."""

    BINDING_GROUP_TITLE = "Chart"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "at('loss', 'zoom_in')", "Zoom", key_display="+", tooltip="Zoom into the chart"),
        Binding("minus", "at('loss', 'zoom_out')", "Zoom out", show=False, tooltip="Zoom out of the chart"),
        Binding("less_than_sign", "at('loss', 'pan(-1)')", "Earlier", show=False, tooltip="Show earlier steps"),
        Binding("greater_than_sign", "at('loss', 'pan(1)')", "Later", show=False, tooltip="Show later steps"),
        Binding("0", "at('loss', 'whole')", "Whole run", show=False, tooltip="Show the whole run in the chart"),
        Binding("n", "at('loss', 'follow')", "Now", show=False, tooltip="Follow the newest steps in the chart"),
        Binding("k", "at('loss', 'crosshair')", "Values", tooltip="A crosshair that tells the values at a step"),
        Binding("left", "at('loss', 'move(-1)')", "Crosshair", key_display="←→", tooltip="Move the crosshair"),
        Binding("right", "at('loss', 'move(1)')", "Crosshair", show=False, tooltip="Move the crosshair"),
        Binding("escape", "at('loss', 'leave')", "Done", tooltip="End the crosshair"),
        Binding("u", "at('loss', 'unit')", "Unit", tooltip="Losses in nats, bits per character, or perplexity"),
        Binding("y", "at('loss', 'log')", "Log y", show=False, tooltip="Make the y axis logarithmic, or linear"),
        Binding("t", "at('loss', 'axis')", "X axis", show=False, tooltip="Count steps, epochs or time on the x axis"),
        Binding(
            "p", "at('loss', 'plot')", "Plots", tooltip="Plot the loss, the learning rate, the gradient, the speed"
        ),
    ]

    class StretchWanted(Message):
        """A part of the run is looked at closely: whoever watches the run may :meth:`~LossChart.show_stretch` it."""

        def __init__(self, first: int, last: int) -> None:
            super().__init__()
            self.first, self.last = first, last

    curves: reactive[LossCurves] = reactive(LossCurves(), repaint=False)
    view: reactive[ChartView] = reactive(ChartView(), repaint=False)

    def __init__(self, preferences: Preferences, id: str = "loss") -> None:
        super().__init__(id=id)
        self._preferences = preferences
        self._asked: tuple[int, int, int] | None = None
        """First and last step of the part that was asked for, and the newest step then."""
        self._stretch: Stretch | None = None
        self._drawn = LossCurves()
        self._due: Timer | None = None
        self._drag: int | None = None
        self._dragged = False
        self.set_reactive(LossChart.view, _remembered(preferences))

    def show_stretch(self, stretch: Stretch) -> None:
        """Draw a part that was asked for, unless another one is wanted by now."""
        if self._asked and (stretch.first, stretch.last) == self._asked[:2]:
            self._stretch = stretch
            self._redraw()

    def paint(self, size: Size) -> list[Row]:
        return charts(self._drawn, size.width, size.height, self.view)

    def watch_curves(self, before: LossCurves, curves: LossCurves) -> None:
        if curves.reached < before.reached:  # another run, or a resume that dropped steps
            self._asked = self._stretch = None
            self.view = replace(self.view.whole(), cursor=None)
        if not self.view.follow:
            self._catch_up()
        elif self._due is None:
            self._due = self.set_timer(FOLLOW_SECONDS, self._catch_up)

    def watch_view(self, before: ChartView, view: ChartView) -> None:
        self._look_closer()
        self._redraw()
        if (before.window, before.follow, before.cursor) != (view.window, view.follow, view.cursor):
            self.refresh_bindings()

    def on_resize(self) -> None:
        self.refresh_bindings()

    def _catch_up(self) -> None:
        self._due = None
        self._look_closer()
        self._redraw()

    def _redraw(self) -> None:
        known = self._stretch
        self._drawn = self.curves.refined(known) if known and self.view.window else self.curves
        self.repaint()

    def _look_closer(self) -> None:
        """Ask for the part that is shown, unless it is there already."""
        if self.view.window is None or not self.curves.train:
            return
        low, high = self._ends()
        margin = MARGIN * (high - low)
        first, last = math.floor(self._step(max(0.0, low - margin))), math.ceil(self._step(high + margin))
        if not self._has(math.ceil(self._step(low)), math.floor(self._step(high)), COARSE * (last - first)):
            self._asked = first, last, self.curves.reached
            self.post_message(self.StretchWanted(first, last))

    def _has(self, first: int, last: int, longest: float) -> bool:
        if self._asked is None:
            return False
        start, end, then = self._asked
        new = self.curves.reached > then and end > then
        return start <= first and last <= end and end - start <= longest and not new

    def _ends(self) -> tuple[float, float]:
        return self.view.shown(self.curves.extent(self.view.axis))

    def _step(self, place: float) -> float:
        return step_at(self.curves.guide, self.view.axis, place)

    def _place(self, x: int) -> float:
        """Where a column of the widget is on the x axis."""
        low, high = self._ends()
        share = (x - GUTTER + 0.5) / max(1, self.size.width - GUTTER)
        return low + (high - low) * min(max(share, 0.0), 1.0)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if not all(node.display for node in self.ancestors_with_self if isinstance(node, Widget)):
            return False
        return {
            "zoom_in": bool(self.curves.guide),
            "zoom_out": self.view.window is not None,
            "pan": self.view.window is not None,
            "whole": self.view.window is not None,
            "follow": bool(self.curves.guide) and not self.view.follow,
            "crosshair": bool(self.curves.guide),
            "move": self.view.cursor is not None or (self.has_focus and bool(self.curves.guide)),
            "leave": self.view.cursor is not None,
        }.get(action, True)

    def action_zoom_in(self) -> None:
        self._zoom(1 / ZOOM)

    def action_zoom_out(self) -> None:
        self._zoom(ZOOM)

    def action_pan(self, by: int) -> None:
        self.view = self.view.panned(self.curves.extent(self.view.axis), PAN * by)

    def action_whole(self) -> None:
        self.view = self.view.whole()

    def action_follow(self) -> None:
        self.view = self.view.following(self.curves.extent(self.view.axis))

    def action_crosshair(self) -> None:
        """Put the crosshair at the newest step that is shown, or take it away."""
        here = first_cursor(self._drawn.guide, self.view.axis, self._ends())
        self.view = replace(self.view, cursor=here if self.view.cursor is None else None)

    def action_leave(self) -> None:
        self.view = replace(self.view, cursor=None)

    def action_move(self, by: int) -> None:
        """Move the crosshair to the next column that has a step; beyond what is shown, move that too."""
        if self.view.cursor is None:
            self.action_crosshair()
            return
        columns = max(1, self.size.width - GUTTER)
        cursor = moved_cursor(self._drawn.guide, self.view.axis, self._ends(), columns, self.view.cursor, by)
        view = replace(self.view, cursor=cursor)
        low, high = self._ends()
        if not low <= place_of(self._drawn.guide, view.axis, cursor) <= high:
            view = view.panned(self.curves.extent(view.axis), PAN * by)
        self.view = view

    def action_unit(self) -> None:
        self._choose(UNIT, replace(self.view, unit=next_of(self.view.unit)))

    def action_log(self) -> None:
        self._choose(LOG, replace(self.view, log=not self.view.log))

    def action_axis(self) -> None:
        axis = next_of(self.view.axis)
        self._choose(AXIS, on_axis(self.view, axis, self.curves))

    def action_plot(self) -> None:
        self._choose(PLOT, replace(self.view, plot=next_of(self.view.plot)))

    def _zoom(self, factor: float, at: float | None = None) -> None:
        if at is None and self.view.cursor is not None:
            at = place_of(self.curves.guide, self.view.axis, self.view.cursor)
        self.view = self.view.zoomed(self.curves.extent(self.view.axis), factor, at)

    def _choose(self, name: str, view: ChartView) -> None:
        self.view = view
        value = {UNIT: view.unit.value, LOG: view.log, AXIS: view.axis.value, PLOT: view.plot.value}[name]
        remember(self, self._preferences, {name: value})

    # The mouse: the wheel zooms where it points, dragging pans, a click sets the crosshair

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        if self.curves.guide:
            self._zoom(1 / WHEEL_ZOOM, self._place(event.x))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        if self.view.window:
            self._zoom(WHEEL_ZOOM, self._place(event.x))

    def on_mouse_down(self, event: MouseDown) -> None:
        self._drag, self._dragged = event.x, False
        self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self._drag is None or event.x == self._drag:
            return
        self._dragged = True
        share = (self._drag - event.x) / max(1, self.size.width - GUTTER)
        self._drag = event.x
        self.view = self.view.panned(self.curves.extent(self.view.axis), share)

    def on_mouse_up(self, event: MouseUp) -> None:  # noqa: ARG002
        self._drag = None
        self.release_mouse()

    def on_click(self, event: Click) -> None:
        step = self._step(self._place(event.x))
        here = nearest(self._drawn.guide, round(step))
        if not self._dragged and here and event.x >= GUTTER:
            self.view = replace(self.view, cursor=here.step)


def _remembered(preferences: Preferences) -> ChartView:
    unit, axis, plot = (preferences.get(name, "") for name in (UNIT, AXIS, PLOT))
    return ChartView(
        Unit(unit) if unit in list(Unit) else Unit.NATS,
        preferences.get(LOG, False),
        Axis(axis) if axis in list(Axis) else Axis.STEPS,
        Plot(plot) if plot in list(Plot) else Plot.LOSS,
    )
