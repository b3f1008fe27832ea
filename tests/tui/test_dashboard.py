"""The open run: what its keys ask for, what it shows, and what it does when something fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import GPU, NOW, FakeServices, FakeWatch, fresh, sample, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.errors import RunError
from tui_textgen.hardware import HardwareReading
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import LogLine, RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp


@asynccontextmanager
async def opened(
    fake: FakeServices, name: str = "levin", size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Pilot[None]]:
    """The app with the run ``name`` open and drawn."""
    app = TextgenApp(fake.services, name)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "step" in screen_text(app) or "sample" in screen_text(app))
        await pilot.pause()
        yield pilot


def watch_of(fake: FakeServices, name: str = "levin") -> FakeWatch:
    return fake.runs.watches[name]


def asked(fake: FakeServices, name: str = "levin") -> list[CommandKind]:
    return [command.kind for command in watch_of(fake, name).sent]


async def see(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


async def test_shows_state_progress_losses_machine_and_the_newest_sample() -> None:
    async with opened(with_runs(snapshot())) as pilot:
        await see(
            pilot, "● running", "loss 1.512", "val 1.467", "step 840/2,232", "31.2k chars/s", "uniform over 83",
            "NVIDIA H200", "412/700 W", "sample at step 800", "9 of 9", "said Levin", "Training with 64 × 100.",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "kind"),
    [("space", CommandKind.PAUSE), ("x", CommandKind.STOP), ("s", CommandKind.SAMPLE), ("c", CommandKind.CHECKPOINT)],
)
async def test_a_key_asks_the_trainer(key: str, kind: CommandKind) -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press(key)
        await until(pilot, lambda: asked(fake) == [kind])


async def test_the_same_key_goes_on_after_a_pause() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("space")
        await see(pilot, "‖ paused", "Continue")
        await pilot.press("space")
        await see(pilot, "● running", "Pause")
    assert asked(fake) == [CommandKind.PAUSE, CommandKind.CONTINUE]


async def test_a_run_that_is_over_takes_no_commands() -> None:
    fake = with_runs(snapshot(summary(state=RunState.FINISHED)))
    async with opened(fake) as pilot:
        await see(pilot, "✓ finished", "Samples")
        await pilot.press("space", "x", "s", "c", "r")
        await pilot.pause()
    assert asked(fake) == []
    assert fake.runs.resumed == []


@pytest.mark.parametrize("state", [RunState.INTERRUPTED, RunState.STOPPED, RunState.FAILED])
async def test_a_run_that_broke_off_can_go_on(state: RunState) -> None:
    fake = with_runs(snapshot(summary(state=state)))
    async with opened(fake) as pilot:
        await see(pilot, state.value, "Resume")
        await pilot.press("r")
        await see(pilot, "● running")
    assert fake.runs.resumed == ["levin"]


async def test_samples_are_looked_through_and_the_newest_is_followed_again() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "9 of 9", "Pause")
        await pilot.press("left")
        await see(pilot, "sample at step 700", "8 of 9", "Sample number 7.")
        await pilot.press("left", "left")
        await see(pilot, "6 of 9", "Sample number 5.")
        watch_of(fake).script = [snapshot(summary(step=950), samples=10, newest_sample=sample(9))]
        await see(pilot, "6 of 10, 4 newer", "Sample number 5.")
        await pilot.press("right", "right", "right", "right")
        await see(pilot, "10 of 10", "sample at step 900")


async def test_a_fresh_run_says_what_is_not_known_yet() -> None:
    async with opened(with_runs(fresh("new")), "new") as pilot:
        await see(pilot, "◌ starting", "loss –", "The first sample comes with step 0.")


async def test_the_reason_of_a_failure_stands_in_the_last_line() -> None:
    reason = "The loss is not a number any more; resume with a lower learning rate."
    async with opened(with_runs(snapshot(summary(state=RunState.FAILED, message=reason)))) as pilot:
        await see(pilot, "✗ failed", reason)


async def test_a_run_that_was_interrupted_says_what_to_do() -> None:
    async with opened(with_runs(snapshot(summary(state=RunState.INTERRUPTED)))) as pilot:
        await see(pilot, "! interrupted", "press r to go on")


async def test_the_newest_line_of_the_log_is_shown_once_it_comes() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "Training with 64 × 100.")
        line = LogLine(NOW, "warning", "The disk is full; saving is tried again.")
        watch_of(fake).script = [replace(snapshot(), log=(line,))]
        await see(pilot, "The disk is full")


async def test_a_run_that_cannot_be_read_is_said_and_watched_on() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "● running")
        watch_of(fake).error = RunError("The run cannot be read; is the disk there?")
        await see(pilot, "The run cannot be read")
        watch_of(fake).error = None
        watch_of(fake).script = [snapshot(summary(step=1000))]
        await see(pilot, "step 1,000/2,232")


async def test_a_run_that_does_not_exist_is_a_sentence() -> None:
    app = TextgenApp(with_runs().services, "nobody")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "There is no run 'nobody'")
        await pilot.press("escape")
        await see(pilot, "No runs yet.")


HOSTILE = "[/ [bold]x[/bold] \x1b[2J\x9b31m \u202e"


async def test_hostile_text_shows_harmlessly_everywhere() -> None:
    facts = summary(HOSTILE, RunState.FAILED, corpus=HOSTILE, message=HOSTILE)
    seen: RunSnapshot = snapshot(facts, newest_sample=sample(8, HOSTILE), log=(LogLine(NOW, "info", HOSTILE),))
    async with opened(with_runs(seen), HOSTILE) as pilot:
        await see(pilot, "[/ [bold]x[/bold] ␛[2J⟨9b⟩31m")
        assert not set("\x1b\x9b\u202e") & set(screen_text(pilot.app))
        await pilot.press("escape")
        await see(pilot, "✗ failed", "[/ [bold]x")
        assert not set("\x1b\x9b\u202e") & set(screen_text(pilot.app))


@pytest.mark.parametrize("size", [(40, 10), (30, 6), (80, 24), (10, 3), (200, 50), (300, 80)])
async def test_no_terminal_is_refused(size: tuple[int, int]) -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.query_one("#dashboard").snapshot is not None)  # type: ignore[attr-defined]
        await pilot.resize_terminal(120, 36)
        await see(pilot, "loss 1.512", "said Levin")


async def test_a_small_terminal_keeps_state_loss_progress_and_a_line_of_the_sample() -> None:
    async with opened(with_runs(snapshot()), size=(40, 10)) as pilot:
        await see(pilot, "● running", "loss 1.512", "━", "38%", "sample at step 800", "I don’t want")


async def test_leaving_the_dashboard_stops_watching_but_not_the_run() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("escape")
        await until(pilot, lambda: watch_of(fake).closed)
    assert asked(fake) == []


async def test_a_live_trainer_tells_of_its_own_machine() -> None:
    theirs = HardwareReading((replace(GPU, name="Another card", utilisation=0.93),), 0.5, 1, 2, 3)
    async with opened(with_runs(snapshot(hardware=(theirs,)))) as pilot:
        await see(pilot, "Another card", " 93 %")
