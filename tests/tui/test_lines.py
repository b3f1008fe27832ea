"""Lines of text: what fits, what has changed, and numbers as people read them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.fakes import MACHINE, NOW, curve, fresh, snapshot, summary
from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.pace import seconds_left
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.renderables.durations import ago, clock, duration
from tui_textgen.tui.renderables.machine import machine_column, machine_line
from tui_textgen.tui.renderables.rows import Row, Slot, cells, changed, crop, plain, runs_of, spread
from tui_textgen.tui.renderables.run_lines import bar, facts_line, progress_line, speed, state_line
from tui_textgen.tui.renderables.sparkline import BLOCKS, gauge_line, sparkline

any_number = st.floats(allow_nan=True, allow_infinity=True)
rows = st.lists(st.tuples(st.text("ab一 é", max_size=6), st.sampled_from(["", "bold"])), max_size=5).map(tuple)


@given(st.lists(rows, max_size=4), st.lists(rows, max_size=4))
def test_sending_what_changed_gives_the_new_picture(before: list[Row], after: list[Row]) -> None:
    width = max((cells(row) for row in (*before, *after)), default=0) + 1
    screen = [_cells(row, width) for row in (*before, *[()] * (len(after) - len(before)))]
    wanted = [_cells(row, width) for row in (*after, *[()] * (len(before) - len(after)))]
    for span in changed(before, after):
        screen[span.y][span.x : span.x + span.width] = wanted[span.y][span.x : span.x + span.width]
    assert screen == wanted


def _cells(row: Row, width: int) -> list[tuple[str, str]]:
    """One entry for each cell; the second half of a wide character is an entry too."""
    filled = [
        (half, style)
        for text, style in row
        for char in text
        for half in ([char, ">"] if cells(((char, ""),)) == 2 else [char])
    ]
    return filled + [(" ", "")] * (width - len(filled))


@given(rows, st.integers(0, 20))
def test_a_cropped_row_fits(row: Row, width: int) -> None:
    assert cells(crop(row, width)) <= width


def test_the_least_important_goes_first_when_room_runs_out() -> None:
    slots = [Slot(0, (("state", ""),)), Slot(2, (("detail", ""),)), Slot(1, (("loss", ""),))]
    assert plain(spread(30, slots)).split() == ["state", "detail", "loss"]
    assert plain(spread(12, slots)).split() == ["state", "loss"]
    assert plain(spread(6, slots)).split() == ["state"]


def test_runs_of_one_style_become_one_part() -> None:
    assert runs_of([("a", "x"), ("b", "x"), ("c", "y")]) == (("ab", "x"), ("c", "y"))
    assert runs_of([]) == ()


@pytest.mark.parametrize("width", [38, 60, 78, 96, 118, 200])
def test_state_loss_and_its_sparkline_stay_at_every_width(width: int) -> None:
    line = plain(state_line(snapshot(), width, NOW))
    assert cells(((line, ""),)) <= width
    assert line.startswith("● running")
    assert "loss 1.512" in line
    assert sum(block in line for block in BLOCKS) > 3


def test_a_wide_state_line_names_the_run_and_its_last_checkpoint() -> None:
    line = plain(state_line(snapshot(), 118, NOW))
    assert "levin" in line
    assert "val 1.467" in line
    assert "saved 10 s ago" in line


@pytest.mark.parametrize("state", list(RunState))
def test_every_state_is_a_sign_and_a_word(state: RunState) -> None:
    line = plain(state_line(snapshot(summary(state=state)), 80, NOW))
    sign, word = line.split()[:2]
    assert word == state.value
    assert not sign.isalnum()


def test_progress_tells_epoch_share_steps_speed_and_end() -> None:
    line = plain(progress_line(snapshot(), 118, NOW))
    for words in ("epoch 4/8", "38%", "step 840/2,232", "31.2k chars/s", "4:12 gone", "6:57 left ("):
        assert words in line
    assert 20 <= line.count("━") + line.count("─") + line.count("╸") <= 60


def test_a_step_limit_ends_the_epochs_too() -> None:
    """With a limit of 1,000 steps and epochs of 272, nobody shall wait for the hundredth."""
    limited = replace(snapshot(summary(step=300, steps=1000, epochs=100, epoch=1.1)), steps_per_epoch=272)
    assert "epoch 2/4" in plain(progress_line(limited, 118, NOW))


def test_a_narrow_progress_line_keeps_the_bar_and_the_share() -> None:
    line = plain(progress_line(snapshot(), 38, NOW))
    assert cells(((line, ""),)) <= 38
    assert "━" in line
    assert "38%" in line


def test_nothing_is_left_to_tell_of_a_run_that_ended() -> None:
    assert "left" not in plain(progress_line(snapshot(summary(state=RunState.FINISHED)), 118, NOW))


def test_what_is_not_known_yet_is_a_dash() -> None:
    seen = fresh("new")
    assert "loss –" in plain(state_line(seen, 80, NOW))
    assert "– chars/s" in plain(progress_line(seen, 118, NOW))


def test_losses_that_are_not_numbers_are_shown_as_such() -> None:
    facts = summary(train_loss=math.nan, val_loss=math.inf)
    line = plain(state_line(snapshot(facts, train=curve(10)), 80, NOW))
    assert "nan" in line
    assert "inf" in line


def test_names_from_outside_are_made_visible() -> None:
    facts = summary("[/\x1b[31m", corpus="[bold\x9b")
    assert "[/␛[31m" in plain(state_line(snapshot(facts), 118, NOW))
    assert "[bold⟨9b⟩" in plain(facts_line(facts, 118))


@given(st.lists(any_number, max_size=60), st.integers(-3, 40))
def test_a_sparkline_takes_any_numbers(values: list[float], width: int) -> None:
    assert len(sparkline(values, width)) == max(0, min(width, len(values)))
    assert len(gauge_line(values, width, 1.0)) <= max(0, width)


def test_a_sparkline_goes_from_its_highest_to_its_lowest() -> None:
    assert sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8) == BLOCKS[::-1]
    assert sparkline([1.0, math.nan, 2.0], 3) == "▁ █"
    assert sparkline([3.0, 3.0], 2) == "▁▁"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (7.9, "0:07"), (252, "4:12"), (3852, "1:04:12"), (273_600, "3 d 04 h"), (None, "–"), (-1, "–"),
     (math.nan, "–"), (math.inf, "–")],
)  # fmt: skip
def test_durations(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (13, "10 s"), (59.9, "55 s"), (61, "1 min"), (7200, "2 h"), (400_000, "4 d"), (math.nan, "–")],
)
def test_ages(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@given(st.integers(-5, 10**9), st.none() | st.integers(0, 10**9), any_number)
def test_the_time_left_is_a_time_or_unknown(step: int, steps: int | None, seconds: float) -> None:
    left = seconds_left(step, steps, seconds)
    assert left is None or (math.isfinite(left) and left >= 0)
    clock(NOW + (left or 0), NOW)


def test_the_time_left_follows_the_recent_speed() -> None:
    slow_start = tuple(point._replace(seconds=1000 + point.step) for point in curve(500))
    assert seconds_left(500, 600, 1500, slow_start) == pytest.approx(100)
    assert seconds_left(500, 600, 1500) == pytest.approx(300)


@pytest.mark.parametrize(
    ("number", "words"), [(950.0, "950"), (9_512.0, "9.5k"), (31_240.0, "31.2k"), (412_000.0, "412k"), (2.5e6, "2.5M")]
)
def test_speeds_are_as_wide_as_one_another(number: float, words: str) -> None:
    assert speed(number) == f"{words:>5} chars/s"


@given(any_number.filter(lambda share: not math.isnan(share)), st.integers(0, 80))
def test_a_bar_fills_its_width(share: float, width: int) -> None:
    assert cells(bar(share, width, "")) == width


def test_the_machine_column_tells_the_gpu_and_the_host() -> None:
    words = "\n".join(plain(row) for row in machine_column([MACHINE, MACHINE], snapshot(), 30, 20))
    for part in (
        "NVIDIA H200",
        " 61 %",
        "2.1/139 GB",
        "412/700 W",
        "58 °C",
        "3.1/128 GB",
        "80 GB left",
        "1.467 (2.12 bpc)",
    ):
        assert part in words


def test_without_a_gpu_the_cpu_takes_its_place() -> None:
    host = replace(MACHINE, gpus=())
    assert plain(machine_column([host], None, 30, 20)[1]).startswith("CPU      34 %")
    assert "CPU  34 %" in plain(machine_line(host, 30))


@example(0.0, 0.0, 1.7976931348623157e308, 22, 0)
@given(any_number, any_number, any_number, st.integers(0, 40), st.integers(0, 20))
def test_the_machine_takes_any_reading(a: float, b: float, c: float, width: int, height: int) -> None:
    reading = HardwareReading((GpuReading(0, "x", a, None, None, b, c, None),), a, 0, 0, None)
    assert len(machine_column([reading] * 3, None, width, height)) <= height
    assert cells(machine_line(reading, width)) <= max(width, 0)


@pytest.mark.parametrize(("before", "after"), [("cafe", "cafe\u0301"), ("e\u0301 x", "e\u0300 x"), ("e\u0301", "e")])
def test_a_mark_that_comes_or_goes_draws_the_letter_under_it_again(before: str, after: str) -> None:
    (span,) = changed([((before, ""),)], [((after, ""),)])
    assert span.x == len(after.split("e")[0])
