"""Scoring a text: typed, pasted, of a file or of the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.tui.fakes import FakeCorpora
from tests.tui.host import until
from tests.tui.looking_host import LookingHost, looking
from tui_textgen.corpus.library import CorpusEntry
from tui_textgen.paths import Home
from tui_textgen.tui.live import LiveCorpora
from tui_textgen.tui.screens.choose_text import ChooseText, TextInput
from tui_textgen.workers.protocol import LONGEST_LOOK

SIZES = [(200, 50), (120, 36), (80, 24), (60, 20), (40, 10)]


async def asked(app: LookingHost, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "bpc" in app.text())
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, ChooseText) and "hello" in app.text())


async def test_a_typed_text_is_scored_with_bpc_and_nats() -> None:
    app = LookingHost("The king")
    async with looking(app, (120, 36)) as pilot:
        await asked(app, pilot)
        await pilot.press(*"abc", "enter")
        await until(pilot, lambda: app.writer.looked[-1:] == ["abc"])
        await until(pilot, lambda: "bpc" in app.text() and "2 characters predicted" in app.text())
        assert "nats" in app.text()
        assert "a text of yours" in app.text()


async def test_several_lines_are_pasted_as_a_whole() -> None:
    app = LookingHost("The king")
    async with looking(app) as pilot:
        await asked(app, pilot)
        app.screen.query_one(TextInput).post_message(Paste("one\ntwo\n"))
        await until(pilot, lambda: "what was pasted, 8 characters" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.writer.looked[-1:] == ["one\ntwo\n"])
        await until(pilot, lambda: "one⏎" in app.text())


async def test_a_text_of_the_library_is_chosen_by_a_part_of_its_name() -> None:
    app = LookingHost("The king", corpora=FakeCorpora(previews={"my-novel": "It was night"}))
    async with looking(app) as pilot:
        await asked(app, pilot)
        await pilot.press(*"nov", "down", "enter")
        await until(pilot, lambda: "my-novel" in app.text() and "It was night" in app.text())
        assert app.writer.looked[-1] == "It was night"


async def test_a_click_takes_a_text() -> None:
    app = LookingHost("The king", corpora=FakeCorpora(previews={"hello": "hellohello"}))
    async with looking(app) as pilot:
        await asked(app, pilot)
        await pilot.click("OptionList", offset=(3, 0))
        await until(pilot, lambda: app.writer.looked[-1:] == ["hellohello"])


async def test_a_path_is_offered_as_a_file_and_what_cannot_be_read_says_so() -> None:
    app = LookingHost("The king")
    async with looking(app) as pilot:
        await asked(app, pilot)
        await pilot.press(*"./x.txt")
        await until(pilot, lambda: "the file ./x.txt" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: "There is no text './x.txt'" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.looking)
        assert app.writer.looked == ["The king"]


async def test_of_a_long_text_the_beginning_is_taken_and_said_to_be() -> None:
    app = LookingHost("The king", corpora=FakeCorpora(previews={"my-novel": "a" * (LONGEST_LOOK + 1)}))
    async with looking(app, (120, 36)) as pilot:
        await asked(app, pilot)
        await pilot.press(*"my-novel", "enter")
        await until(pilot, lambda: "my-novel (the first 100,000 characters)" in app.text(), patience=30)
        assert len(app.writer.looked[-1]) == LONGEST_LOOK


async def test_a_hostile_name_is_shown_harmless() -> None:
    entry = CorpusEntry("\x1b[2Jx", "[bold]y", "yours", Path("x.txt"), 1, None, None, True, {})
    app = LookingHost("The king", corpora=FakeCorpora(listed=(entry,)))
    async with looking(app) as pilot:
        await until(pilot, lambda: "bpc" in app.text())
        await pilot.press("s")
        await until(pilot, lambda: "␛[2Jx · [bold]y" in app.text())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_question_has_room_at_every_size(size: tuple[int, int]) -> None:
    app = LookingHost("The king")
    async with looking(app, size) as pilot:
        await asked(app, pilot)
        await pilot.press("x", "y")
        await until(pilot, lambda: "what is typed, 2 characters" in app.text())


async def test_a_text_of_one_character_has_nothing_to_predict() -> None:
    app = LookingHost("a")
    async with looking(app) as pilot:
        await until(pilot, lambda: "nothing to predict" in app.text())


def test_the_beginning_of_a_text_is_read_from_the_library_and_from_a_path(tmp_path: Path) -> None:
    corpora = LiveCorpora(Home(tmp_path, tmp_path / "cache", tmp_path / "config"))
    assert corpora.beginning("hello", 3) == "hel"
    file = tmp_path / "long.txt"
    file.write_text("ab\n" * 100_000)
    assert corpora.beginning(str(file), 10) == "ab\nab\nab\na"
    assert len(corpora.beginning(str(file), 10**6)) == 300_000
