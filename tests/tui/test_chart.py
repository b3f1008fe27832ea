"""The loss chart, from arithmetic to rows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.fakes import curve, validations
from tui_textgen.runs.snapshot import Point
from tui_textgen.tui.renderables.axis import Scale, axis_end, tick_step, ticks
from tui_textgen.tui.renderables.braille import BrailleCanvas
from tui_textgen.tui.renderables.curve import Dot, by_column, smoothed
from tui_textgen.tui.renderables.loss_chart import FAINT, LossCurves, loss_chart
from tui_textgen.tui.renderables.rows import LIVE, VALIDATION, Row, cells, plain

any_number = st.floats(allow_nan=True, allow_infinity=True)
wild_points = st.lists(
    st.builds(Point, st.integers(0, 10**12), any_number, any_number, any_number, any_number, any_number), max_size=30
).map(lambda points: tuple(sorted(points, key=lambda point: point.step)))


def point(step: int, loss: float) -> Point:
    return Point(step, 0.0, 0.0, loss, loss, loss)


def dot(x: float, loss: float) -> Dot:
    return Dot(x, loss, loss, loss)


def text_of(rows: list[Row], style: str) -> str:
    return "".join(text for row in rows for text, its in row if its == style)


@given(wild_points, wild_points, st.integers(-1, 120), st.integers(-1, 40), st.none() | st.integers(0, 10**9))
def test_draws_whatever_comes_within_its_size(train, validation, width, height, distinct) -> None:  # type: ignore[no-untyped-def]
    rows = loss_chart(LossCurves(train, validation, None, distinct), width, height)
    assert len(rows) <= max(0, height)
    assert all(cells(row) <= max(0, width) for row in rows)


def test_a_falling_loss_goes_from_the_top_left_to_the_bottom_right() -> None:
    rows = loss_chart(LossCurves(curve(800), (), 800, 83), 80, 20)
    places = [
        (y, plain(row).rindex(text[-1])) for y, row in enumerate(rows[1:-1]) for text, style in row if style == LIVE
    ]
    assert places == sorted(places)
    assert places[0][1] < 15
    assert places[-1][1] > 70


def test_raw_losses_are_faint_and_the_smoothed_curve_strong() -> None:
    rows = loss_chart(LossCurves(curve(800), validations(800), 800, 83), 80, 20)
    assert len(text_of(rows, FAINT)) > 30
    assert len(text_of(rows[1:], LIVE)) > 60


def test_each_validation_has_its_mark_and_the_last_one_its_value() -> None:
    train = tuple(point(step, 4 - step / 100) for step in range(1, 201))
    marks = (point(50, 3.6), point(100, 3.1), point(150, 2.625))
    rows = loss_chart(LossCurves(train[:150], marks, None, 83), 80, 20)[1:]
    assert text_of(rows, VALIDATION).count("○") == 2
    assert "best 2.625" in text_of(rows, VALIDATION)
    assert text_of(rows, VALIDATION).count("●") == 1
    rows = loss_chart(LossCurves(train[:140], marks[:2], None, 83), 80, 20)[1:]
    assert text_of(rows, VALIDATION).count("○") == 1
    sparse = loss_chart(LossCurves((), (point(60, 2.625),), 100, 83), 80, 20)[1:]
    assert "2.625" in text_of(sparse, VALIDATION)


def test_the_loss_of_guessing_is_a_line_at_its_height() -> None:
    rows = loss_chart(LossCurves(curve(300), (), 300, 83), 80, 22)
    labels = {float(plain(row)[:5]): y for y, row in enumerate(rows) if plain(row)[5:7].strip().startswith("┤")}
    (line,) = [y for y, row in enumerate(rows) if "uniform over 83" in plain(row)]
    above = min(labels[value] for value in labels if value < math.log(83))
    assert line < above


def test_the_picture_keeps_still_while_the_axis_has_room() -> None:
    """What has been drawn stays where it is, or a slow line would get the whole chart at every poll."""
    before, after = (loss_chart(LossCurves(curve(step, 10_000), (), 2232, 83), 100, 20) for step in (620, 630))
    same = sum(plain(a)[:60] == plain(b)[:60] for a, b in zip(before, after, strict=True))
    assert same >= len(before) - 1


@pytest.mark.parametrize("reached", [1, 7, 99, 100, 101, 2_232, 1_000_000])
def test_a_growing_curve_fills_most_of_its_axis(reached: int) -> None:
    assert reached <= axis_end(reached, None) <= 1.5 * reached + 1


def test_the_axis_never_reaches_beyond_the_run() -> None:
    assert axis_end(2_100, 2_232) == 2_232
    assert axis_end(300, 2_232) == 300


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e6), st.integers(1, 20))
def test_ticks_are_few_round_and_inside(low: float, span: float, most: int) -> None:
    marks = ticks(low, low + span, most)
    step = tick_step(span, most)
    assert len(marks) <= 2 * most + 1
    assert all(low - step * 1e-6 <= mark <= low + span + step * 1e-6 for mark in marks)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.floats(allow_nan=False), st.integers(0, 500))
def test_a_scale_stays_on_its_axis(low: float, high: float, value: float, last: int) -> None:
    if math.isfinite(low) and math.isfinite(high) and math.isfinite(high - low):
        assert 0 <= Scale(low, high, last).at(value) <= last


def test_smoothing_neither_lags_nor_shifts() -> None:
    line = [dot(step, 5 - step / 100) for step in range(1, 301)]
    middle = smoothed(line, 5)[100:200]
    assert all(abs(smooth.mean - raw.mean) < 1e-3 for smooth, raw in zip(middle, line[100:200], strict=True))


def test_smoothing_takes_noise_away() -> None:
    noisy = [dot(step, 2 + (0.5 if step % 2 else -0.5)) for step in range(200)]
    assert all(abs(smooth.mean - 2) < 0.05 for smooth in smoothed(noisy, 20)[50:150])


def test_a_column_keeps_the_extremes_of_what_falls_into_it() -> None:
    dots = [dot(1, 3.0), dot(2, 9.0), dot(3, 1.0), dot(10, 2.0)]
    first, second = by_column(dots, lambda x: int(x) // 5)
    assert (first.low, first.high) == (1.0, 9.0)
    assert first.mean == pytest.approx(13 / 3)
    assert second.mean == 2.0


def test_a_line_has_no_gaps() -> None:
    canvas = BrailleCanvas(10, 10)
    canvas.line(0, 0, 19, 39)
    dots = sum(
        bin(ord(cell) - 0x2800).count("1") for y in range(10) for x in range(10) if (cell := canvas.character(x, y))
    )
    assert dots == 40


def test_dots_outside_are_left_out() -> None:
    canvas = BrailleCanvas(2, 1)
    canvas.line(-5, -5, 20, 20)
    canvas.dot(99, 99)
    canvas.upright(0, -3, 3)
    assert canvas.character(0, 0) is not None
