"""Asking for a sample: with the run's own settings, or with a prime and a temperature of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.tui.fakes import sample, snapshot, summary, with_runs
from tests.tui.host import until
from tests.tui.sample_host import opened, see, seen, sees, with_samples
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.screens.ask_sample import AskSample


async def test_what_was_asked_for_appears_marked_when_it_comes_and_stays() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("home")
        await see(pilot, "Sample number 0.")
        await pilot.press("s")
        await until(pilot, lambda: watch.sent)
        watch.script = [seen(10, replace(sample(9, "You asked."), asked=True))]
        await see(pilot, "You asked.", "asked for", "10 of 10")
        watch.script = [seen(11)]
        await see(pilot, "You asked.", "10 of 11, 1 newer")


async def test_what_was_asked_for_is_found_among_others_that_came_with_it() -> None:
    fake, watch = with_samples(asked={10})
    async with opened(fake) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: watch.sent)
        watch.script = [seen(13)]
        await see(pilot, "Sample number 10.", "asked for", "11 of 13, 2 newer")


async def test_a_prime_and_a_temperature_of_ones_own() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskSample))
        await pilot.press(*"Levin", "down", *"1.2", "enter")
        await until(pilot, lambda: watch.sent)
        assert watch.sent == [Command(CommandKind.SAMPLE, {"prime": "Levin", "temperature": 1.2})]
        watch.script = [seen(10, replace(sample(9, "You asked."), asked=True, temperature=1.2))]
        await see(pilot, "You asked.", "asked for  temperature 1.2")


async def test_characters_that_the_model_does_not_know_are_named() -> None:
    fake, _ = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskSample))
        await pilot.press(*"Leжin7")
        await see(pilot, "The model never saw ‘ж’, ‘7’; the sample is written without.")
        await pilot.press(*["backspace"] * 4)
        await until(pilot, lambda: not sees(pilot, "never saw"))


async def test_a_temperature_that_is_none_is_said_and_nothing_is_asked() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskSample))
        await pilot.press("down", *"warm", "enter")
        await see(pilot, "!", "emperature")
        await pilot.press("escape")
        await see(pilot, "sample at step")
    assert watch.sent == []


async def test_the_dialog_begins_with_what_was_asked_last_also_after_a_new_start(tmp_path: Path) -> None:
    first, watch = with_samples()
    first.preferences = Preferences(tmp_path / "preferences.json")
    async with opened(first) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskSample))
        await pilot.press(*"Kitty", "down", *"0.5", "enter")
        await until(pilot, lambda: first.preferences.get("sample_temperature", "") == "0.5")
    second, watch = with_samples()
    second.preferences = Preferences(tmp_path / "preferences.json")
    async with opened(second) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskSample))
        await pilot.click("#ask-write")
        await until(pilot, lambda: watch.sent)
    assert watch.sent[0].arguments == {"prime": "Kitty", "temperature": 0.5}


async def test_a_run_that_is_over_is_asked_for_nothing() -> None:
    fake = with_runs(snapshot(summary(state=RunState.FINISHED)))
    async with opened(fake) as pilot:
        await pilot.press("S")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, AskSample)
        assert not sees(pilot, "S Prime")


async def test_a_run_without_samples_says_how_to_get_one() -> None:
    facts = summary(config={**summary().config, "sample_every": 0})
    app = TextgenApp(with_runs(snapshot(facts, samples=0, newest_sample=None)).services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "press s while it trains")
