"""What holds on every screen: colours, keys, palette, footer, focus, and what is remembered."""

from __future__ import annotations

import pytest
from textual.binding import Binding
from textual.command import CommandPalette

from tests.tui.fakes import FakeServices, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import see
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.screens.keys import Keys, groups
from tui_textgen.tui.widgets.key_footer import KeyFooter, footer_keys
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.sample_view import SampleView

OLDER = next(iter(Binding.make_bindings(SampleView.KEYS)))


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
    assert {"Run: Pause", f"Samples: {OLDER.tooltip}", "Console: Write from the prime"} < {*names}
    assert "Colours: light theme" in names, "found by either word"
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
        assert listed["Samples"]["←→"] == f"{OLDER.tooltip} / The sample after"
        assert listed["Run"]["[ ]"] == "Learning rate × 0.8 / Learning rate × 1.25"
        assert "]" not in listed["Run"], "it stands beside the one it undoes"


async def test_the_keys_of_a_screen_over_the_app_stay_in_a_short_footer() -> None:
    """The lens dropped ``?`` at 80 columns, and every other screen keeps it to the last."""
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")
        await see(pilot, "Look inside")
        await pilot.press("i")
        await see(pilot, "Order")
        assert footer(app).rstrip().endswith("? Keys")
        assert len(footer(app).rstrip()) == 79, "at the right end, as everywhere"


async def test_ctrl_c_names_the_key_that_leaves() -> None:
    """It named Textual's own, which no other place tells of."""
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("ctrl+c")
        await see(pilot, "q leaves")
        assert "ctrl+q" not in screen_text(app)


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
        assert {"x Stop", "s Sample"} <= {*keys} or width < 60
        assert "esc Runs" in keys or width < 100, "what the pane can do goes before what its parts can"


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


async def test_the_app_opens_where_it_was_left() -> None:
    fake = with_runs(snapshot(summary("a")), snapshot(summary("b", RunState.FINISHED)))
    async with TextgenApp(fake.services, pane="training").run_test(size=(80, 24)) as pilot:
        await see(pilot, "● running", "sample at step 800")
        await pilot.press("escape")
        await see(pilot, "● running", "✓ finished")
        await pilot.press("down", "enter")
        await see(pilot, "✓ finished", "sample at step 800")
        await until(pilot, lambda: fake.preferences.get("run", "") == "b")
    again = TextgenApp(fake.services)
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await see(pilot, "✓ finished", "sample at step 800")
        await until(pilot, lambda: fake.preferences.get("pane", "") == "training")
        del fake.runs.watches["b"]
    third = TextgenApp(fake.services)
    async with third.run_test(size=(80, 24)) as pilot:
        assert third.query_one("#training", Pane).has_class("-current")
        await see(pilot, "● running")
        await pilot.press("escape")
        await until(pilot, lambda: fake.preferences.get("run", "?") == "")


@pytest.mark.parametrize("name", ["nonsense", ""])
async def test_a_remembered_pane_or_theme_that_there_is_not_does_no_harm(name: str) -> None:
    fake = FakeServices()
    fake.preferences.set("pane", name)
    fake.preferences.set("theme", name)
    app = TextgenApp(fake.services)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.query_one("#corpora", Pane).has_class("-current")
        assert app.theme == "dark"


async def test_a_chart_with_the_focus_shows_it_in_reverse() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "loss, nats")
        chart = app.query_one("#loss")
        chart.can_focus = True
        chart.focus()
        await pilot.pause()
        assert any(segment.style and segment.style.reverse for segment in chart.render_line(0))
        chart.blur()
        await pilot.pause()
        assert not any(segment.style and segment.style.reverse for segment in chart.render_line(0))


async def test_side_by_side_each_pane_bears_its_name_and_a_heavy_line_where_the_keys_go() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(200, 50)) as pilot:
        await see(pilot, "● running", "━ Training ━", "─Console")
        await pilot.press("3")
        await see(pilot, "━Console")
        assert "━ Training ━" not in screen_text(app)
