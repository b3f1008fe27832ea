"""Surprise: how likely each character was, what else could have come, and writing on from one of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from tests.tui.fakes import PASSAGE, FakeWriter
from tests.tui.host import until
from tests.tui.looking_host import WAITING, LookingHost, looking
from tui_textgen.errors import WorkerError
from tui_textgen.tui.renderables.bars import BEFORE_BAR, alternative_rows, bar
from tui_textgen.tui.renderables.heat import STEPS, heat, percent, step
from tui_textgen.tui.renderables.laid_out import LaidOut, glyph
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.theme import COLOUR_BLIND_SAFE, DARK, LIGHT
from tui_textgen.tui.widgets.alternatives import Alternatives
from tui_textgen.tui.widgets.text_heat import TextHeat
from tui_textgen.visible import visible
from tui_textgen.workers.protocol import Likeliest, LookEvent, Score, Seen

HOSTILE = "\x1b[2J\x1b]52;c;aGk=\x07 \x9b31m \u202e [/ [bold]x[/bold] e\u0301 漢字 \U0001f1e9\U0001f1ea \ud800"
SIZES = [(200, 50), (120, 36), (80, 24), (60, 20), (40, 10)]

texts = st.text(max_size=200) | st.text("ab \n\t漢\u0301\u200d\U0001f1e9\U0001f3fd", max_size=200)


@dataclass
class Harsh(FakeWriter):
    """Finds a Y nearly impossible, a comma unlikely, and all else likely."""

    def look(self, text: str) -> Iterator[LookEvent]:
        chances = [{"Y": 0.001, ",": 0.02}.get(one, 0.9) for one in text]
        yield Seen((None, *chances[1:]), (None, *(1 for _ in chances[1:])))
        yield Score(len(text) - 1, 1.0)


def ready(app: LookingHost) -> bool:
    return "bpc" in app.text() and "expected" in app.text()


# The text on the screen


@given(texts, st.integers(8, 60))
def test_every_character_has_cells_of_its_own_and_all_lines_fit(text: str, width: int) -> None:
    laid = LaidOut(text, width)
    assert [place for line in laid.lines for place in line] == list(range(len(text) + 1))
    for number in range(len(laid.lines)):
        row = laid.row(number, lambda place: str(place % 3))
        assert cells(row) == cell_len(plain(row)) <= width
        assert visible(plain(row)) == plain(row)


@given(texts, st.integers(8, 60))
def test_a_click_on_any_cell_of_a_character_finds_it(text: str, width: int) -> None:
    laid = LaidOut(text, width)
    for place in range(len(text) + 1):
        line, cell = laid.line_of(place), laid.cell_of(place)
        for within in range(cell_len(laid.glyphs[place])):
            assert laid.place_at(line, cell + within) == place


@given(st.integers(0, 1000), st.integers(-5, 500))
def test_a_click_beside_the_text_finds_the_nearest_place(line: int, cell: int) -> None:
    laid = LaidOut("one\ntwo words\n", 20)
    assert 0 <= laid.place_at(line, cell) <= len("one\ntwo words\n")


def test_words_stay_whole_where_they_can() -> None:
    laid = LaidOut("all happy families\nare alike", 12)
    lines = [plain(laid.row(number, lambda place: "")) for number in range(len(laid.lines))]
    assert lines == ["all happy ", "families⏎", "are alike "]


@given(st.floats(0, 1))
def test_what_is_less_likely_is_never_a_milder_step(probability: float) -> None:
    assert step(probability) <= step(min(1.0, probability * 2 + 0.001))
    assert heat(probability) in STEPS


def test_the_steps_differ_without_colours_too() -> None:
    attributes = [tuple(word for word in style.split() if not word.startswith("$")) for style in STEPS]
    assert len(set(attributes)) == len(STEPS)


@pytest.mark.parametrize("theme", [DARK, LIGHT, COLOUR_BLIND_SAFE], ids=lambda theme: theme.name)
def test_the_steps_can_be_read_in_every_theme(theme: object) -> None:
    from tests.tui.test_feel_colours import READABLE, contrast

    variables, ground = theme.variables, Color.parse(theme.background)  # type: ignore[attr-defined]
    for name in ("heat-1", "heat-2", "heat-3", "heat-4", "rising", "falling"):
        assert contrast(Color.parse(variables[name]), ground) >= READABLE, name


@given(st.floats(1e-12, 1.0))
def test_a_percentage_is_short_and_close(probability: float) -> None:
    shown = percent(probability)
    assert shown.endswith(" %")
    assert len(shown) <= 9
    if not shown.startswith("<"):
        assert float(shown[:-2]) == pytest.approx(100 * probability, rel=0.06)


@given(st.floats(0, 1), st.integers(0, 50))
def test_a_bar_is_as_wide_as_its_room(share: float, width: int) -> None:
    assert cell_len(bar(share, width)) == width


def test_bars_are_as_long_as_the_shares() -> None:
    rows = alternative_rows(Likeliest("ab", (0.5, 0.25)), "b", 0, BEFORE_BAR + 20, 10)
    assert [plain(row).count("█") for row in rows] == [10, 5]
    assert ["●" in plain(row) for row in rows] == [False, True]


# The screen


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_at_every_size_there_are_text_numbers_and_alternatives(size: tuple[int, int]) -> None:
    app = LookingHost(PASSAGE)
    async with looking(app, size) as pilot:
        await pilot.press("right")
        await until(pilot, lambda: "bpc" in app.text() and "50 %" in app.text())
        assert "talk of it" in app.text()
        assert "rank" in app.text() or "the likeliest" in app.text()
        assert all(cell_len(line) <= size[0] for line in app.text().splitlines())


async def test_a_surprising_character_is_told_by_more_than_colour() -> None:
    app = LookingHost("aYYa,,a", Harsh())
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("ctrl+home")
        assert app.styles_of("YY") == {"bold", "reverse"}
        assert app.styles_of(",,") == {"bold", "underline"}


async def test_the_arrows_walk_and_the_alternatives_follow() -> None:
    app = LookingHost("The king and\nthe queen")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        assert app.cursor == 1
        await pilot.press("right")
        await until(pilot, lambda: "expected at 3" in app.text() and "▸1 e" in app.text())
        await pilot.press("down")
        assert app.cursor == 15
        await pilot.press("end")
        assert app.cursor == len("The king and\nthe queen")
        await until(pilot, lambda: "expected next" in app.text())
        await pilot.press("up", "home", "left")
        assert app.cursor == 0
        await until(pilot, lambda: "nothing is expected here" in app.text())
        await pilot.press("ctrl+end")
        assert app.cursor == len("The king and\nthe queen")
        await pilot.press("ctrl+home")
        assert app.cursor == 0


async def test_enter_writes_on_from_the_marked_alternative() -> None:
    app = LookingHost("The king")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("right", "right", "right", "right")  # at the i
        await until(pilot, lambda: "▸1 i" in app.text())
        await pilot.press("3")
        await until(pilot, lambda: "▸3 k" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.result is not WAITING)
        assert app.result == "The kk"


async def test_an_alternative_is_marked_by_arrows_in_their_list_and_taken_by_clicks() -> None:
    app = LookingHost("The king")
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("tab", "down", "down", "up")
        await until(pilot, lambda: "▸2" in app.text())
        await pilot.click(Alternatives, offset=(3, 4))
        await until(pilot, lambda: "▸4" in app.text())
        assert app.result is WAITING
        await pilot.click(Alternatives, offset=(3, 4))
        await until(pilot, lambda: app.result is not WAITING)
        assert app.result == "T" + "hijk"[3]


async def test_an_alternative_in_one_line_can_be_clicked() -> None:
    app = LookingHost("The king")
    async with looking(app, (40, 10)) as pilot:
        await until(pilot, lambda: "1 ●h 50 %" in app.text())
        await pilot.click(Alternatives, offset=(14, 0))
        assert app.looking.query_one(Alternatives).marked == 1
        await pilot.click(Alternatives, offset=(14, 0))
        await until(pilot, lambda: app.result == "Ti")


async def test_a_click_puts_the_cursor_there() -> None:
    app = LookingHost("漢字 and more")
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.click(TextHeat, offset=(3, 0))
        assert app.cursor == 1
        await pilot.click(TextHeat, offset=(6, 0))
        assert app.cursor == 4


async def test_the_end_of_the_text_can_be_gone_on_from_and_its_begin_cannot() -> None:
    app = LookingHost("The king")
    async with looking(app) as pilot:
        await pilot.press("ctrl+home")
        await until(pilot, lambda: "nothing is expected here" in app.text())
        assert "Write on" not in app.text()
        await pilot.press("enter", "ctrl+end")
        assert app.result is WAITING
        await until(pilot, lambda: "Write on" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.result is not WAITING)
        assert app.result == "The kinga"


async def test_esc_stops_the_looking_and_leaves_only_then() -> None:
    writer = FakeWriter()
    writer.gate.clear()
    app = LookingHost(PASSAGE * 10, writer)
    async with looking(app) as pilot:
        await until(pilot, lambda: "looking 0 %" in app.text() and writer.looked)
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped; what has been seen stays." in app.text())
        assert writer.cancelled.is_set()
        assert app.result is WAITING
        writer.gate.set()
        await pilot.press("right")  # alternatives are still told
        await until(pilot, lambda: "expected at 3" in app.text() and "50 %" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: app.result is None)


async def test_what_the_model_never_saw_is_named_and_struck() -> None:
    app = LookingHost("The ćar")
    async with looking(app) as pilot:
        await until(pilot, lambda: "Never seen by the model, left out: ć" in app.text())
        await until(pilot, lambda: "never seen" in app.text())
        assert app.styles_of("ć") == {"strike"}
        await pilot.press("right", "right", "right")
        await until(pilot, lambda: "the model never saw it" in app.text())


async def test_a_writer_that_fails_says_so() -> None:
    app = LookingHost(PASSAGE, FakeWriter(error=None))
    app.writer.error = WorkerError("The writer died.")
    async with looking(app) as pilot:
        await until(pilot, lambda: "! The writer died." in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: app.result is None)


async def test_hostile_text_is_harmless() -> None:
    app = LookingHost(HOSTILE)
    async with looking(app, (200, 50)) as pilot:
        await until(pilot, lambda: ready(app))
        shown = app.text().replace("\n", "")
        assert visible(shown) == shown
        assert "␛[2J" in shown
        assert "[/ [bold]x[/bold]" in shown


async def test_a_move_of_the_cursor_draws_only_what_changed() -> None:
    app = LookingHost(PASSAGE * 4)
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("right")
        await pilot.pause(0.1)
        heat_map = app.looking.query_one(TextHeat)
        refreshed: list[int] = []
        plain_refresh = heat_map.refresh

        def refresh(*regions: object, **options: object) -> object:
            refreshed.append(sum(region.area for region in regions))  # type: ignore[attr-defined]
            return plain_refresh(*regions, **options)  # type: ignore[arg-type]

        heat_map.refresh = refresh  # type: ignore[method-assign, assignment]
        await pilot.press("right")
        await pilot.pause(0.1)
        assert refreshed == [2]


async def test_the_wheel_turns_the_text_and_leaves_the_cursor() -> None:
    app = LookingHost("".join(f"line {number}\n" for number in range(100)))
    async with looking(app) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot._post_mouse_events([_wheel()], TextHeat)
        await until(pilot, lambda: "line 0⏎" not in app.text())
        assert app.cursor == 1
        await pilot.press("pagedown")
        assert app.cursor > 100
        before = app.cursor
        await pilot.press("pageup")
        assert app.cursor < before


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


def test_a_combining_mark_stands_on_a_sign_of_its_own() -> None:
    assert glyph("\u0301") == "◌\u0301"
    assert glyph("\n") == "⏎"
