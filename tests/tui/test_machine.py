"""The machine as it is shown: each GPU with its histories, the trainer's share, and what is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.fakes import GPU, MACHINE, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.snapshot import RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.renderables.machine import machine_column, machine_line, together
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.renderables.sparkline import BLOCKS, history

numbers = st.none() | st.floats() | st.integers(0, 10**15)
gpus = st.builds(
    GpuReading, st.integers(0, 3), st.text(max_size=40), numbers, numbers.filter(lambda n: n is None or n >= 0),
    st.none() | st.integers(0, 10**15), st.none() | st.floats(-99, 999), st.none() | st.floats(0, 9999),
    st.none() | st.floats(0, 9999), st.none() | st.floats(0, 120), st.none() | st.integers(0, 10**15),
    st.none() | st.floats(0, 8), st.none() | st.integers(0, 99), st.booleans(),
)  # fmt: skip
machines = st.builds(
    HardwareReading, st.lists(gpus, max_size=9).map(tuple), st.none() | st.floats(0, 1), st.integers(0, 10**15),
    st.integers(0, 10**15), st.none() | st.integers(0, 10**15),
)  # fmt: skip


def column(
    readings: Sequence[HardwareReading], height: int = 30, width: int = 30, run: RunSnapshot | None = None
) -> list[str]:
    return [plain(row) for row in machine_column(readings, run, width, height)]


def line(label: str, rows: Sequence[str]) -> str:
    return next(row for row in rows if row.startswith(label))


def with_gpus(*gpus: GpuReading) -> HardwareReading:
    return replace(MACHINE, gpus=gpus)


class TestHistory:
    def test_it_is_all_that_is_known_each_block_a_mean(self) -> None:
        assert history([0.0, 0.2, 0.4, 0.6, 0.9, 1.1], 3, 1.0) == "▁▅█"
        assert history([0.0, 1.0], 5, 1.0) == "▁█"

    def test_what_is_not_known_is_a_gap(self) -> None:
        assert history([None, 1.0, math.nan, None, 1.0, None], 3, 1.0) == "█ █"

    @given(st.lists(st.none() | st.floats()), st.integers(-3, 60), st.floats(1e-3, 1e12))
    def test_it_takes_anything_and_keeps_to_its_width(
        self, values: list[float | None], width: int, high: float
    ) -> None:
        drawn = history(values, width, high)
        assert len(drawn) <= max(0, width)
        assert set(drawn) <= {*BLOCKS, " "}

    @given(st.lists(st.floats(0, 1), max_size=200), st.integers(3, 40))
    def test_the_last_block_is_the_newest(self, values: list[float], width: int) -> None:
        assert history([*values, *[0.0] * 200, *[1.0] * 200], width, 1.0)[-1] == "█"


def test_each_value_of_a_gpu_has_its_history_and_all_stand_below_one_another() -> None:
    warming = [
        with_gpus(replace(GPU, utilisation=u, memory_used=m, power=p, temperature=t))
        for u, m, p, t in ((0.0, 0, 70.0, 20.0), (1.0, 139_000_000_000, 700.0, 80.0))
    ]
    rows = column(warming)
    assert line("GPU", rows) == "GPU     100 %        ▁█"
    assert line("memory", rows) == "memory  139.0/139 GB ▁█"
    assert line("power", rows) == "power   700/700 W    ▁█"
    assert line("temp", rows) == "temp    80 °C        ▂▇"
    assert line("CPU", rows) == "CPU      34 %        ▃▃"
    assert line("RAM", rows) == "RAM       3.1/128 GB ▁▁"


def test_the_trainers_share_of_the_card() -> None:
    shared = replace(GPU, own_memory=1_800_000_000, own_utilisation=0.54, processes=3)
    assert line("trainer", column([with_gpus(shared)])) == "trainer 1.8 GB  54 %  1 of 3"
    alone = replace(GPU, own_memory=1_800_000_000, processes=1)
    assert line("trainer", column([with_gpus(alone)])) == "trainer 1.8 GB   – %"
    assert not any(row.startswith("trainer") for row in column([MACHINE]))


def test_a_share_that_is_not_told_for_once_keeps_its_place() -> None:
    rows = column([with_gpus(replace(GPU, own_memory=1_800_000_000)), MACHINE])
    assert line("trainer", rows) == "trainer –   – %"


def test_a_split_card_and_what_it_does_not_tell() -> None:
    split = GpuReading(0, "NVIDIA A100", None, None, None, 40.0, None, None, mig=True)
    rows = column([with_gpus(split)])
    assert line("GPU", rows).split() == ["GPU", "MIG"]
    assert line("memory", rows).split() == ["memory", "–"]
    assert line("power", rows).split() == ["power", "–", "W"]
    assert line("temp", rows).startswith("temp    40 °C")
    assert "GPU   MIG" in plain(machine_line(with_gpus(split), 60))


def test_a_hot_card_is_said_in_a_word_too() -> None:
    hot = with_gpus(replace(GPU, temperature=93.0, slowdown=95.0))
    assert line("temp", column([hot])).startswith("temp    93 °C hot")
    assert "93 °C hot" in plain(machine_line(hot, 60))


@pytest.mark.parametrize(("height", "told"), [(60, "full"), (30, "few"), (17, "single")])
def test_several_cards_take_fewer_lines_where_there_is_not_the_height(height: int, told: str) -> None:
    eight = with_gpus(*(replace(GPU, index=index, temperature=90.0 + index) for index in range(8)))
    rows = column([eight], height=height, run=snapshot())
    assert sum(row.startswith("GPU") for row in rows) == 8
    assert sum(row.startswith("memory") for row in rows) == (0 if told == "single" else 8)
    assert sum(row.startswith("temp") for row in rows) == (8 if told == "full" else 0)
    if told != "full":
        assert line("GPU 7", rows) == "GPU 7    61 %  412 W 97 °C hot"
    assert max(map(len, rows)) <= 30
    assert line("best", rows)


def test_the_header_line_tells_of_all_cards_together() -> None:
    cool, hot = replace(GPU, utilisation=0.2), replace(GPU, index=1, utilisation=0.6, power=88.0, temperature=71.0)
    words = plain(machine_line(with_gpus(cool, hot), 80))
    assert "2 GPUs  40 %" in words
    assert "500/1400 W" in words
    assert "71 °C" in words


@given(st.lists(gpus, min_size=1, max_size=9))
def test_together_is_hot_where_one_of_them_is(several: list[GpuReading]) -> None:
    assert together(several).hot == any(gpu.hot for gpu in several)


@given(st.lists(machines, max_size=4), st.integers(0, 60), st.integers(0, 60))
def test_the_column_takes_any_machine(readings: list[HardwareReading], width: int, height: int) -> None:
    assert len(machine_column(readings, snapshot(), width, height)) <= height
    for reading in readings:
        assert cells(machine_line(reading, width)) <= width


def test_a_name_from_the_driver_does_nothing_to_the_terminal() -> None:
    assert "\x1b" not in "".join(column([with_gpus(replace(GPU, name="\x1b[2J"))]))


async def see(run: RunSnapshot, *words: str) -> None:
    async with TextgenApp(with_runs(run).services, "levin", "training").run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


OTHER = with_gpus(replace(GPU, name="Another card", own_memory=1_800_000_000, processes=2))


async def test_while_it_lives_the_trainer_tells_of_its_machine() -> None:
    await see(snapshot(hardware=(OTHER,)), "Another card", "trainer 1.8 GB", "1 of 2")


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED])
async def test_after_its_end_a_run_shows_its_last_readings_and_says_so(state: RunState) -> None:
    await see(snapshot(summary(state=state), hardware=(OTHER,)), "machine, when it ended", "Another card")


async def test_a_run_without_readings_shows_this_machine_and_says_so() -> None:
    await see(snapshot(summary(state=RunState.FINISHED)), "this machine", "NVIDIA H200")


@pytest.mark.parametrize("shown", [True, False])
async def test_m_gives_the_columns_room_to_the_chart_or_takes_it_back_and_it_is_remembered(shown: bool) -> None:
    fake = with_runs(snapshot(hardware=(OTHER,)))
    fake.preferences.set("machine", shown)
    app = TextgenApp(fake.services, "levin", "training")
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "validation" in screen_text(app))
        await until(pilot, lambda: ("Another card" in screen_text(app)) is shown)
        await pilot.press("m")
        await until(pilot, lambda: ("Another card" in screen_text(app)) is not shown)
        await until(pilot, lambda: fake.preferences.get("machine", shown) is not shown)


async def test_m_says_so_where_there_is_no_room_for_the_column() -> None:
    fake = with_runs(snapshot(hardware=(OTHER,)))
    app = TextgenApp(fake.services, "levin", "training")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "validation" in screen_text(app))
        await pilot.press("m")
        await until(pilot, lambda: "room for the machine's column" in screen_text(app))
    assert fake.preferences.get("machine", True)
