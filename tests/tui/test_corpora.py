"""The corpora pane: the library, a look into a text, and the way to training on it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import ENTRIES, FakeCorpora, FakeServices
from tests.tui.host import Host, shown, until
from tui_textgen.corpus.survey import Progress
from tui_textgen.errors import CorpusError
from tui_textgen.tui.services import CorpusDescription
from tui_textgen.tui.widgets.corpora_pane import CorporaPane

HOSTILE = "[/ [bold]not bold[/bold] \x1b[2J\x1b]52;c;aGk=\x07 \x9b31m \u202etxet"


def host(corpora: FakeCorpora | None = None) -> Host[CorporaPane]:
    services = FakeServices(corpora=corpora or FakeCorpora()).services
    return Host(CorporaPane(services), focus=lambda pane: pane.take_focus())


async def test_the_library_is_listed_and_the_text_under_the_cursor_counted() -> None:
    app = host()
    async with shown(app, (120, 36)) as pilot:
        await until(pilot, lambda: "463,800 characters · 97 distinct · 464 kB" in app.text())
        for entry in ENTRIES:
            assert entry.name in app.text()
        assert "Levin" in app.text()
        assert "*.txt files into texts" in app.text()


async def test_enter_asks_for_training_on_the_text_with_its_numbers() -> None:
    app = host()
    async with shown(app) as pilot:
        await until(pilot, lambda: "python-reference" in app.text())
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.heard(CorporaPane.TrainRequested))
        (request,) = app.heard(CorporaPane.TrainRequested)
        assert request.text.corpora == ("python-reference",)
        assert request.text.description.entry.characters == 463_800
        assert request.text.encoding == "utf-8"


async def test_enter_waits_for_the_numbers_and_moving_on_takes_it_back() -> None:
    corpora = FakeCorpora()
    corpora.gate.clear()
    app = host(corpora)
    async with shown(app) as pilot:
        await until(pilot, lambda: "hello" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: "as soon as it is counted" in app.text())
        await pilot.press("down")
        corpora.gate.set()
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert not app.heard(CorporaPane.TrainRequested)


async def test_only_the_latest_request_counts() -> None:
    """A slow text that was passed over must not show up under the next one's name."""
    corpora = FakeCorpora(previews={"hello": "the slow one", "python-reference": "the newest one"})
    corpora.gate.clear()
    app = host(corpora)
    async with shown(app) as pilot:
        await until(pilot, lambda: corpora.described == ["hello"])
        await pilot.press("down")
        await until(pilot, lambda: corpora.cancels >= 2)
        corpora.gate.set()
        await until(pilot, lambda: "the newest one" in app.text())
        assert "the slow one" not in app.text()


async def test_descriptions_are_asked_for_one_at_a_time() -> None:
    class Counting(FakeCorpora):
        at_once = 0
        most = 0

        def describe(self, name: str, encoding: str = "utf-8", progress: Progress | None = None) -> CorpusDescription:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            threading.Event().wait(0.05)
            self.at_once -= 1
            return super().describe(name, encoding, progress)

    corpora = Counting()
    app = host(corpora)
    async with shown(app) as pilot:
        await until(pilot, lambda: "hello" in app.text())
        for key in ("down", "down", "up", "up", "down"):
            await pilot.press(key, "enter")
        await until(pilot, lambda: app.heard(CorporaPane.TrainRequested))
        assert corpora.most == 1


async def test_a_typed_path_joins_the_table_and_can_be_trained_on() -> None:
    typed = replace(ENTRIES[2], name="notes", title="notes", source="path")
    corpora = FakeCorpora()
    app = host(corpora)
    async with shown(app) as pilot:
        await until(pilot, lambda: "my-novel" in app.text())
        corpora.listed = [*ENTRIES, typed]
        await pilot.press("slash", *"notes", "enter")
        await until(pilot, lambda: not isinstance(app.focused, Input))
        assert "path" in app.text()
        await pilot.press("enter")
        await until(pilot, lambda: app.heard(CorporaPane.TrainRequested))
        assert app.heard(CorporaPane.TrainRequested)[0].text.corpora == ("notes",)


