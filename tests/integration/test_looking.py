"""Surprise, lens and the search for units on the screen, told by a real writer of the shipped example."""

from __future__ import annotations

import re

from textual.pilot import Pilot

from tests.tui.host import until
from tests.tui.looking_host import WAITING, LookingHost, looking
from tui_textgen.models.card import read_card
from tui_textgen.models.library import find_model
from tui_textgen.paths import Home
from tui_textgen.tui.screens.looking import Looking
from tui_textgen.tui.scribe import Scribe
from tui_textgen.tui.text_to_look_at import TextToLookAt
from tui_textgen.workers.writer_client import WriterClient


def real(text: str, lens: bool = False) -> LookingHost:
    """Looks at ``text`` with the model of the worked example."""
    path = find_model(Home.locate({"TEXTGEN_TUI_HOME": "/nowhere"}), "hello")
    app = LookingHost(text, lens=lens)
    app.scribe = Scribe(WriterClient, app.post_message)
    app.scribe.load(path)
    app.card = read_card(path)
    app.looking = Looking(app.scribe, app.card, app.corpora, TextToLookAt("hello", text), lens)
    return app


async def percentage(app: LookingHost, pilot: Pilot[None], pattern: str) -> float:
    """The number that ``pattern`` finds, once it is on the screen."""
    await until(pilot, lambda: re.search(pattern, app.text()), patience=60)
    found = re.search(pattern, app.text())
    assert found
    return float(found[1])


async def test_what_was_learned_is_no_surprise_and_what_was_not_is_one() -> None:
    app = real("hellh")
    async with looking(app, (120, 36)) as pilot:
        assert await percentage(app, pilot, r"e  ([\d.]+) % · the likeliest") > 90
        await pilot.press("end", "left")
        assert await percentage(app, pilot, r"h  ([\d.]+) % · rank \d") < 10
        await until(pilot, lambda: "▸1 o" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.result is not WAITING)
        assert app.result == "hello"


async def test_the_lens_shows_the_next_letter_and_finds_a_unit() -> None:
    app = real("hello", lens=True)
    async with looking(app, (120, 36)) as pilot:
        await until(pilot, lambda: re.search(r"e 9\d l 9\d l 9\d o 9\d", app.text()), patience=60)
        await pilot.press("f")
        assert await percentage(app, pilot, r"[+-](\.\d\d|1) ") > 0
        await until(pilot, lambda: "looking at all units" not in app.text(), patience=60)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.looking and re.search(r"[+-]\.\d\d", app.text()))
