"""What of a passage stands in the text that the model learned from: marks, a meter, and a way through them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import FakeCopies, FakeServices, FakeWriter
from tests.tui.host import Host, shown, until
from tui_textgen.corpus.matches import Copies, Match, matches
from tui_textgen.errors import CorpusError
from tui_textgen.tui.renderables.copied import CHOSEN, marks, match_row, meter_row
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.copied_line import CopiedLine
from tui_textgen.tui.widgets.passage_view import PassageView

SHORT = "on’t want to talk of it"
LONG = " it,” said Levin, and he went into the drawing room"
LONGEST = "he princess was silent, and with the same expression of "
TEXT = f"D{SHORT}. So be{LONG}, where nobody was. Then t{LONGEST}dismay looked up."
"""The passage of the scripted writer has these three in this order; the first two overlap by three characters."""


def services(**changes: object) -> FakeServices:
    return FakeServices(copies=FakeCopies(TEXT), **changes)  # type: ignore[arg-type]


def host(services: FakeServices) -> Host[ConsolePane]:
    return Host(ConsolePane(services.services), focus=lambda pane: pane.take_focus())


async def ready(app: Host[ConsolePane], pilot: Pilot[None], length: int = 200) -> None:
    await until(pilot, lambda: app.query("#sampling-seed") and app.widget._choice.held)
    app.query_one("#sampling-length Input", Input).value = str(length)


async def written(app: Host[ConsolePane], pilot: Pilot[None], length: int = 200) -> None:
    """A passage is there, and the keys are letters again."""
    await ready(app, pilot, length)
    await pilot.press("enter")
    await until(pilot, lambda: "✓ " in app.text())
    await pilot.press("escape")


def drawn(app: Host[ConsolePane], attribute: str) -> str:
    """The characters of the passage that are drawn with an attribute that needs no colour."""
    view = app.widget.query_one(PassageView)
    strips = [view.render_line(y) for y in range(view.size.height)]
    return "".join(
        segment.text for strip in strips for segment in strip if segment.style and getattr(segment.style, attribute)
    )


async def test_y_marks_what_was_copied_and_takes_the_marks_away() -> None:
    app = host(services())
    async with shown(app, (120, 36)) as pilot:
        await written(app, pilot)
        assert drawn(app, "underline") == ""
        await pilot.press("y")
        await until(pilot, lambda: "longest match 56 characters" in app.text())
        assert "54 % of the passage in matches of 40 or more" in app.text()
        assert "━━━━━─────" in app.text()
        assert drawn(app, "underline") == SHORT + LONG[3:] + LONGEST
        assert drawn(app, "bold") == LONG + LONGEST
        await pilot.press("y")
        await until(pilot, lambda: "longest match" not in app.text())
        assert drawn(app, "underline") == ""


async def test_the_model_that_wrote_it_is_asked_about() -> None:
    given = services()
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: given.copies.asked)
        raw = app.widget.query_one(PassageView).raw
        assert given.copies.asked == [(Path("levin/best.safetensors"), raw)]
        assert len(raw) == 200


async def test_full_stop_goes_through_the_matches_from_the_longest_and_comma_back() -> None:
    app = host(services())
    async with shown(app, (120, 36)) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "3 marked" in app.text())
        await pilot.press("full_stop")
        await until(pilot, lambda: "3/3" in app.text())
        assert f"56 characters at {TEXT.index(LONGEST)}: " in app.text()
        assert "nobody was. Then the princess" in app.text()
        assert "expression of dismay looked up." in app.text()
        assert drawn(app, "reverse") == LONGEST
        await pilot.press("full_stop")
        await until(pilot, lambda: "1/3" in app.text())
        assert drawn(app, "reverse") == SHORT
        await pilot.press("comma", "comma")
        await until(pilot, lambda: "2/3" in app.text())
        assert drawn(app, "reverse") == LONG


async def test_a_match_further_down_is_scrolled_to() -> None:
    given = services(writer=FakeWriter("\n" * 99 + LONG))
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot, length=150)
        view = app.widget.query_one(PassageView)
        view.scroll_home(animate=False)
        await pilot.press("y")
        await until(pilot, lambda: "1 marked" in app.text())
        assert "drawing room" not in app.text()
        await pilot.press("full_stop")
        await until(pilot, lambda: drawn(app, "reverse") == LONG)


async def test_a_click_on_a_mark_tells_of_it_and_a_click_on_the_line_goes_on() -> None:
    app = host(services())
    async with shown(app, (120, 36)) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "3 marked" in app.text())
        view = app.widget.query_one(PassageView)
        first = view.content_region.offset - view.region.offset
        await pilot.click(view, offset=(first.x + 40, first.y))
        await until(pilot, lambda: "2/3" in app.text())
        await pilot.click(view, offset=(first.x + 1, first.y))  # on a character that is not marked
        await pilot.pause()
        assert "2/3" in app.text()
        await pilot.click(CopiedLine)
        await until(pilot, lambda: "3/3" in app.text())


async def test_the_next_passage_is_looked_up_when_it_has_ended() -> None:
    given = services()
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "3 marked" in app.text())
        given.writer.gate.clear()
        await pilot.press("r")
        await until(pilot, lambda: "looked up when the passage has ended" in app.text())
        assert drawn(app, "underline") == ""
        assert len(given.copies.asked) == 1
        given.writer.gate.set()
        await until(pilot, lambda: "3 marked" in app.text())
        assert len(given.copies.asked) == 2


async def test_while_it_is_looked_up_the_share_is_told_and_y_ends_it() -> None:
    given = services()
    given.copies.gate.clear()
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "50% of the text looked through" in app.text())
        await pilot.press("y")
        given.copies.gate.set()
        await until(pilot, lambda: not app.query(CopiedLine))
        await pilot.pause(0.1)
        assert drawn(app, "underline") == ""


async def test_a_text_that_is_gone_is_named() -> None:
    given = services()
    given.copies.error = CorpusError("The text ‘\x1b[2J’ is not here; put it there.")
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "! The text ‘␛[2J’ is not here; put it there." in app.text())
        assert "It could not be looked up." in app.text()


async def test_nothing_copied_is_said_and_has_no_next() -> None:
    given = services()
    given.copies.text = "Something else altogether."
    app = host(given)
    async with shown(app) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "nothing copied  no 20 characters of it stand in anna-karenina" in app.text())
        assert not app.widget.check_action("at", ("copied", "go(1)"))


async def test_the_keys_are_there_when_they_work_and_are_typed_where_somebody_types() -> None:
    app = host(services())
    async with shown(app) as pilot:
        await ready(app, pilot)
        assert not app.widget.check_action("at", ("copied", "mark"))
        await pilot.press(*"My.", "enter")
        await until(pilot, lambda: "✓ " in app.text())
        assert app.widget.check_action("at", ("copied", "mark"))
        assert app.query_one("#prime Input", Input).value == "My."
        await pilot.press("escape", "y")
        await until(pilot, lambda: "3 marked" in app.text())
        assert app.widget.check_action("at", ("copied", "go(1)"))
        await pilot.press("slash")
        assert not app.widget.check_action("at", ("copied", "go(1)"))


async def test_side_by_side_each_passage_has_its_own_meter() -> None:
    given = services()
    app = host(given)
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("escape")
        await pilot.press("b")
        await pilot.pause(0.1)
        await pilot.press("enter")
        await until(pilot, lambda: app.text().count("✓") == 3)
        await pilot.press("y")
        await until(pilot, lambda: app.text().count("longest 56") == 3)
        await pilot.press("right", "full_stop")
        await until(pilot, lambda: app.text().count("3/3") == 1)


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (80, 24), (200, 50)])
async def test_every_size_tells_how_much_and_which(size: tuple[int, int]) -> None:
    app = host(services())
    async with shown(app, size) as pilot:
        await written(app, pilot)
        await pilot.press("y")
        await until(pilot, lambda: "54 %" in app.text() and "56" in app.text())
        await pilot.press("full_stop")
        await until(pilot, lambda: "3/3" in app.text() and "he princess was" in app.text())
        assert app.query_one(CopiedLine).size.height == (1 if size[1] == 10 else 2)


# What is drawn

COPIES = Copies("a\x1b[2J", 100, 5_000, (Match(0, 30, 1), Match(20, 50, 900, "be\x1bfore\n", "aft\u202eer")))


@given(st.integers(1, 250), st.sampled_from([None, 0, 1]))
def test_the_meter_fits_and_is_harmless(width: int, chosen: int | None) -> None:
    for copies in (COPIES, Copies("text", 9, 9, ()), Copies("text", 0, 9, ())):
        row = meter_row(copies, chosen if copies.matches else None, width)
        assert cells(row) <= width
        assert plain(row).isprintable()


@given(st.integers(1, 250), st.text(min_size=70, max_size=120))
def test_a_match_fits_and_is_harmless(width: int, passage: str) -> None:
    row = match_row(COPIES.matches[1], passage, width)
    assert cells(row) <= width
    assert "\n" not in plain(row)
    assert "\x1b" not in plain(row)


@given(st.text("ab", max_size=60), st.text("ab", max_size=60), st.integers(0, 60))
def test_marks_are_apart_and_cover_the_matches(text: str, passage: str, chosen: int) -> None:
    found = Copies("text", len(passage), len(text), tuple(matches([text], passage, 3)))
    number = chosen % len(found.matches) if found.matches else None
    shown = marks(found, number)
    assert all(one.stop <= other.start for one, other in pairwise(shown))
    marked = {place for mark in shown for place in range(mark.start, mark.stop)}
    assert marked == {place for match in found.matches for place in range(match.start, match.stop)}
    if number is not None:
        match = found.matches[number]
        assert [(one.start, one.stop) for one in shown if one.kind == CHOSEN] == [(match.start, match.stop)]
