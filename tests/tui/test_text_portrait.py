"""Looking inside a text: what is told of it, in what order, and how the advice becomes a training."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.fakes import FakeCorpora, FakePortraits, FakeServices
from tests.tui.host import screen_text, until
from tui_textgen.advice import advise
from tui_textgen.corpus.baselines import Baselines
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.makeup import LineLengths, Makeup
from tui_textgen.corpus.repeats import Repeats
from tui_textgen.corpus.split import Split
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import CorpusError, WorkerError
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.known_of_text import KnownOfText
from tui_textgen.tui.renderables.portrait import LISTED, character_rows, fact_rows
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.screens.text_portrait import TextPortrait
from tui_textgen.tui.widgets.training_form import TrainingForm

HOSTILE = "\x1b[2J[bold] \x9b31m \u202etxet \n"


def app_with(portraits: FakePortraits) -> TextgenApp:
    return TextgenApp(FakeServices(corpora=FakeCorpora(), portraits=portraits).services)


async def test_i_tells_everything_and_enter_opens_the_form_with_the_advice() -> None:
    portraits = FakePortraits()
    portraits.gate.clear()
    app = app_with(portraits)
    async with app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: "my-novel" in screen_text(app))
        await pilot.press("down", "down", "i")
        await until(pilot, lambda: "Measuring baselines 43% · Esc stops it" in screen_text(app))
        text = screen_text(app)
        assert portraits.asked == [("my-novel", "utf-8", {})]
        for told in (
            "n_hidden 512 · n_layers 2 · drop_prob 0.4",
            "are held out",
            "line feed",
            "repeats earlier passages",
        ):
            assert told in text
        assert "bpc" not in text
        portraits.gate.set()
        await until(pilot, lambda: "bpc" in screen_text(app) and "Esc stops it" not in screen_text(app))
        assert screen_text(app).index("U+0020") < screen_text(app).index("U+000A")  # there are more blanks
        await pilot.press("o")
        assert screen_text(app).index("U+000A") < screen_text(app).index("U+0020")
        await pilot.press("tab", "end")
        assert app.focused
        assert app.focused.id == "characters"
        await pilot.press("enter")
        await until(pilot, lambda: app.query(TrainingForm))
        await until(pilot, lambda: "New run on my-novel" in screen_text(app))
        assert app.query_one(TrainingForm)._settings.values() == {}  # the standard preset is what suits this size


async def test_the_advice_goes_into_the_form_over_the_preset() -> None:
    app = app_with(FakePortraits())
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "hello" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: "drop_prob 0 · val_frac 0" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.query(TrainingForm))
        values = app.query_one(TrainingForm)._settings.values()
        assert (values["val_frac"], values["drop_prob"]) == (0.0, 0.0)


async def test_escape_stops_and_keeps_what_is_known_and_leads_back() -> None:
    portraits = FakePortraits()
    portraits.gate.clear()
    app = app_with(portraits)
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: "hello" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: "Esc stops it" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: portraits.given_up == 1)
        assert "Stopped. Esc again leads back" in screen_text(app)
        await pilot.press("end")
        assert "U+" in screen_text(app)
        await pilot.press("home", "pagedown", "down", "up")
        assert re.search(r"[4-9]–\d+ of 88", screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, TextPortrait))


async def test_a_text_that_cannot_be_read_says_why_and_offers_no_training() -> None:
    app = app_with(FakePortraits(error=WorkerError("The reader ended unexpectedly.")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "hello" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: "! The reader ended unexpectedly." in screen_text(app))
        assert "Train so" not in screen_text(app)
        await pilot.press("enter", "o", "escape")
        await until(pilot, lambda: not isinstance(app.screen, TextPortrait))


async def test_a_hostile_text_shows_harmlessly() -> None:
    app = app_with(FakePortraits(text=HOSTILE * 50))
    async with app.run_test(size=(120, 50)) as pilot:
        await until(pilot, lambda: "hello" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: "bpc" in screen_text(app))
        assert "right-to-left" in screen_text(app)
        assert not set("\x1b\x9b\u202e") & set(screen_text(app))


KNOWN = KnownOfText(
    None,
    Split(1000, 900, "before\x1b", "after\u202e"),
    Makeup((5, 995), LineLengths(((0, 3), (7, 20), (9999, 1)))),
    Repeats(0.3, 0.1, 4, 180, 700, 20, "again\n" * 30, 99, 1000, False),
    Baselines(4.2, 3.1, None, None, 2.0, 1000, False),
    advise(1_985_223, 83, {}, [], gpu=False),
)


@settings(max_examples=30)
@given(st.integers(1, 200))
def test_rows_fit_any_width(width: int) -> None:
    for known in (KNOWN, KnownOfText(), KnownOfText(advice=CorpusError("Too short."))):
        for row in [*fact_rows(known, width), *character_rows(known, False, width)]:
            assert cells(row) <= max(2, width) or len(plain(row)) == 1
            assert plain(row).isprintable()


def test_of_very_many_characters_the_first_are_listed_and_the_others_counted() -> None:
    """180,000 rows were made anew at each part of the portrait, which held the app up for seconds."""
    characters = "".join(map(chr, range(0x4E00, 0x4E00 + 2 * LISTED)))
    text = EncodedText(Path(), "int16", 2 * LISTED, Vocabulary.of(characters), "ab" * 32, "many", characters[:9])
    known = KnownOfText(text, makeup=Makeup((1,) * len(characters), LineLengths(((2 * LISTED, 1),))))
    rows = [plain(row) for row in character_rows(known, True, 60)]
    assert len(rows) == LISTED + 1
    assert rows[0].startswith(" 一")
    assert f"and {LISTED:,} more" in rows[-1]


def test_what_is_not_known_yet_has_a_dash() -> None:
    words = [plain(row) for row in fact_rows(KnownOfText(), 60)]
    assert words.count("–") == 4
    assert [word for word in words if word.startswith(" uniform")] == [" uniform       –"]
    told = "\n".join(plain(row) for row in fact_rows(KNOWN, 60))
    assert "Too short." in "\n".join(plain(r) for r in fact_rows(KnownOfText(advice=CorpusError("Too short.")), 60))
    assert "30 % of it repeats" in told
    assert "first 1,000 characters" in told
    assert cell_len(told.splitlines()[0]) <= 60
    assert os.linesep not in plain(fact_rows(KNOWN, 60)[-1])
