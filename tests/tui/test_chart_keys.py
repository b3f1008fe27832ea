"""What the keys and the mouse do to the chart of an open run."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from tests.tui.fakes import FakeServices, FakeWatch, curve, snapshot, summary, validations, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.renderables.chart_view import Axis, Plot
from tui_textgen.tui.renderables.units import Unit
from tui_textgen.tui.widgets import loss_chart
from tui_textgen.tui.widgets.loss_chart import LossChart


def long_run(step: int = 100_000, steps: int = 150_000) -> RunSnapshot:
    facts = summary(step=step, steps=steps, epoch=step / 279, epochs=steps // 279)
    return snapshot(facts, train=curve(step, 500), validation=validations(step, step // 20), samples=9)


def whole_run() -> RunSnapshot:
    """With the curves of the other plots."""
    run = snapshot()
    rate = tuple(point._replace(mean=2.4e-3, low=2.4e-3, high=2.4e-3) for point in run.train)
    speed = tuple(point._replace(mean=31_200.0, low=3e4, high=3.3e4) for point in run.train)
    return replace(run, lr=rate, grad_norm=run.train, speed=speed)


@asynccontextmanager
async def opened(fake: FakeServices, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    app = TextgenApp(fake.services, "levin")
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.query(LossChart) and chart(pilot).curves.train and "○" in screen_text(app))
        yield pilot


def chart(pilot: Pilot[None]) -> LossChart:
    return pilot.app.query_one(LossChart)


async def see(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


async def lack(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: not any(word in screen_text(pilot.app) for word in words))


def steps_shown(pilot: Pilot[None]) -> list[int]:
    """The numbers under the chart."""
    (line,) = [line for line in screen_text(pilot.app).splitlines() if re.match(r"\W* step +\d", line)]
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", line)]


async def test_u_goes_through_the_units_and_the_choice_is_remembered() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "loss, nats per character", "best 1.471")
        await pilot.press("u")
        await see(pilot, "loss, bits per character", "best 2.122")
        await pilot.press("u")
        await see(pilot, "loss, perplexity per character", "best 4.352")
        await until(pilot, lambda: fake.preferences.get("chart_unit", "") == "perplexity")
    async with opened(fake) as pilot:
        await see(pilot, "loss, perplexity per character")
        await pilot.press("u")
        await see(pilot, "loss, nats per character")


async def test_y_makes_the_axis_logarithmic_and_linear_again() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("y")
        await see(pilot, "nats per character  log")
        await until(pilot, lambda: fake.preferences.get("chart_log", False))
        await pilot.press("y")
        await lack(pilot, "character  log")


async def test_t_counts_epochs_or_time_and_the_same_part_stays_in_sight() -> None:
    async with opened(with_runs(long_run())) as pilot:
        await pilot.press("plus", "plus", "t")
        await see(pilot, "epoch ")
        low, high = chart(pilot)._ends()
        assert (low * 279, high * 279) == pytest.approx((75_000, 100_000), rel=0.08)
        await pilot.press("t")
        await see(pilot, " time ", ":00:00")
        await pilot.press("t")
        await see(pilot, " step ")
        assert chart(pilot)._ends() == pytest.approx((75_000, 100_000), rel=0.08)


async def test_p_shows_one_plot_after_another() -> None:
    fake = with_runs(whole_run())
    async with opened(fake) as pilot:
        await pilot.press("p")
        await see(pilot, "learning rate ×1e-3", "now 2.4e-3")
        await pilot.press("p")
        await see(pilot, "gradient norm")
        await pilot.press("p")
        await see(pilot, "characters per second", "now 31,200", "30k┤")
        await until(pilot, lambda: fake.preferences.get("chart_plot", "") == Plot.SPEED)
        await pilot.press("p")
        await see(pilot, "loss, nats per character")


async def test_a_large_terminal_shows_all_plots_at_once() -> None:
    async with opened(with_runs(whole_run()), (200, 50)) as pilot:
        await see(pilot, "loss, nats per character", "lr ×1e-3", "gradient", "31,200")


async def test_zooming_follows_the_newest_steps_and_0_shows_the_whole_run_again() -> None:
    async with opened(with_runs(long_run())) as pilot:
        assert steps_shown(pilot)[0] == 0
        await pilot.press("plus")
        await see(pilot, "2.0× zoom, following")
        await pilot.press("equals_sign")
        await see(pilot, "4.0× zoom, following")
        assert 75_000 <= steps_shown(pilot)[0] <= 85_000
        await pilot.press("minus")
        await see(pilot, "2.0× zoom, following")
        await pilot.press("0")
        await lack(pilot, "zoom,")
        assert steps_shown(pilot)[0] == 0


async def test_a_part_that_is_looked_at_closely_is_read_more_finely() -> None:
    fake = with_runs(long_run())
    async with opened(fake) as pilot:
        await pilot.press(*["plus"] * 8)
        await until(pilot, lambda: len(watch_of(fake).parts) > 0 and chart(pilot)._stretch is not None)
        low, high = chart(pilot)._ends()
        await until(pilot, lambda: {p.step for p in chart(pilot)._drawn.train} >= set(range(int(low) + 1, 100_000)))
        first, last = watch_of(fake).parts[-1]
        assert first <= low
        assert high <= last
        assert last - first <= 2 * (high - low)


async def test_the_chart_moves_on_with_the_newest_steps_and_reads_them() -> None:
    fake = with_runs(long_run())
    async with opened(fake) as pilot:
        await pilot.press("n")
        await see(pilot, "following")
        before = steps_shown(pilot)
        watch_of(fake).script = [long_run(110_000)]
        await until(pilot, lambda: steps_shown(pilot) != before)
        assert steps_shown(pilot)[-1] >= 108_000
        await until(pilot, lambda: watch_of(fake).parts[-1][1] >= 110_000)


async def test_the_newest_steps_are_not_drawn_at_every_poll_while_they_are_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A close look at a fast run would send the whole chart with each."""
    fake = with_runs(long_run())
    async with opened(fake) as pilot:
        await pilot.press("plus", "plus")
        await see(pilot, "following")
        monkeypatch.setattr(loss_chart, "FOLLOW_SECONDS", 3600.0)
        watch_of(fake).script = [long_run(110_000)]
        await until(pilot, lambda: chart(pilot).curves.reached >= 110_000)
        watch_of(fake).script = [long_run(120_000)]
        await until(pilot, lambda: chart(pilot).curves.reached >= 120_000)
        assert chart(pilot)._drawn.reached < 120_000
        await pilot.press("0")
        assert chart(pilot)._drawn.reached >= 120_000


