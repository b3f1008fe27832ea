"""What the app says by itself: alerts, the log, the last line, the bell; and states that stay true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.pilot import Pilot

from tests.tui.fakes import GPU, MACHINE, NOW, FakeServices, FakeWatch, fresh, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.errors import RunError, TextgenError
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import LogLine, Point, RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.renderables.log_lines import log_rows, merged
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.renderables.run_lines import progress_line, state_line

HOT = replace(MACHINE, gpus=(replace(GPU, temperature=95.0),))


class Bell:
    """Counts how often it rings."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


@asynccontextmanager
async def opened(
    fake: FakeServices, name: str | None = "levin", size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[None], Bell]]:
    """The app with the run open, or with the list of runs."""
    app, bell = TextgenApp(fake.services, name, "training"), Bell()
    app.bell = bell  # type: ignore[method-assign]
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "loss" in screen_text(app))
        await pilot.pause()
        yield pilot, bell


def watch_of(fake: FakeServices, name: str = "levin") -> FakeWatch:
    return fake.runs.watches[name]


async def see(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


def overfitted() -> RunSnapshot:
    validation = [1.50, 1.45, 1.47, 1.50, 1.55]
    points = tuple(
        Point(step, 0, 0, loss, loss, loss) for step, loss in zip(range(200, 801, 150), validation, strict=True)
    )
    return snapshot(validation=points)


# The log


async def test_l_shows_the_log_and_the_alerts_with_their_times_and_hides_them_again() -> None:
    fake = with_runs(overfitted())
    async with opened(fake) as (pilot, _):
        assert "best.safetensors" in screen_text(pilot.app)  # the last line says the newest alert
        assert "07:55:50" not in screen_text(pilot.app)
        await pilot.press("l")
        await see(pilot, "07:55:50 · Training with 64 × 100.", "08:00:00 ! Overfitting", "sample at step 800")
        await pilot.press("l")
        await until(pilot, lambda: "07:55:50" not in screen_text(pilot.app))


async def test_the_log_is_remembered() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as (pilot, _):
        await pilot.press("l")
        await see(pilot, "07:55:50 · Training")
    async with opened(fake) as (pilot, _):
        await see(pilot, "07:55:50 · Training")


async def test_a_choice_that_cannot_be_remembered_is_said() -> None:
    class Full(Preferences):
        def write(self) -> None:
            raise TextgenError("Your choices cannot be remembered: the disk is full.")

    fake = replace(with_runs(snapshot()), preferences=Full())
    async with opened(fake) as (pilot, _):
        await pilot.press("l")
        await see(pilot, "07:55:50 · Training", "Your choices cannot")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 10)])
async def test_in_a_small_terminal_the_log_takes_the_place_of_the_sample(size: tuple[int, int]) -> None:
    async with opened(with_runs(snapshot()), size=size) as (pilot, _):
        await see(pilot, "sample at step 800")
        await pilot.press("l")
        await see(pilot, "07:55:50 · Training with", "● running", "loss 1.512", "━")
        assert "sample at step" not in screen_text(pilot.app)


async def test_the_log_stays_at_its_end_unless_somebody_scrolled_up() -> None:
    lines = tuple(LogLine(NOW - 1000 + number, "info", f"line {number:03}") for number in range(100))
    fake = with_runs(snapshot(log=lines))
    async with opened(fake) as (pilot, _):
        await pilot.press("l")
        await see(pilot, "line 099")
        watch_of(fake).script = [snapshot(log=(*lines, LogLine(NOW, "info", "the newest")))]
        await see(pilot, "08:00:00 · the newest")
        pilot.app.query_one("#log").focus()
        await pilot.press("home")
        await see(pilot, "line 000")
        watch_of(fake).script = [snapshot(log=(*lines, LogLine(NOW, "info", "another one")))]
        await see(pilot, "another one", "line 000")


@given(
    st.lists(
        st.builds(LogLine, st.floats(), st.sampled_from(["info", "news", "warning", "error"]), st.text(max_size=60))
    ),
    st.integers(1, 130),
)
def test_log_lines_fit_and_are_harmless(lines: list[LogLine], width: int) -> None:
    rows = log_rows(merged(lines[::2], lines[1::2]), width, NOW)
    assert all(cells(row) <= max(width, 4) for row in rows)
    assert not set("\x1b\x9b\n\r\u202e") & set("".join(map(plain, rows)))


