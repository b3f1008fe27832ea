"""From the console to surprise, lens and score, and back to writing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import PASSAGE, FakeServices, FakeWriter
from tests.tui.host import screen_text, until
from tui_textgen.models.card import ModelCard
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.screens.choose_text import ChooseText
from tui_textgen.tui.screens.looking import Looking
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.passage_view import PassageView


class HelloWriter(FakeWriter):
    """Holds the model of the worked example."""

    def load(self, path: Path) -> ModelCard:
        return replace(super().load(path), vocabulary="ehlo")


def console(services: FakeServices) -> TextgenApp:
    return TextgenApp(services.services, pane="console")


async def opened(app: TextgenApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "on anna-karenina" in screen_text(app) and app.query("#sampling-seed"))


async def written(app: TextgenApp, pilot: Pilot[None]) -> None:
    await opened(app, pilot)
    await pilot.press(*"The ", "enter")
    await until(pilot, lambda: "✓" in screen_text(app))
    await pilot.press("escape")


async def test_w_shows_the_passage_and_an_alternative_is_written_on_from() -> None:
    services = FakeServices()
    app = console(services)
    async with app.run_test(size=(120, 36)) as pilot:
        await written(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, Looking) and "bpc" in screen_text(app))
        assert services.writer.looked[-1].startswith("The " + PASSAGE[:100])
        await pilot.press("right", "right", "2")
        await until(pilot, lambda: "▸2" in screen_text(app) and "Write on" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: len(services.writer.asked) == 2)
        prime, _ = services.writer.asked[-1]
        assert len(prime) == 4
        assert prime.startswith("The")
        await until(pilot, lambda: "✓" in screen_text(app))


@pytest.mark.parametrize("action", ["surprise", "lens", "score"])
def test_keys_that_are_asked_about_before_the_console_is_there_do_not_work(action: str) -> None:
    """The footer asked while the app was starting, and it ended."""
    assert not ConsolePane(FakeServices().services).check_action("at", ("views", action))


async def test_esc_leads_back_to_the_passage() -> None:
    app = console(FakeServices())
    async with app.run_test(size=(80, 24)) as pilot:
        await written(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: "layer 2 of 2" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Looking))
        assert "prime ▸" in screen_text(app)


async def test_the_keys_of_looking_are_listed() -> None:
    app = console(FakeServices())
    async with app.run_test(size=(120, 50)) as pilot:
        await written(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: "layer 2 of 2" in screen_text(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: "Find units that go with quotes" in screen_text(app))
        assert "Mark an alternative" in screen_text(app)


async def test_without_a_passage_there_is_nothing_to_be_surprised_at() -> None:
    app = console(FakeServices())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        await pilot.press("escape", "w")
        await pilot.pause(0.1)
        assert not isinstance(app.screen, Looking)


async def test_without_a_passage_the_lens_asks_for_a_text() -> None:
    app = console(FakeServices())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        await pilot.press("escape", "l")
        await until(pilot, lambda: isinstance(app.screen, ChooseText))
        await pilot.press(*"abc", "enter")
        await until(pilot, lambda: "layer 2 of 2" in screen_text(app))


async def test_with_the_worked_example_the_lens_explains_itself_on_hello() -> None:
    app = console(FakeServices(writer=HelloWriter()))
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        await pilot.press("escape", "l")
        await until(pilot, lambda: "The network reads one letter at a time." in screen_text(app))
        assert "\n hello\n" in screen_text(app)


async def test_s_scores_another_text() -> None:
    app = console(FakeServices())
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        await pilot.press("escape", "s")
        await until(pilot, lambda: isinstance(app.screen, ChooseText))
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: "bpc" in screen_text(app) and "hello" in screen_text(app))


async def test_nothing_is_looked_at_while_a_passage_is_written() -> None:
    services = FakeServices()
    services.writer.gate.clear()
    app = console(services)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "● writing" in screen_text(app))
        app.query_one(PassageView).focus()
        for key in "wls":
            await pilot.press(key)
            assert not isinstance(app.screen, Looking | ChooseText)
        services.writer.gate.set()
