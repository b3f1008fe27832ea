"""The learning rate, step by step."""

from __future__ import annotations

import pytest

from tests.unit.network.making import settings
from tui_textgen.network.schedule import rate_at


def test_warm_up_rises_to_the_rate() -> None:
    config = settings(lr=1.0, warmup_steps=4, schedule="constant")
    assert [rate_at(config, step, 100) for step in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("constant", [2, 2, 2, 2]), ("linear", [2, 1.5, 1, 0.5]), ("cosine", [2, 1.70711, 1, 0.29289])],
)
def test_values_by_hand(schedule: str, expected: list[float]) -> None:
    config = settings(lr=2.0, warmup_steps=0, schedule=schedule)
    assert [rate_at(config, step, 4) for step in range(4)] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_falls_all_the_way_after_the_warm_up(schedule: str) -> None:
    config = settings(lr=1.0, warmup_steps=10, schedule=schedule)
    rates = [rate_at(config, step, 200) for step in range(200)]
    assert rates.index(max(rates)) == 10
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 0.01


def test_a_short_run_reaches_its_rate() -> None:
    """Eight steps of a run that would warm up for a hundred."""
    config = settings(lr=1.0, warmup_steps=100, schedule="constant")
    assert rate_at(config, 1, 8) == 1
