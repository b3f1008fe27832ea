"""How long a run will take: as it turned out for one that was recorded, and for those with an odd history."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.runs.pace import pace, seconds_left, steady
from tui_textgen.runs.rollup import Curve, Statistic
from tui_textgen.runs.snapshot import Point, Series

RECORDED = Path(__file__).with_name("recorded_run.csv")
any_number = st.floats(allow_nan=True, allow_infinity=True)


def at(step: int, seconds: float) -> Point:
    return Point(step, 0.0, seconds, 1.0, 1.0, 1.0)


def even(steps: int, seconds_a_step: float = 1.0) -> Series:
    return tuple(at(step, step * seconds_a_step) for step in range(1, steps + 1))


@pytest.mark.parametrize("tenth", range(1, 9))
def test_the_end_comes_when_a_recorded_run_was_told_it_would(tenth: int) -> None:
    """Every fourth step of 1,248, with 18 validations in between, on a machine that had other work too."""
    with RECORDED.open() as file:
        rows = [(int(row["step"]), float(row["seconds"]), int(row["validations"])) for row in csv.DictReader(file)]
    steps, whole, _ = rows[-1]
    seen = [row for row in rows if row[0] <= steps * tenth // 10]
    drawn = Curve()
    for step, seconds, _ in seen:
        drawn.add(step, 0.0, seconds, Statistic.of(1.0))
    step, seconds, validations = seen[-1]
    assert seconds_left(step, steps, seconds, drawn.series(), validations) == pytest.approx(whole - seconds, rel=0.15)


def test_first_steps_that_are_slow_do_not_count() -> None:
    slow_start = tuple(at(step, 60.0 * min(step, 5) + step) for step in range(1, 41))
    assert pace(slow_start) == pytest.approx(1.0)


def test_an_hour_that_the_machine_slept_is_left_out() -> None:
    slept = tuple(at(point.step, point.seconds + 3600 * (point.step > 450)) for point in even(500))
    assert pace(slept) == pytest.approx(1.0)


def test_validations_are_part_of_the_pace() -> None:
    """One of 30 s after every hundredth step of one second."""
    validated = tuple(at(step, step + 30.0 * ((step - 1) // 100)) for step in range(1, 1001))
    assert pace(validated, cycle=100) == pytest.approx(1.3, rel=0.01)


def test_the_pace_follows_a_machine_that_became_slower() -> None:
    slower = tuple(at(step, step if step <= 500 else 500 + 3.0 * (step - 500)) for step in range(1, 701))
    assert pace(slower) == pytest.approx(3.0, rel=0.05)


def test_a_steady_speed_leaves_out_what_was_odd() -> None:
    assert steady([100.0] * 18 + [1.0, 9000.0]) == pytest.approx(100.0)
    assert steady([10.0, 30.0, math.nan]) == pytest.approx(15.0)
    assert steady([]) is None
    assert steady([0.0, math.inf, math.nan]) is None


@given(
    st.lists(st.tuples(st.integers(0, 10**7), any_number), max_size=60), st.integers(0, 10**7),
    st.none() | st.integers(0, 10**7), any_number, st.integers(0, 1000),
)  # fmt: skip
def test_any_history_gives_a_time_or_none(
    history: list[tuple[int, float]], step: int, steps: int | None, seconds: float, validations: int
) -> None:
    points = tuple(at(*point) for point in sorted(history, key=lambda point: point[0]))
    left = seconds_left(step, steps, seconds, points, validations)
    assert left is None or (math.isfinite(left) and left >= 0)


@given(st.lists(any_number, max_size=120))
def test_any_speeds_give_a_speed_or_none(speeds: list[float]) -> None:
    found = steady(speeds)
    assert found is None or 0 < found < math.inf