async def test_a_path_that_cannot_be_read_is_refused_where_it_was_typed() -> None:
    app = host()
    async with shown(app) as pilot:
        await until(pilot, lambda: "463,800 characters" in app.text())
        await pilot.press("slash", *"nowhere.txt", "enter")
        await until(pilot, lambda: "! There is no text 'nowhere.txt'" in app.text())
        assert isinstance(app.focused, Input)
        assert app.focused.value == "nowhere.txt"
        await pilot.press("escape")
        assert not isinstance(app.focused, Input)


async def test_another_encoding_reads_the_text_again() -> None:
    class Latin(FakeCorpora):
        def describe(self, name: str, encoding: str = "utf-8", progress: Progress | None = None) -> CorpusDescription:
            if encoding != "latin-1":
                raise CorpusError("Byte 17 is not utf-8; try the encoding latin-1.")
            return super().describe(name, encoding, progress)

    app = host(Latin())
    async with shown(app) as pilot:
        await until(pilot, lambda: "! Byte 17 is not utf-8" in app.text())
        await pilot.press("e", *["backspace"] * 5, *"latin-1", "enter")
        await until(pilot, lambda: "463,800 characters" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.heard(CorporaPane.TrainRequested))
        assert app.heard(CorporaPane.TrainRequested)[0].text.encoding == "latin-1"


async def test_letters_typed_into_the_path_are_text_and_not_commands() -> None:
    app = host()
    async with shown(app) as pilot:
        await until(pilot, lambda: "hello" in app.text())
        await pilot.press("slash", *"err/e")
        assert isinstance(app.focused, Input)
        assert app.focused.value == "err/e"


async def test_an_empty_library_says_where_texts_go() -> None:
    app = host(FakeCorpora(listed=()))
    async with shown(app) as pilot:
        await until(pilot, lambda: "No text yet" in app.text())
        assert "*.txt files into texts" in app.text()
        await pilot.press("enter", "down", "up")
        assert app.is_running


async def test_a_library_that_cannot_be_listed_says_why() -> None:
    app = host(FakeCorpora(error=CorpusError("The folder of texts cannot be read.")))
    async with shown(app) as pilot:
        await until(pilot, lambda: "! The folder of texts cannot be read." in app.text())


async def test_looking_again_finds_a_new_text() -> None:
    corpora = FakeCorpora(listed=ENTRIES[:1])
    app = host(corpora)
    async with shown(app) as pilot:
        await until(pilot, lambda: "hello" in app.text())
        corpora.listed = ENTRIES
        await pilot.press("r")
        await until(pilot, lambda: "my-novel" in app.text())


async def test_hostile_text_shows_harmlessly() -> None:
    entry = replace(ENTRIES[0], name=HOSTILE, title=HOSTILE)
    app = host(FakeCorpora(listed=[entry], previews={HOSTILE: HOSTILE}))
    async with shown(app, (120, 36)) as pilot:
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert app.text().count("[bold]not bold[/bold] ␛[2J␛]52") >= 2
        assert not set("\x1b\x07\x9b\u202e") & set(app.text())
        await pilot.press("slash", "left_square_bracket", "slash", "enter")
        await until(pilot, lambda: "! There is no text '[/'" in app.text())


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 36), (48, 50)])
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = host()

    async def settle(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "463,800 characters" in app.text() or "463,800" in app.text())
        await pilot.press("down")
        await until(pilot, lambda: app.text().count("463,800") >= 2)
        await until(pilot, lambda: "The Python reference" in app.text() and "Reading" not in app.text())

    assert snap_compare(app, terminal_size=size, run_before=settle)


async def test_a_text_that_is_being_read_tells_how_far_and_escape_stops_it() -> None:
    corpora = FakeCorpora()
    corpora.gate.clear()
    app = host(corpora)
    async with shown(app, (120, 36)) as pilot:
        await until(pilot, lambda: "Reading and counting…  43%  Esc stops it" in app.text())
        cancels = corpora.cancels
        await pilot.press("escape")
        await until(pilot, lambda: "Not counted. Enter reads it" in app.text())
        assert corpora.cancels > cancels
        corpora.gate.set()
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.heard(CorporaPane.TrainRequested)))