async def test_panning_leaves_the_newest_steps_and_n_comes_back() -> None:
    async with opened(with_runs(long_run())) as pilot:
        await pilot.press("plus", "plus", "less_than_sign", "less_than_sign", "less_than_sign")
        await lack(pilot, "following")
        assert steps_shown(pilot)[0] <= 60_000
        await pilot.press("n")
        await see(pilot, "4.0× zoom, following")
        await pilot.press("less_than_sign", "less_than_sign")
        await lack(pilot, "following")
        await pilot.press("greater_than_sign", "greater_than_sign", "greater_than_sign")
        await see(pilot, "following")


async def test_the_crosshair_tells_the_values_and_moves_and_ends() -> None:
    async with opened(with_runs(whole_run())) as pilot:
        await pilot.press("k")
        await see(pilot, "┼ step 839", "train 1.", "validation 1.529 at 720", "lr 2.4e-3")
        await pilot.press("left")
        await lack(pilot, "┼ step 839")
        moved = chart(pilot).view.cursor or 0
        assert 800 < moved < 839
        await see(pilot, f"┼ step {moved}", "9 of 9")
        await pilot.press("right")
        await until(pilot, lambda: (chart(pilot).view.cursor or 0) > moved)
        await pilot.press("escape")
        await see(pilot, "loss, nats per character")
        await pilot.press("left")
        await see(pilot, "8 of 9")


async def test_escape_leaves_the_crosshair_before_the_run() -> None:
    async with opened(with_runs(snapshot())) as pilot:
        await pilot.press("k")
        await see(pilot, "┼ step")
        await pilot.press("escape")
        await see(pilot, "loss, nats per character", "● running")
        await pilot.press("escape")
        await lack(pilot, "loss, nats per character")


