from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.runs.making import record
from tui_textgen.runs.rollup import MOST_POINTS, Bin, Curve, RollUp, Statistic, width

values = st.floats(-1e300, 1e300)
any_values = st.floats()
GRAIN = math.ulp(0.0)
"""What lies between a number next to zero and the one after it: that much of a mean each merge may round away."""


def merged(items: Iterable[float]) -> Statistic:
    result = Statistic.of(math.nan)
    for value in items:
        result = result.merged(Statistic.of(value))
    return result


@given(st.lists(values, min_size=1))
@example([GRAIN, GRAIN])
@example([GRAIN, 2 * GRAIN, 4 * GRAIN])
def test_a_statistic_is_that_of_all_its_values(items: list[float]) -> None:
    result = merged(items)
    scale = max(map(abs, items))
    assert (result.size, result.low, result.high) == (len(items), min(items), max(items))
    assert result.low <= result.mean <= result.high
    assert result.mean == pytest.approx(fmean(items), abs=scale * 1e-9 + len(items) * GRAIN)


@given(st.lists(any_values))
def test_only_finite_values_count(items: list[float]) -> None:
    finite = [value for value in items if math.isfinite(value)]
    assert merged(items).size == len(finite)
    assert math.isfinite(merged(items).mean) == bool(finite)


@given(st.lists(values, min_size=1), st.integers(0))
def test_the_order_of_merging_does_not_matter(items: list[float], cut: int) -> None:
    cut %= len(items)
    whole, parts = merged(items), merged(items[:cut]).merged(merged(items[cut:]))
    assert whole._replace(mean=0) == parts._replace(mean=0)
    allowed = max(map(abs, items)) * 1e-9 + 2 * len(items) * GRAIN
    assert parts.mean == pytest.approx(whole.mean, abs=allowed)


@given(st.integers(1, 2000))
def test_whole_bins_hold_their_steps_and_are_handed_out_once(steps: int) -> None:
    rollup = RollUp()
    whole = [found for step in range(1, steps + 1) for found in rollup.add(record(step, loss=step))]
    assert len({(level, number) for level, number, _ in whole}) == len(whole)
    for level, number, content in whole:
        first, last = max(1, number * width(level)), (number + 1) * width(level) - 1
        assert content.step == last
        loss = content.statistics[0]
        assert (loss.size, loss.low, loss.high) == (last - first + 1, first, last)
        assert loss.mean == pytest.approx((first + last) / 2)


def test_bins_are_few() -> None:
    rollup = RollUp()
    whole = [found for step in range(1, 10_001) for found in rollup.add(record(step))]
    assert len(whole) < 10_000 / 5


def curve_of(items: Iterable[tuple[int, float]], start_width: int = 1) -> Curve:
    curve = Curve(start_width)
    for step, value in items:
        curve.add(step, step / 10, float(step), Statistic.of(value))
    return curve


@given(st.integers(1, 6000), st.integers(1, 50))
def test_a_curve_is_bounded_and_loses_no_extreme(count: int, stride: int) -> None:
    items = [(step * stride, math.sin(step) * 5) for step in range(1, count + 1)]
    series = curve_of(items).series()
    assert min(count, MOST_POINTS // 2) <= len(series) <= MOST_POINTS
    assert series[-1].step == items[-1][0]
    assert [point.step for point in series] == sorted({point.step for point in series})
    assert min(point.low for point in series) == min(value for _, value in items)
    assert max(point.high for point in series) == max(value for _, value in items)
    assert all(point.low <= point.mean <= point.high for point in series)


@given(st.lists(any_values, max_size=50))
def test_a_curve_has_no_number_that_cannot_be_drawn(items: list[float]) -> None:
    series = curve_of(enumerate(items)).series()
    assert len(series) == sum(map(math.isfinite, items))
    assert all(math.isfinite(number) for point in series for number in point)


def test_a_short_curve_is_what_was_measured() -> None:
    series = curve_of([(1, 3.0), (2, 2.0), (5, 1.0)]).series()
    assert [(point.step, point.low, point.mean, point.high) for point in series] == [
        (1, 3.0, 3.0, 3.0), (2, 2.0, 2.0, 2.0), (5, 1.0, 1.0, 1.0),
    ]  # fmt: skip


def test_a_bin_says_where_it_ends() -> None:
    both = Bin.of(record(3)).merged(Bin.of(record(4, epoch=0.5)))
    assert (both.step, both.epoch) == (4, 0.5)