def test_what_the_log_says_is_not_said_again_by_an_alert() -> None:
    failed = LogLine(2.0, "error", "The disk is full.")
    later = LogLine(3.0, "warning", "It is hot.")
    assert merged([LogLine(1.0, "info", "Begun."), failed], [replace(failed, time=2.5), later])[1:] == (failed, later)


# The bell


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (snapshot(summary(state=RunState.FINISHED)), "✓ Finished at step 840"),
        (snapshot(summary(state=RunState.INTERRUPTED)), "✗ The trainer ended without a word; press r to go on"),
        (snapshot(summary(state=RunState.FAILED, message="The loss is no number.")), "✗ The loss is no number."),
        (snapshot(summary(message="The disk is full; make room.")), "✗ The disk is full; make room."),
        (snapshot(hardware=(HOT,)), "! GPU 0 is hot: 95 °C"),
        (snapshot(hardware=(replace(MACHINE, disk_free=1_000_000),)), "✗ The disk is nearly full: 1 MB left"),
        (snapshot(heard_at=NOW - 3600), "✗ The trainer has said nothing for 60 min"),
        (snapshot(saved_at=NOW - 3600, summary=summary(created=NOW - 4000)), "✗ Nothing has been saved for 60 min"),
        (overfitted(), "! Overfitting: the validation loss was best at step 350 (1.4500)"),
    ],
    ids=["finished", "interrupted", "failed", "trouble", "hot", "disk", "silent", "unsaved", "overfitting"],
)  # fmt: skip
async def test_what_comes_up_is_said_and_rings_once(after: RunSnapshot, words: str) -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as (pilot, bell):
        await see(pilot, "● running")
        assert bell.rung == 0
        watch_of(fake).script = [after]
        await see(pilot, words)
        watch_of(fake).script = [replace(after, samples=after.samples + 1)]
        await see(pilot, f"of {after.samples + 1}")
        assert bell.rung == 1


async def test_the_bell_can_be_turned_off_and_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    bell, fake = Bell(), with_runs(snapshot())
    monkeypatch.setattr(App, "bell", lambda _: bell())
    trouble = snapshot(summary(message="The disk is full; make room."))
    for turn, rung in (("off", 0), (None, 0), ("on", 1)):
        watch_of(fake).script = [snapshot()]
        app = TextgenApp(fake.services, "levin", "training")
        async with app.run_test(size=(120, 36)) as pilot:
            await see(pilot, "● running")
            if turn:
                await pilot.press("ctrl+g", *"bell")
                await see(pilot, f"Bell: {turn}")
                await pilot.press("enter")
                await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
            watch_of(fake).script = [trouble]
            await see(pilot, "The disk is full")
            assert bell.rung == rung


async def test_a_run_that_had_ended_before_it_was_opened_does_not_ring() -> None:
    async with opened(with_runs(snapshot(summary(state=RunState.FINISHED)))) as (pilot, bell):
        await see(pilot, "✓ finished", "✓ Finished at step 840")
        assert bell.rung == 0


async def test_what_happened_before_a_resume_stays_in_the_log() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as (pilot, bell):
        await pilot.press("l")
        await see(pilot, "● running")
        watch_of(fake).script = [snapshot(summary(state=RunState.INTERRUPTED), since=NOW - 9)]
        await see(pilot, "✗ The trainer ended without a word")
        await pilot.press("r")
        await see(pilot, "● running", "✗ The trainer ended without a word")
        assert bell.rung == 1


async def test_a_trainer_that_starts_says_so() -> None:
    async with opened(with_runs(fresh("new")), "new") as (pilot, _):
        await see(pilot, "◌ starting", "The trainer is starting")


# States


@pytest.mark.parametrize("kind", [CommandKind.STOP, CommandKind.CHECKPOINT])
async def test_a_trainer_that_saves_for_somebody_says_so(kind: CommandKind) -> None:
    async with opened(with_runs(snapshot(waiting=(Command(kind),)))) as (pilot, _):
        await see(pilot, "◍ saving")


