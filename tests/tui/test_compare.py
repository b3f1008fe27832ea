"""Runs against each other: their curves, the table of what differs, and what happens while they are looked at."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.fakes import NOW, FakeServices, curve, snapshot, summary, validations, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import see
from tui_textgen.config import training_config
from tui_textgen.errors import RunError
from tui_textgen.runs.snapshot import Point, RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.marks import LOOKS, MOST
from tui_textgen.tui.renderables.chart_view import Axis, ChartView
from tui_textgen.tui.renderables.comparison import Compared, comparison_lines, incomparable, overlaid
from tui_textgen.tui.renderables.comparison_table import comparison_table
from tui_textgen.tui.renderables.loss_chart import loss_chart
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.renderables.units import Unit
from tui_textgen.tui.widgets.comparison import Comparison
from tui_textgen.tui.widgets.comparison_table import ComparisonTable
from tui_textgen.tui.widgets.training_pane import TrainingPane


def run(name: str, age: int = 0, state: RunState = RunState.FINISHED, **settings: Any) -> RunSnapshot:
    """A run whose settings are the standard ones but for these."""
    config = training_config("standard", settings).model_dump()
    best = 1.4 + age / 10
    return snapshot(summary(name, state, created=NOW - 1000 * age, config=config, best_val_loss=best))


def three() -> FakeServices:
    return with_runs(run("fast", 0, lr=0.01), run("slow", 1, lr=0.001), run("wide", 2, n_hidden=1024))


@asynccontextmanager
async def compared(fake: FakeServices, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """The app with all its runs marked and compared."""
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=size) as pilot:
        await see(pilot, f"{len(fake.runs.watches)} runs")
        for _ in fake.runs.watches:
            await pilot.press("m", "down")
        await pilot.press("v")
        await until(pilot, lambda: app.query(Comparison) and "…" not in table_line(pilot, "state"))
        yield pilot


def table_line(pilot: Pilot[None], title: str) -> str:
    lines = [line for line in screen_text(pilot.app).splitlines() if line.strip(" │┃").startswith(title)]
    return lines[0] if lines else "…"


def open_run(pilot: Pilot[None]) -> str | None:
    return pilot.app.query_one(TrainingPane).open_run_name


async def test_the_curves_have_a_legend_and_the_table_shows_only_what_differs() -> None:
    async with compared(three()) as pilot:
        await see(pilot, "comparing 3 runs", "loss, nats per character", "△ fast", "◇ slow", "□ wide")
        assert table_line(pilot, "Learning rate").split() == ["Learning", "rate", "0.01", "0.001", "0.006"]
        assert table_line(pilot, "Hidden units").split() == ["Hidden", "units", "512", "512", "1024"]
        assert table_line(pilot, "best, nats").split() == ["best,", "nats", "1.400", "◂", "1.500", "1.600"]
        assert "Lanes" not in screen_text(pilot.app)
        assert "do not compare" not in screen_text(pilot.app)


async def test_the_keys_of_the_chart_choose_the_unit_of_chart_and_table() -> None:
    async with compared(three()) as pilot:
        await pilot.press("u")
        await see(pilot, "loss, bits per character", "best, bpc")
        assert table_line(pilot, "best, bpc").split()[2] == f"{1.4 / math.log(2):.3f}"
        await pilot.press("plus")
        await see(pilot, "2.0× zoom")


async def test_the_crosshair_tells_the_losses_of_all_runs_and_takes_the_arrows_while_it_is_on() -> None:
    short = run("short", 1)
    short = replace(short, train=short.train[:100])
    async with compared(with_runs(run("long"), short)) as pilot:
        await pilot.press("k")
        await see(pilot, "┼ step 839", "◇ short –")  # it has not come so far
        await pilot.press(*["left"] * 95)
        await until(pilot, lambda: "short –" not in screen_text(pilot.app))
        legend = next(line for line in screen_text(pilot.app).splitlines() if "◇ short" in line).split()
        assert legend[legend.index("long") + 1] == legend[legend.index("short") + 1]  # the same curve
        await see(pilot, "▸△ long")  # the arrows went to the crosshair
        await pilot.press("escape")
        await see(pilot, "loss, nats per character", "comparing 2 runs")
        await pilot.press("right")
        await see(pilot, "▸◇ short")


async def test_runs_of_different_texts_are_shown_and_said_not_to_compare() -> None:
    other = replace(run("other", 1), corpus_sha256="b")
    other = replace(other, summary=replace(other.summary, corpus="hamlet"))
    async with compared(with_runs(replace(run("one"), corpus_sha256="a"), other)) as pilot:
        await see(pilot, "! They learn different texts: their losses do not compare.", "△ one", "◇ other")
        assert table_line(pilot, "text  ").split() == ["text", "anna-karenina", "hamlet"]


async def test_a_live_run_is_kept_up_to_date() -> None:
    fake = with_runs(run("done"), run("busy", 1, RunState.STOPPED))
    async with compared(fake) as pilot:
        await see(pilot, "■ stopped", "840/2,232")
        now = fake.runs.watches["busy"].script[0]
        learned = replace(now.summary, state=RunState.RUNNING, step=1234, best_val_loss=1.111)
        fake.runs.watches["busy"].script = [replace(now, summary=learned)]
        await see(pilot, "● running", "1,234/2,232", "1.111 ◂")


async def test_a_run_that_is_deleted_meanwhile_leaves_with_a_word() -> None:
    fake = three()
    async with compared(fake) as pilot:
        watch = fake.runs.watches.pop("slow")
        watch.script = [replace(watch.script[0], gone=True)]
        await see(pilot, "comparing 2 runs", "Deleted or renamed meanwhile: slow. 2 runs left.")
        assert table_line(pilot, "Learning rate").split() == ["Learning", "rate", "0.01", "0.006"]
        await until(pilot, lambda: watch.closed)
        await pilot.press("escape")
        await see(pilot, "2 runs, 2 marked")


async def test_a_run_that_cannot_be_read_is_said_and_read_once_it_can_be() -> None:
    fake = three()
    fake.runs.watches["slow"].error = RunError("The record of the run [/slow cannot be read; is the disk there?")
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        fake.runs.error = None
        await see(pilot, "3 runs; m marks one")
        await pilot.press("m", "down", "m", "v")
        await see(pilot, "The record of the run [/slow cannot be read")
        fake.runs.watches["slow"].error = None
        await until(pilot, lambda: table_line(pilot, "Learning rate").split()[-1] == "0.001")
        assert "cannot be read" not in screen_text(app)


async def test_a_run_that_cannot_be_read_is_said_for_as_long_as_that_is_so_though_another_one_goes_on() -> None:
    """The next step of the other one took the sentence away."""
    fake = three()
    async with compared(fake) as pilot:
        fake.runs.watches["slow"].error = RunError("The record of the run slow cannot be read; is the disk there?")
        await see(pilot, "The record of the run slow cannot be read")
        fast = fake.runs.watches["fast"]
        fast.script = [replace(fast.script[-1], summary=replace(fast.script[-1].summary, step=1234))]
        await see(pilot, "1,234/2,232", "The record of the run slow cannot be read")


async def test_enter_opens_the_chosen_run_and_escape_goes_back_to_the_list() -> None:
    async with compared(three()) as pilot:
        await pilot.press("right", "enter")
        await until(pilot, lambda: open_run(pilot) == "slow")
        await pilot.press("escape")
        await see(pilot, "3 runs, 3 marked")
        await pilot.press("v")
        await see(pilot, "comparing 3 runs")
        await pilot.press("escape")
        await see(pilot, "3 runs, 3 marked")
        assert not pilot.app.query(Comparison)


async def test_a_click_chooses_a_run_and_a_click_on_it_opens_it() -> None:
    async with compared(three()) as pilot:
        column = table_line(pilot, "state").rindex("✓") - 1  # the pane's edge is one cell wide
        await pilot.click(ComparisonTable, offset=(column, 3))
        await see(pilot, "▸□ wide")
        assert open_run(pilot) is None
        await pilot.click(ComparisonTable, offset=(column, 0))
        await until(pilot, lambda: open_run(pilot) == "wide")


async def test_what_does_not_fit_is_scrolled_to() -> None:
    fake = with_runs(*(run(f"run-{age}", age, lr=0.001 * (age + 1), seed=age) for age in range(MOST)))
    async with compared(fake, (60, 20)) as pilot:
        await see(pilot, "↓ 1–3 of 8", "▸△ run-0")
        assert "Seed" not in screen_text(pilot.app)
        await pilot.press(*["down"] * 20)
        await see(pilot, "↑ 1–3 of 8", "Seed")
        await pilot.press(*["right"] * 7)
        await see(pilot, "6–8 of 8", "▸☆ run-7")


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (80, 24), (200, 50), (30, 6), (10, 3)])
async def test_no_size_is_refused(size: tuple[int, int]) -> None:
    app = TextgenApp(three().services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs")
        await pilot.press("m", "down", "m", "v")
        await see(pilot, "comparing 2 runs", "▸△ fast")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        if size >= (40, 10):
            await see(pilot, "comparing 2 runs", "▸△ fast", "✓ finish", "best, nats", "1.400")
        await pilot.resize_terminal(120, 36)
        await see(pilot, "loss, nats per character", "Learning rate")


HOSTILE = "[/ [bold]x \x1b[2J\x9b31m \u202e"


async def test_hostile_names_and_settings_show_harmlessly() -> None:
    one, other = run(HOSTILE, sample_prime=HOSTILE, encoding="latin-1"), run("b", 1)
    async with compared(with_runs(replace(one, summary=replace(one.summary, corpus=HOSTILE)), other)) as pilot:
        await see(pilot, "[/ [bold]x", "Encoding")
        assert not set("\x1b\x9b\u202e") & set(screen_text(pilot.app))


def test_what_was_chosen_for_auto_differs_though_the_setting_is_the_same() -> None:
    one, other = run("a"), run("b")
    other = replace(other, summary=replace(other.summary, device="cpu", precision="bf16"))
    lines = dict(comparison_lines(sides(one, other), Unit.NATS))
    assert lines["Device"] == ("cuda:0", "cpu")
    assert "Precision" not in lines


def test_equal_settings_are_said_to_be_equal() -> None:
    titles = [line.title for line in comparison_lines(sides(run("a"), run("b")), Unit.NATS)]
    assert titles[-1] == "no setting differs"


def test_other_held_out_parts_are_said() -> None:
    assert "validation losses" in incomparable(sides(run("a", val_frac=0.1), run("b", val_frac=0.2)))
    assert incomparable(sides(run("a"), run("b"))) == ""


def sides(*snapshots: RunSnapshot | None) -> list[Compared]:
    return [Compared(each.summary.name if each else "?", LOOKS[place], each) for place, each in enumerate(snapshots)]


numbers = st.one_of(st.none(), st.floats())
seen = st.builds(
    lambda name, loss, steps, length: snapshot(
        summary(name, best_val_loss=loss, train_loss=loss, steps=steps, chars_per_second=loss),
        train=(*curve(length), *(Point(length + 1, 0, 0, each, each, each) for each in [loss or 0.0])),
        validation=validations(length),
    ),
    st.text(max_size=40), numbers, st.integers(0, 10**12), st.integers(1, 300),
)  # fmt: skip


@given(
    st.lists(st.one_of(st.none(), seen), max_size=MOST),
    st.sampled_from(Unit),
    st.integers(0, 9),
    st.integers(-3, 40),
    st.integers(0, 150),
    st.integers(0, 30),
    st.sampled_from(Axis),
    st.one_of(st.none(), st.integers(0, 400)),
)
def test_any_runs_fit_into_any_room(
    snapshots: list[RunSnapshot | None],
    unit: Unit,
    chosen: int,
    top: int,
    width: int,
    height: int,
    axis: Axis,
    cursor: int | None,
) -> None:
    runs = sides(*snapshots)
    lines = comparison_lines(runs, unit)
    assert all(len(line.cells) in (0, len(runs)) for line in lines)
    rows = comparison_table(lines, runs, min(chosen, max(0, len(runs) - 1)), top, width, height)
    assert len(rows) <= height
    assert all(cells(row) <= width for row in rows)
    assert not set("\x1b\n\x9b") & set("".join(map(plain, rows)))
    view = ChartView(unit, axis=axis, cursor=cursor)
    assert all(cells(row) <= width for row in loss_chart(overlaid(runs), width, height, view))