async def test_with_the_focus_on_the_chart_the_arrows_bring_the_crosshair() -> None:
    async with opened(with_runs(snapshot())) as pilot:
        await pilot.press("tab")
        await until(pilot, lambda: chart(pilot).has_focus)
        await pilot.press("left")
        await see(pilot, "┼ step 839")


async def test_the_crosshair_goes_on_beyond_what_is_shown() -> None:
    async with opened(with_runs(long_run())) as pilot:
        await pilot.press(*["plus"] * 3)
        low = chart(pilot)._ends()[0]
        await pilot.click(LossChart, offset=(12, 5))
        await pilot.press(*["left"] * 15)
        await until(pilot, lambda: (chart(pilot).view.cursor or 1e9) < low)
        start, end = chart(pilot)._ends()
        assert start <= (chart(pilot).view.cursor or -1) <= end


async def test_a_click_sets_the_crosshair() -> None:
    async with opened(with_runs(snapshot())) as pilot:
        await pilot.click(LossChart, offset=(30, 5))
        await see(pilot, "┼ step")
        here = chart(pilot).view.cursor
        await pilot.click(LossChart, offset=(50, 5))
        await until(pilot, lambda: (chart(pilot).view.cursor or 0) > (here or 0))


async def test_the_wheel_zooms_where_it_points_and_dragging_pans() -> None:
    async with opened(with_runs(long_run())) as pilot:
        widget = chart(pilot)
        place = widget._place(40)
        for _ in range(5):
            await pilot._post_mouse_events([MouseScrollUp], LossChart, offset=(40, 5), button=0)
        await see(pilot, "× zoom")
        assert widget._place(40) == pytest.approx(place, rel=0.05)
        low = widget._ends()[0]
        await pilot.mouse_down(LossChart, offset=(20, 5))
        await pilot.hover(LossChart, offset=(40, 5))
        await pilot.mouse_up(LossChart, offset=(40, 5))
        await until(pilot, lambda: widget._ends()[0] < low)
        await pilot.pause()
        assert widget.view.cursor is None
        for _ in range(9):
            await pilot._post_mouse_events([MouseScrollDown], LossChart, offset=(40, 5), button=0)
        await lack(pilot, "× zoom")


async def test_the_footer_shows_what_the_chart_can_do_now() -> None:
    async with opened(with_runs(snapshot()), (200, 50)) as pilot:
        await until(pilot, lambda: {"plus", "u", "p", "k", "n"} <= set(pilot.app.screen.active_bindings))
        assert not {"0", "minus", "less_than_sign"} & set(pilot.app.screen.active_bindings)
        await pilot.press("plus")
        await until(pilot, lambda: {"0", "minus", "less_than_sign"} <= set(pilot.app.screen.active_bindings))


async def test_without_room_for_a_chart_its_keys_do_nothing() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(40, 10)) as pilot:
        await see(pilot, "● running")
        await pilot.press("u", "k", "plus")
        assert chart(pilot).view.unit is Unit.NATS
        assert chart(pilot).view.cursor is None
        assert chart(pilot).view.window is None


async def test_another_run_is_shown_whole() -> None:
    fake = with_runs(long_run())
    fake.runs.watches["kitty"] = FakeWatch([snapshot(summary("kitty"))])
    async with opened(fake) as pilot:
        await pilot.press("plus", "k")
        await see(pilot, "┼ step")
        await pilot.press("escape", "escape")
        pilot.app.query_one("#training").open_run("kitty")  # type: ignore[attr-defined]
        await until(pilot, lambda: chart(pilot).curves.reached == 840)
        assert chart(pilot).view.window is None
        assert chart(pilot).view.cursor is None


def test_choices_that_are_none_any_more_give_way_to_the_first() -> None:
    preferences = Preferences()
    preferences.set("chart_unit", "furlongs")
    preferences.set("chart_axis", 3)
    view = LossChart(preferences).view
    assert (view.unit, view.axis, view.plot) == (Unit.NATS, Axis.STEPS, Plot.LOSS)


def watch_of(fake: FakeServices) -> FakeWatch:
    return fake.runs.watches["levin"]