async def test_a_training_that_falls_apart_says_so_where_its_state_stands() -> None:
    apart = tuple(Point(840 + step, 3.0, 250.0, 3.9, 3.9, 3.9) for step in range(40))
    calm = snapshot()
    async with opened(with_runs(replace(calm, train=calm.train + apart))) as (pilot, _):
        await see(pilot, "▲ diverging", "The training diverges: its loss is 3.90")


async def test_a_run_that_is_gone_says_so_and_offers_nothing() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as (pilot, _):
        await see(pilot, "● running", "Pause")
        watch_of(fake).script = [snapshot(summary(state=RunState.INTERRUPTED), gone=True)]
        await see(pilot, "? gone", "renamed or deleted")
        assert "Resume" not in screen_text(pilot.app)


async def test_a_run_that_cannot_be_read_does_not_go_on_running_on_the_screen() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as (pilot, _):
        await see(pilot, "● running")
        watch_of(fake).error = RunError("The run cannot be read; is the disk there?")
        await see(pilot, "? unreadable", "✗ The run cannot be read")
        watch_of(fake).error = None
        await see(pilot, "● running", "Training with 64 × 100.")


async def test_a_run_that_comes_later_is_opened_when_it_comes() -> None:
    fake = with_runs()
    app = TextgenApp(fake.services, "levin", "training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "There is no run 'levin'")
        fake.runs.watches["levin"] = FakeWatch([snapshot()])
        await see(pilot, "● running", "loss 1.512")


def test_an_old_checkpoint_is_an_alarm_with_a_sign_and_keeps_its_place_in_a_narrow_line() -> None:
    late = snapshot(summary(created=NOW - 9000), saved_at=NOW - 3600)
    assert "! saved 1 h ago" in plain(state_line(late, 118, NOW))
    assert "! saved 1 h ago" in plain(state_line(late, 60, NOW))
    assert "saved 10 s ago" not in plain(state_line(snapshot(), 60, NOW))
    assert "! nothing saved yet" in plain(state_line(replace(late, saved_at=None), 118, NOW))


def test_numbers_keep_their_places_as_they_grow() -> None:
    def line(step: int, seconds: float) -> str:
        facts = summary(step=step, steps=12_000, epoch=step / 279, epochs=43, seconds=seconds)
        return plain(progress_line(replace(snapshot(facts), train=()), 160, NOW))

    places = {line(step, step * 1.0).index("chars/s") for step in (9, 99, 999, 9_999)}
    assert len(places) == 1
    assert "2:30:00 left (10:30)" in line(3000, 3000.0)
    assert "2:13:20 left" in line(4000, 4000.0)


def test_an_end_on_another_day_names_the_day() -> None:
    far = summary(step=100, steps=20_000, seconds=1000.0, state=RunState.RUNNING)
    assert "left (Sun 15:16)" in plain(progress_line(replace(snapshot(far), train=()), 160, NOW))


# Runs that are not open


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.FINISHED, "anna has finished."), (RunState.FAILED, "anna has failed: Because."),
     (RunState.INTERRUPTED, "anna was interrupted; it can be resumed")],
)  # fmt: skip
async def test_a_training_that_ends_out_of_sight_is_told_once(
    monkeypatch: pytest.MonkeyPatch, state: RunState, words: str
) -> None:
    monkeypatch.setattr("tui_textgen.tui.endings.LOOK_SECONDS", 0.05)
    fake = with_runs(snapshot(), snapshot(summary("anna")))
    async with opened(fake) as (pilot, bell):
        await see(pilot, "● running")
        await pilot.pause(0.3)
        message = "Because." if state is RunState.FAILED else None
        watch_of(fake, "anna").script = [snapshot(summary("anna", state, message=message))]
        await until(pilot, lambda: bell.rung)
        await see(pilot, words[:20])
        await pilot.pause(0.3)
        assert bell.rung == 1


async def test_the_open_run_tells_of_its_end_itself_and_a_stop_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_textgen.tui.endings.LOOK_SECONDS", 0.05)
    fake = with_runs(snapshot(), snapshot(summary("anna")))
    async with opened(fake) as (pilot, bell):
        await pilot.pause(0.3)
        watch_of(fake).script = [snapshot(summary(state=RunState.FINISHED))]
        watch_of(fake, "anna").script = [snapshot(summary("anna", RunState.STOPPED))]
        await see(pilot, "✓ Finished at step 840")
        await pilot.pause(0.5)
        assert bell.rung == 1
