"""The lens: what is expected after each character, what a unit does along the text, and the search for units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.fakes import PASSAGE, FakeWriter
from tests.tui.host import until
from tests.tui.looking_host import WAITING, LookingHost, looking
from tui_textgen.config import ModelConfig
from tui_textgen.errors import InputError, WorkerError
from tui_textgen.tui.renderables.activity import COLUMN, STYLES, Beneath, activity, signed, turned
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.screens.unit_search import UnitSearch
from tui_textgen.tui.unit_steps import next_layer, next_unit, other_part, typed_unit
from tui_textgen.tui.widgets.lens_strip import LensStrip
from tui_textgen.visible import visible
from tui_textgen.workers.protocol import Found, Likeliest, Unit

SIZES = [(200, 50), (120, 36), (80, 24), (60, 20), (40, 10)]
SHAPE = ModelConfig.model_validate({"n_hidden": 32, "n_layers": 2})


def lens(text: str = PASSAGE, **changes: Any) -> LookingHost:
    return LookingHost(text, lens=True, **changes)


def ready(app: LookingHost) -> bool:
    return "unit" in app.text() and "50" in app.text() and "watching" not in app.text()


# Numbers and rows


@given(st.floats(-1, 1))
def test_a_value_is_four_cells_with_its_sign_and_close(value: float) -> None:
    shown = signed(value)
    assert len(shown) <= 4
    assert shown[0] in "+-"
    assert float(shown) == pytest.approx(value, abs=0.0051)


@given(st.floats(-1, 1))
def test_a_value_and_its_opposite_have_opposite_styles(value: float) -> None:
    assert activity(value) in STYLES
    if round(abs(value), 6) not in (0.2, 0.6):
        assert STYLES.index(activity(value)) + STYLES.index(activity(-value)) == len(STYLES) - 1


def test_the_steps_of_activity_differ_without_colours_too() -> None:
    attributes = [tuple(word for word in style.split() if not word.startswith("$")) for style in STYLES]
    assert len(set(attributes)) == len(STYLES)


@given(st.text(max_size=30) | st.text("a漢\u0301\t\U0001f1e9\x1b", max_size=30), st.integers(0, 40), st.integers(1, 7))
def test_the_rows_beneath_stay_in_their_columns(text: str, cursor: int, height: int) -> None:
    expected = Likeliest("漢\u0301\x1b a", (0.6, 0.2, 0.1, 0.05, 0.01))
    beneath = Beneath(lambda place: text[place : place + 1], lambda place: -0.5, lambda place: expected)
    rows = beneath.rows(range(len(text) + 1), cursor, "reverse", height)
    assert len(rows) == height
    for row in rows:
        assert cells(row) == COLUMN * (len(text) + 1)
        assert visible(plain(row)) == plain(row)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=30), st.integers(1, 40))
def test_the_cursor_is_always_among_the_columns(moves: list[int], count: int) -> None:
    first = 0
    for cursor in moves:
        first = turned(first, cursor, count)
        assert 0 <= first <= cursor < first + count


# Units


@given(st.integers(0, 1), st.integers(0, 31), st.integers(-100, 100))
def test_steps_lead_to_units_that_there_are(layer: int, index: int, by: int) -> None:
    unit = Unit(layer, index)
    for other in (next_unit(unit, by, SHAPE), next_layer(unit, SHAPE), other_part(unit)):
        assert other.layer in range(2)
        assert other.index in range(32)
    assert next_unit(next_unit(unit, by, SHAPE), -by, SHAPE) == unit
    assert other_part(other_part(unit)) == unit


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("7", Unit(1, 6)),
        ("1.7", Unit(0, 6)),
        ("2/32", Unit(1, 31)),
        (" 1 3 c", Unit(0, 2, "c")),
        ("3cell", Unit(1, 2, "c")),
    ],
)
def test_a_unit_can_be_typed(typed: str, unit: Unit) -> None:
    assert typed_unit(typed, SHAPE, Unit(1, 0)) == unit


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_unit_or_refused(typed: str) -> None:
    try:
        unit = typed_unit(typed, SHAPE, Unit(0, 0))
    except InputError:
        return
    assert unit.layer in range(2)
    assert unit.index in range(32)


def test_a_network_without_cells_has_none_to_be_typed() -> None:
    shape = SHAPE.model_copy(update={"model": "gru"})
    with pytest.raises(InputError, match="Only an LSTM"):
        typed_unit("3 c", shape, Unit(0, 0))


# The screen


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_at_every_size_there_are_text_unit_values_and_what_is_expected(size: tuple[int, int]) -> None:
    app = lens(PASSAGE.replace("“", ""))
    async with looking(app, size) as pilot:
        await until(pilot, lambda: ready(app))
        assert "don" in app.text()
        assert "layer 2" in app.text()
        assert "+.97" in app.text() or "+.96" in app.text() or "+.84" in app.text()
        assert all(cell_len(line) <= size[0] for line in app.text().splitlines())


async def test_beneath_each_character_stands_what_is_expected_next_with_its_probability() -> None:
    app = lens("The king")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        lines = [line.split() for line in app.text().splitlines()]
        # the scripted writer expects the letters in turn, from the one that comes
        assert ["h", "50", "e", "50", "a", "50", "k", "50", "i", "50", "n", "50", "g", "50", "a", "50"] in lines
        assert ["i", "25", "f", "25", "b", "25", "l", "25", "j", "25", "o", "25", "h", "25", "b", "25"] in lines


async def test_the_keys_step_through_units_layers_and_cells() -> None:
    app = lens()
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: "layer 2 of 2 · unit 1 of 32 · output" in app.text())
        await pilot.press("full_stop", "]")
        await until(pilot, lambda: "layer 2 of 2 · unit 3 of 32 · output" in app.text())
        await pilot.press("comma", "[", "comma")
        await until(pilot, lambda: "layer 2 of 2 · unit 32 of 32 · output" in app.text())
        await pilot.press("v")
        await until(pilot, lambda: "layer 1 of 2 · unit 32 of 32 · output" in app.text())
        await pilot.press("c")
        await until(pilot, lambda: "layer 1 of 2 · unit 32 of 32 · cell" in app.text())
        await pilot.press("c", "g", *"2.5", "enter")
        await until(pilot, lambda: "layer 2 of 2 · unit 5 of 32 · output" in app.text())


async def test_a_unit_that_is_not_there_is_refused_where_it_is_typed() -> None:
    app = lens()
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("g", *"99", "enter")
        await until(pilot, lambda: "Type a unit from 1 to 32" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: "layer 2 of 2 · unit 1" in app.text())


async def test_another_unit_colours_the_text_otherwise() -> None:
    app = lens("a" * 40)
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        view = app.looking._view
        before = [view._style(place) for place in range(40)]
        assert set(before) > {STYLES[0], STYLES[4]}
        await pilot.press("full_stop")
        await until(pilot, lambda: view.sight.values(view.unit))
        assert [view._style(place) for place in range(40)] != before


async def test_keys_that_a_network_has_no_use_for_do_not_work() -> None:
    app = lens(shape={"model": "gru", "n_layers": 1})
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: ready(app))
        assert "Cell" not in app.text()
        assert "Layer" not in app.text()
        await pilot.press("c", "v")
        await until(pilot, lambda: "layer 1 of 1 · unit 1 of 32 · output" in app.text())


async def test_a_click_in_the_rows_beneath_puts_the_cursor_there() -> None:
    app = lens("The king")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.click(LensStrip, offset=(5 * 4 + 1, 2))
        assert app.cursor == 4


async def test_w_and_l_change_between_surprise_and_lens() -> None:
    app = lens("The king")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("w")
        await until(pilot, lambda: "bpc" in app.text() and "expected at 2" in app.text())
        assert "layer" not in app.text()
        await pilot.press("full_stop")
        await pilot.press("l")
        await until(pilot, lambda: "layer 2 of 2 · unit 1" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: app.result is None)


async def test_with_the_worked_example_the_method_is_explained() -> None:
    app = lens("hellohello", vocabulary="ehlo")
    async with looking(app) as pilot:
        await until(pilot, lambda: "The network reads one letter at a time." in app.text())
        assert "After h comes e" in " ".join(app.text().split())
        assert "hellohello" in app.text()
        await pilot.press("w")
        await until(pilot, lambda: "The network reads one letter" not in app.text())


async def test_in_a_long_text_the_cursor_does_not_wait_for_all_of_it_to_be_looked_at() -> None:
    app = lens("all happy families " * 500)
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("ctrl+end")
        await until(pilot, lambda: "s 50" in app.text())
        assert not app.writer.looked


async def test_other_models_are_not_explained_by_its_letters() -> None:
    app = lens("hello")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        assert "The network reads one letter" not in app.text()


# The search


async def test_units_that_go_with_a_feature_are_listed_by_their_correlation_and_enter_shows_one() -> None:
    app = lens()
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("f")
        await until(pilot, lambda: "inside quotes" in app.text() and "+.90" in app.text())
        shown = [line for line in app.text().splitlines() if "unit" in line and "+." in line]
        values = [float(line.split("+")[1][:3]) for line in shown]
        assert values == sorted(values, reverse=True)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "layer 1 of 2 · unit 15 of 32 · output" in app.text())


async def test_the_features_are_stepped_through_and_one_that_the_text_has_not_is_said_to_be_missing() -> None:
    app = lens()
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("f")
        await until(pilot, lambda: "+.90" in app.text())
        await pilot.press("right")
        await until(pilot, lambda: "‹ inside brackets ›" in app.text())
        await pilot.press("left", "left", "left", "left")  # punctuation, white space, digits
        await until(pilot, lambda: "‹ digits ›" in app.text() and "There is no such unit" in app.text())
        await pilot.press("enter")
        assert isinstance(app.screen, UnitSearch)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.looking)
        assert "layer 2 of 2 · unit 1 of 32" in app.text()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_search_has_room_at_every_size(size: tuple[int, int]) -> None:
    app = lens()
    async with looking(app, size) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("f")
        await until(pilot, lambda: "+.90" in app.text() and "inside quotes" in app.text())


async def test_the_search_begins_with_a_feature_that_the_text_has() -> None:
    class Unquoted(FakeWriter):
        def units(self, text: str, progress: Callable[[float], None] | None = None) -> Mapping[str, tuple[Found, ...]]:
            return {**super().units(text, progress), "inside quotes": ()}

    app = lens(writer=Unquoted())
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("f")
        await until(pilot, lambda: "‹ inside brackets ›" in app.text() and "+.90" in app.text())


async def test_esc_stops_the_search() -> None:
    app = lens()
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        app.writer.gate.clear()
        await pilot.press("f")
        await until(pilot, lambda: "looking at all units" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.looking)
        assert app.writer.cancelled.is_set()
        app.writer.gate.set()
        await pilot.press("full_stop")
        await until(pilot, lambda: "layer 2 of 2 · unit 2" in app.text())
        assert app.result is WAITING


async def test_a_search_that_fails_says_so() -> None:
    app = lens()
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        app.writer.error = WorkerError("The writer died.")
        await pilot.press("f")
        await until(pilot, lambda: "! The writer died." in app.text())
