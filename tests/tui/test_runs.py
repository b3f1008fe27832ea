"""The list of runs: marks, what is looked for, the order, the mouse, and many runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.fakes import NOW, FakeServices, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import see
from tui_textgen.errors import RunError
from tui_textgen.runs.snapshot import RunState, RunSummary
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.marks import LOOKS, MOST, Marks
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.renderables.run_columns import NEEDED, ORDERS, WIDTHS, cell, fitting_columns, matching
from tui_textgen.tui.widgets.run_list import RunList
from tui_textgen.tui.widgets.run_table import RunTable
from tui_textgen.tui.widgets.training_pane import TrainingPane


def run(name: str, age: int = 0, state: RunState = RunState.FINISHED, **changes: object) -> RunSummary:
    return summary(name, state, created=NOW - 1000 * age, **changes)


def listed(*runs: RunSummary) -> FakeServices:
    return with_runs(*(snapshot(each) for each in runs))


def some(count: int) -> FakeServices:
    """Runs called a, b, c … from the newest to the oldest."""
    return listed(*(run(chr(ord("a") + age), age) for age in range(count)))


def app_on(fake: FakeServices) -> TextgenApp:
    return TextgenApp(fake.services, pane="training")


def line_of(pilot: Pilot[None], name: str) -> str:
    """The list's line of a run."""
    return next(line for line in screen_text(pilot.app).splitlines() if f" {name} " in line)


async def test_m_marks_a_run_with_a_sign_of_its_own_and_unmarks_it() -> None:
    app = app_on(some(3))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs; m marks one")
        await pilot.press("m", "down", "space")
        await see(pilot, "3 runs, 2 marked; v compares them")
        assert [line_of(pilot, name).split()[0] for name in "abc"] == [LOOKS[0].sign, LOOKS[1].sign, "·"]
        await pilot.press("m")
        await see(pilot, "3 runs, 1 marked; mark another")
        assert line_of(pilot, "b").split()[0] == "·"


async def test_a_click_on_the_place_of_the_mark_marks_and_elsewhere_opens_the_run_under_the_cursor() -> None:
    app = app_on(some(3))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs")
        await pilot.click(RunTable, offset=(1, 2))
        await see(pilot, "1 marked")
        assert line_of(pilot, "b").split()[0] == LOOKS[0].sign
        await pilot.click(RunTable, offset=(30, 3))  # the cursor goes there
        await pilot.pause()
        assert app.query_one(TrainingPane).open_run_name is None
        await pilot.click(RunTable, offset=(8, 3))  # another cell of the same run
        await until(pilot, lambda: app.query_one(TrainingPane).open_run_name == "c")


async def test_no_more_runs_are_marked_than_can_be_told_apart() -> None:
    app = app_on(some(MOST + 1))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, f"{MOST + 1} runs")
        for _ in range(MOST + 1):
            await pilot.press("m", "down")
        await see(pilot, f"{MOST} runs are marked, as many as can be compared; unmark one")


async def test_with_too_few_marks_the_key_says_what_to_do() -> None:
    app = app_on(some(2))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "2 runs")
        assert "v Compare" not in screen_text(app)
        await pilot.press("v")
        await see(pilot, f"Mark 2 to {MOST} runs with m, then v compares them.")


async def test_what_a_key_has_to_say_stays_until_the_next_one() -> None:
    """The list is read again every two seconds; that is too soon to have read a sentence."""
    app = app_on(some(2))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "2 runs")
        await pilot.press("v")
        app.query_one(RunList)._show()
        await see(pilot, "Mark 2 to")
        await pilot.press("down")
        await see(pilot, "2 runs; m marks one")


async def test_a_run_that_cannot_be_deleted_is_said_below_the_list() -> None:
    fake = some(2)
    app = app_on(fake)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "2 runs")
        fake.runs.error = RunError("The run [/a cannot be removed; its folder is read-only.")
        await pilot.press("d", "d")
        await see(pilot, "! The run [/a cannot be removed")
        fake.runs.error = None
        await see(pilot, " a ", " b ")


async def test_a_run_that_is_trained_is_neither_deleted_nor_resumed_and_that_is_said() -> None:
    """Both keys did nothing, without a word."""
    app = app_on(with_runs(snapshot()))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("escape")
        await see(pilot, " 1 run")
        await pilot.press("d")
        await see(pilot, "A run can be deleted once it has ended; x stops it after a checkpoint. Enter opens it.")
        await pilot.press("r")
        await see(pilot, "The run is being trained already.")
        assert len(app.screen_stack) == 1


async def test_a_mark_goes_with_its_run() -> None:
    fake = some(3)
    app = app_on(fake)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs")
        await pilot.press("m", "down", "m")
        del fake.runs.watches["a"]
        await see(pilot, "2 runs, 1 marked")


