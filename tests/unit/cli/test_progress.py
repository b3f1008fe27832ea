"""Plain lines come when there is something to say, and the time that is left is an honest guess."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tui_textgen.cli.progress import PLAIN_SECONDS, LiveProgress, PlainProgress, progress_words, remaining
from tui_textgen.runs.snapshot import Point, RunSnapshot, RunState, RunSummary

RUN = RunSummary(
    name="levin", state=RunState.RUNNING, corpus="anna-\x1b[31m", step=100, steps=400, epoch=1.0, epochs=4,
    train_loss=1.5, val_loss=None, best_val_loss=None, chars_per_second=31_200.0, parameters=1000, device="cpu",
    precision="fp32", seconds=50.0, message=None, pid=1, resumed_from=None, created=0.0, config={},
)  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    progress = PlainProgress(clock)
    progress.update(RunSnapshot(RUN))
    progress.update(RunSnapshot(RUN))
    assert capsys.readouterr().out.splitlines() == ["running levin on anna-␛[31m"]
    validated = RunSnapshot(RUN, validation=(Point(100, 1.0, 50.0, 1.6, 1.6, 1.6),))
    progress.update(validated)
    progress.update(validated)
    assert capsys.readouterr().out.splitlines() == ["step 100  epoch 1.00  val loss 1.6000"]
    clock.now += PLAIN_SECONDS
    progress.update(validated)
    assert "step 100/400" in capsys.readouterr().out
    progress.update(replace(validated, summary=replace(RUN, state=RunState.FINISHED)))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("width", [80, 120])
def test_the_line_that_moves_is_one_line(width: int) -> None:
    long = replace(RUN, name="python-reference-standard", step=1655, steps=167_400, chars_per_second=312_000.0)
    written = io.StringIO()
    with LiveProgress(Console(file=written, width=width, force_terminal=True)) as progress:
        progress.update(RunSnapshot(long))
    last = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", written.getvalue()).splitlines()[-1].strip()
    assert last.startswith("running")
    assert last.endswith("left")
    assert (long.name in last) is (width == 120)


def test_a_run_that_goes_on_does_not_repeat_what_was_measured_before(capsys: pytest.CaptureFixture[str]) -> None:
    """Each resume began with the validations of all that had been trained by then."""
    old, new = (Point(step, 1.0, 50.0, 1.6, 1.6, 1.6) for step in (100, 120))
    progress = PlainProgress(Clock())
    progress.update(RunSnapshot(replace(RUN, state=RunState.STARTING), validation=(old,)))
    progress.update(RunSnapshot(replace(RUN, step=120, resumed_from=100), validation=(old, new)))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "val loss" in line] == ["step 120  epoch 1.00  val loss 1.6000"]


def test_what_is_left_follows_the_pace_of_the_run() -> None:
    assert remaining(RUN) == pytest.approx(150.0)
    assert remaining(replace(RUN, step=400)) == 0
    assert remaining(replace(RUN, step=0)) is None
    assert remaining(replace(RUN, steps=None)) is None


def test_what_is_left_follows_the_recent_pace_where_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """The first half took two seconds a step, the second one."""
    curve = tuple(Point(step, 1.0, min(2.0 * step, 100.0 + step), 1.5, 1.5, 1.5) for step in range(1, 201))
    clock = Clock()
    progress = PlainProgress(clock)
    progress.update(RunSnapshot(RUN))
    clock.now += PLAIN_SECONDS
    progress.update(RunSnapshot(replace(RUN, step=200, seconds=300.0), train=curve))
    assert "3:20 left" in capsys.readouterr().out


def test_unknown_numbers_have_their_sign() -> None:
    words = progress_words(replace(RUN, steps=None, train_loss=None, chars_per_second=None))
    assert words == "step 100/–  loss –  val –  – chars/s  – left"
