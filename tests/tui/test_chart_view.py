"""What is chosen of the chart, as arithmetic: units, parts, references, other runs, plots."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.fakes import curve, validations
from tests.tui.test_chart import any_number, text_of, wild_points
from tui_textgen.runs.snapshot import Point, Stretch
from tui_textgen.tui.renderables.axis import log_ceiling, log_floor, log_ticks
from tui_textgen.tui.renderables.chart_view import Axis, ChartView, Extent, Plot
from tui_textgen.tui.renderables.charts import charts
from tui_textgen.tui.renderables.curve import nearest, place_of, step_at
from tui_textgen.tui.renderables.loss_chart import LossCurves, Overlay, Reference, loss_chart
from tui_textgen.tui.renderables.plot import REFERENCE, frame_of, y_labels
from tui_textgen.tui.renderables.rows import Row, cells, plain
from tui_textgen.tui.renderables.units import Unit

windows = st.none() | st.tuples(st.floats(0, 1e6), st.floats(1e-3, 1e6)).map(lambda ends: (ends[0], sum(ends)))
views = st.builds(
    ChartView, st.sampled_from(Unit), st.booleans(), st.sampled_from(Axis), st.sampled_from(Plot), windows,
    st.booleans(), st.none() | st.integers(0, 10**12),
)  # fmt: skip
references = st.lists(st.builds(Reference, st.text(max_size=12), any_number), max_size=5)
overlays = st.lists(st.builds(Overlay, st.text(max_size=40), st.just("$accent"), wild_points, wild_points), max_size=3)
run = LossCurves(curve(840), validations(840), 2232, 83, steps_per_epoch=279)


def words(rows: list[Row]) -> str:
    return "\n".join(plain(row) for row in rows)


@given(st.floats(0, 1000), st.floats(0.1, 1000), st.integers(6, 40))
@example(2.5, 2.75, 8)
def test_the_y_axis_bears_two_numbers_at_least(low: float, span: float, rows: int) -> None:
    """A lone 4.0 at the axis left open how far anything is from it."""
    assert len(y_labels(frame_of((0, 1), low, low + span, 40, rows, log=False))) >= 2


@given(wild_points, wild_points, references, overlays, views, st.integers(-1, 130), st.integers(-1, 40))
def test_draws_whatever_comes_as_it_is_chosen(train, validation, known, others, view, width, height) -> None:  # type: ignore[no-untyped-def]
    curves = LossCurves(train, validation, None, 83, known, others, train, validation, train, 279)
    rows = charts(curves, width, height, view)
    assert len(rows) <= max(0, height)
    assert all(cells(row) <= max(0, width) for row in rows)


@given(st.sampled_from(Unit), st.floats(-50, 50), st.floats(-50, 50))
def test_a_unit_keeps_the_order_and_turns_back(unit: Unit, a: float, b: float) -> None:
    assert (unit.convert(a) < unit.convert(b)) == (a < b) or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)
    assert unit.nats(unit.convert(a)) == pytest.approx(a, abs=1e-9)


def test_what_the_units_say() -> None:
    assert Unit.BPC.convert(math.log(2)) == 1
    assert Unit.PERPLEXITY.convert(math.log(83)) == pytest.approx(83)
    assert math.isfinite(Unit.PERPLEXITY.convert(1e300))
    assert math.isnan(Unit.PERPLEXITY.convert(math.nan))


@given(st.floats(1e-9, 1e9), st.floats(1e-6, 1), views, st.floats(0.01, 100), st.none() | st.floats(0, 1))
def test_every_part_lies_within_the_run(end: float, share: float, view: ChartView, factor: float, at: float) -> None:
    extent = Extent(end * share, end, end / 1000)
    seen = replace(view, window=None, follow=False).zoomed(extent, factor, None if at is None else at * end)
    for part in (seen, seen.panned(extent, 0.3), seen.panned(extent, -0.3), seen.following(extent), seen.whole()):
        low, high = part.shown(extent)
        assert -1e-9 * end <= low < high <= end * (1 + 1e-9)


def test_what_the_wheel_points_at_stays_where_it_is() -> None:
    extent = Extent(1000, 1000, 1)
    low, high = ChartView().zoomed(extent, 0.5, 300).shown(extent)
    assert (300 - low) / (high - low) == pytest.approx(0.3)


def test_following_moves_on_in_jumps() -> None:
    """Every step of it draws the whole chart anew."""
    view = ChartView(window=(0, 800), follow=True)
    parts = {view.shown(Extent(reached, 100_000, 1)) for reached in range(5000, 5400)}
    assert len(parts) == 4
    assert all(high - low == 800 for low, high in parts)


@given(st.floats(1e-9, 1e9), st.floats(1.01, 1e6), st.integers(2, 12))
def test_logarithmic_ticks_are_few_and_inside(low: float, ratio: float, most: int) -> None:
    marks = log_ticks(low, low * ratio, most)
    assert len(marks) <= 2 * most + 1
    assert all(low * 0.999 <= mark <= low * ratio * 1.001 for mark in marks)
    assert log_floor(low) <= low * 1.001
    assert log_ceiling(low) >= low * 0.999


def test_a_step_and_its_place_on_each_axis_are_each_others_inverse() -> None:
    points = tuple(Point(step, step / 279, step**1.2, 1, 1, 1) for step in range(5, 900, 7))
    for axis in Axis:
        for step in (1, 400, 893, 2000):
            assert step_at(points, axis, place_of(points, axis, step)) == pytest.approx(step)


def test_the_nearest_point_is_found() -> None:
    points = curve(100)
    assert nearest(points, 40) == points[39]
    assert nearest(points, 10**6) == points[-1]
    assert nearest((), 3) is None


def test_references_are_named_with_their_values_and_share_a_row_without_colliding() -> None:
    known = [Reference("unigram", 3.1), Reference("bigram", 2.47), Reference("trigram", 2.05), Reference("xz", 2.04)]
    rows = loss_chart(replace(run, references=known), 90, 20)
    assert "trigram 2.05 · xz 2.04" in text_of(rows, REFERENCE)
    assert all(name in words(rows) for name in ("unigram 3.10", "bigram 2.47", "uniform over 83"))
    assert "unigram 4.47" in words(loss_chart(replace(run, references=known), 90, 20, ChartView(Unit.BPC)))


def test_a_reference_far_from_the_curves_does_not_squash_them() -> None:
    late = tuple(point._replace(mean=1.3, low=1.29, high=1.31) for point in run.train)
    rows = loss_chart(replace(run, train=late, validation=(), references=[Reference("xz", 2.05)]), 90, 20)
    assert not {"uniform", "xz"} & set(words(rows).split())
    near = loss_chart(replace(run, train=late, validation=(), references=[Reference("xz", 1.35)]), 90, 20)
    assert "xz 1.35" in words(near)


def test_other_runs_have_a_sign_on_their_curves_and_in_the_legend() -> None:
    above = tuple(point._replace(mean=point.mean + 0.8) for point in run.train)
    far = tuple(point._replace(mean=point.mean + 1.5) for point in run.validation)
    others = [Overlay("kitty", "$success", above), Overlay("\x1b[2Jstiva", "$error", (), far)]
    rows = loss_chart(replace(run, others=others), 100, 20)
    assert "△ kitty" in plain(rows[1])
    assert "◇ ␛[2Jstiva" in plain(rows[1])
    assert words(rows[2:]).count("△") >= 3
    assert words(rows[2:]).count("◇") >= 3
    crossed = loss_chart(replace(run, others=others), 100, 20, ChartView(cursor=400))
    assert "△ kitty 2.6" in plain(crossed[1])


def test_a_logarithmic_axis_gives_small_losses_more_room() -> None:
    def row_of_best(view: ChartView) -> int:
        return next(y for y, row in enumerate(loss_chart(run, 90, 30, view)) if "●" in plain(row) and y)

    assert row_of_best(ChartView(Unit.PERPLEXITY, log=True)) < row_of_best(ChartView(Unit.PERPLEXITY))


def test_what_is_known_better_of_a_part_takes_its_place() -> None:
    fine = tuple(Point(step, 0.0, 0.0, 9.0, 9.0, 9.0) for step in range(300, 401))
    refined = replace(run, train=curve(840, 40)).refined(Stretch(300, 400, train=fine)).train
    assert [point.step for point in refined] == sorted({point.step for point in refined})
    assert set(fine) <= set(refined)
    assert all(point in fine for point in refined if 300 <= point.step <= 400)
    assert refined[0].step == 1
    assert refined[-1].step > 800


def test_small_numbers_have_the_power_of_ten_in_the_title() -> None:
    rate = tuple(point._replace(mean=2.4e-4, low=2.4e-4, high=2.4e-4) for point in run.train)
    rows = charts(replace(run, lr=rate), 80, 14, ChartView(plot=Plot.RATE))
    assert "×1e-4" in plain(rows[0])
    assert "2.4e-4" in plain(rows[0])
    assert any(plain(row).startswith("  2.0┤") for row in rows)
