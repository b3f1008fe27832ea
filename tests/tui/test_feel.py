"""What holds on every screen: colours, keys, palette, footer, focus, and what is remembered."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette

from tests.tui.fakes import FakeServices, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import see
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.screens.keys import Keys, groups
from tui_textgen.tui.widgets.key_footer import KeyFooter, footer_keys
from tui_textgen.tui.widgets.pane import Pane


def palette_names(app: TextgenApp) -> list[str]:
    """What the open palette offers."""
    from textual.widgets import OptionList

    return [str(option.hit.text) for option in app.screen.query_one(OptionList).options]  # type: ignore[attr-defined]


def footer(app: TextgenApp) -> str:
    return screen_text(app).splitlines()[-1]


async def test_the_palette_offers_each_action_once_with_the_name_of_its_part() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(120, 50)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and len(palette_names(app)) > 20)
        names = palette_names(app)
    assert len(set(names)) == len(names)
    assert {"Run: Pause", "Sample: Older and newer samples", "Console: Write from the prime", "Colours: light"} < {
        *names
    }
    assert "Run: Continue" not in names, "the run is not paused"
    assert not any(name.startswith("Runs:") for name in names), "the list is not on the screen"
    assert names.index("Run: Pause") < names.index("Corpora: Type the path of a text")


async def test_an_action_of_another_pane_brings_it_to_the_front() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("ctrl+g")
        await pilot.press(*"path of a text")
        await see(pilot, "Corpora: Type the path of a text")
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.focused and app.focused.parent and app.focused.parent.id == "path"))
        assert app.query_one("#corpora", Pane).has_class("-current")


async def test_the_keys_are_listed_by_part_each_once() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "● running", "Pause")
        listed = groups([*app.screen.walk_children(), *app.screen.walk_children(), app])
        assert listed["Run"]["space"] == "Pause / Continue"
        assert listed["Sample"]["←→"] == "Older and newer samples"


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_the_keys_are_read_to_the_end_on_a_small_screen(size: tuple[int, int]) -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=size) as pilot:
        await see(pilot, "● running", "Keys")
        await pilot.press("question_mark")
        await see(pilot, "Run", "Pause / Continue")
        assert all(len(line) <= size[0] for line in screen_text(app).splitlines())
        await pilot.press("end")
        await until(pilot, lambda: "Earlier prime" in screen_text(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, Keys)


async def test_a_click_beside_the_keys_closes_them() -> None:
    app = TextgenApp(with_runs().services)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Keys))
        await pilot.click(offset=(2, 2))
        await until(pilot, lambda: not isinstance(app.screen, Keys))


@pytest.mark.parametrize("width", [40, 47, 60, 80, 100, 120])
async def test_the_footer_drops_keys_as_a_whole_and_ends_with_the_help(width: int) -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(width, 24)) as pilot:
        await see(pilot, "● running", "Pause", "? Keys")
        line = footer(app)
        assert len(line) <= width
        keys = [key.strip() for key in line.split("  ") if key.strip()]
        whole = [f"{each.slot.row[0][0]}{each.slot.row[1][0]}" for each in footer_keys(app.screen)]
        assert {*keys} <= {*whole}
        assert keys[0] == "space Pause"
        assert keys[-2:] == ["? Keys", "q Leave"]
        assert len(keys) == len(whole) or width < 120


async def test_a_click_on_a_key_of_the_footer_presses_it() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.click(KeyFooter, offset=(footer(app).index("? Keys") + 3, 0))
        await until(pilot, lambda: isinstance(app.screen, Keys))
        await pilot.press("escape")
        await pilot.click(KeyFooter, offset=(footer(app).index("Pause"), 0))
        await see(pilot, "‖ paused", "Continue")


async def test_the_footer_shows_only_what_works_now() -> None:
    app = TextgenApp(with_runs(snapshot(summary(state=RunState.FINISHED))).services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "✓ finished", "Samples")
        assert "Pause" not in footer(app)
        assert "Stop" not in footer(app)


async def test_colours_are_chosen_in_the_palette_and_remembered() -> None:
    fake = FakeServices()
    app = TextgenApp(fake.services)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.theme == "dark"
        await pilot.press("ctrl+g")
        await pilot.press(*"colours light")
        await see(pilot, "Colours: light")
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "light" and fake.preferences.get("theme", "") == "light")
    assert TextgenApp(fake.services).theme == "light"