async def test_what_is_looked_for_is_found_by_name_text_and_state() -> None:
    fake = listed(run("levin", 0), run("kitty", 1, RunState.FAILED), run("other", 2, corpus="hamlet"))
    app = app_on(fake)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs")
        await pilot.press("slash", *"fail")
        await see(pilot, "1 of 3 runs", "kitty")
        assert "levin" not in screen_text(app)
        await pilot.press("enter", "m")  # the keys are those of the list again
        await see(pilot, "1 of 3 runs, 1 marked")
        await pilot.press("escape")
        await see(pilot, "levin", "kitty", "other", "3 runs, 1 marked")
        await pilot.press("slash", *"HAML", "down", "enter")
        await until(pilot, lambda: app.query_one(TrainingPane).open_run_name == "other")


async def test_nothing_found_says_how_to_go_on() -> None:
    app = app_on(some(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "3 runs")
        await pilot.press("slash", *"[/zz")
        await see(pilot, "No run has [/zz in its name", "Esc shows all of them again")
        await pilot.press("escape")
        await see(pilot, "3 runs; m marks one")


async def test_the_order_is_chosen_by_key_or_on_the_header_and_remembered() -> None:
    fake = listed(run("b", 0, best_val_loss=1.5), run("a", 1, best_val_loss=1.2), run("c", 2, best_val_loss=None))
    app = app_on(fake)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "3 runs", "age ▾")
        await pilot.press("o")
        await see(pilot, "name ▾")
        text = screen_text(app)
        assert text.index(" a ") < text.index(" b ") < text.index(" c ")
        header = screen_text(app).splitlines()[1]
        await pilot.click(RunTable, offset=(header.index("best") - 1, 0))
        await see(pilot, "best ▾")
    again = app_on(fake)
    async with again.run_test(size=(120, 36)) as pilot:
        await see(pilot, "best ▾")
        text = screen_text(again)
        assert text.index("1.200") < text.index("1.500") < text.index(" c ")


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (80, 24), (120, 36), (200, 50)])
async def test_every_size_shows_mark_state_name_and_best_loss(size: tuple[int, int]) -> None:
    app = app_on(some(3))
    async with app.run_test(size=size) as pilot:
        await see(pilot, "✓ finished", " a ", "1.467")
        await pilot.press("m")
        await until(pilot, lambda: LOOKS[0].sign in screen_text(app))


async def test_five_hundred_runs_are_walked_through_and_marked() -> None:
    app = app_on(listed(*(run(f"run-{age:03}", age) for age in range(500))))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "500 runs", "run-000")
        await pilot.press("end", "pageup", "ctrl+end", "m")
        await see(pilot, "run-499", "1 marked")


@given(st.integers(-5, 300))
def test_columns_fit_as_soon_as_the_needed_ones_do(width: int) -> None:
    columns = fitting_columns(width)
    assert set(NEEDED) <= columns.keys()
    assert all(wide >= 1 for wide in columns.values())
    if width >= sum(WIDTHS[column] + 2 for column in NEEDED) + 1:
        assert sum(columns.values()) + 2 * len(columns) + 1 <= width


@given(st.text(), st.text(), st.text(), st.floats(), st.sampled_from(RunState))
def test_any_run_can_be_shown_ordered_and_looked_for(
    name: str, text: str, words: str, number: float, state: RunState
) -> None:
    one = summary(name, state, corpus=text, best_val_loss=number, train_loss=number, created=number)
    for column in WIDTHS:
        assert not set("\x1b\n\x9b") & set(cell(one, column, NOW))
    for order in ORDERS.values():
        sorted([one, summary()], key=order)
    assert matching([one], name) == [one]
    assert matching([one], words) in ([], [one])


def test_a_run_gets_its_look_back_at_the_next_start() -> None:
    preferences = Preferences()
    marks = Marks(preferences)
    for name in ("a", "b", "c"):
        marks.toggle(name)
    looks = marks.looks
    for name, choice in marks.choice.items():
        preferences.set(name, choice)
    marks.toggle("a")
    marks.toggle("a")
    assert marks.looks == looks
    later = Marks(preferences)
    assert later.looks == {}
    for name in ("c", "new", "a"):
        later.toggle(name)
    assert later.looks == {"c": looks["c"], "new": LOOKS[3], "a": looks["a"]}


@given(st.lists(st.sampled_from([f"run-{number}" for number in range(20)]), max_size=60), st.lists(st.text()))
def test_marked_runs_never_share_a_look(names: list[str], remembered: list[str]) -> None:
    preferences = Preferences()
    preferences.set("marks.places", remembered)
    marks = Marks(preferences)
    for name in names:
        if not marks.full or name in marks.looks:
            before = marks.looks
            marks.toggle(name)
            both = before.keys() & marks.looks.keys()
            assert {each: before[each] for each in both} == {each: marks.looks[each] for each in both}
    assert len(set(marks.looks.values())) == len(marks.looks) <= MOST
