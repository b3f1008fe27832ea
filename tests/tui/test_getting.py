"""Texts of the catalogue in the corpora pane: one key downloads the one under the cursor."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.tui.fakes import ENTRIES, FakeCorpora
from tests.tui.host import Host, shown, until
from tests.tui.test_corpora import host
from tui_textgen.corpus.entry import CorpusEntry
from tui_textgen.errors import DownloadError
from tui_textgen.tui.widgets.corpora_pane import CorporaPane

URL = "https://example.org/anna.txt"
ANNA = CorpusEntry(
    "anna", "Anna, a novel", "catalogue", None, None, None, None, False, url=URL, licence="public domain"
)


def catalogue() -> FakeCorpora:
    return FakeCorpora(listed=[ENTRIES[0], ANNA, ENTRIES[2]])


async def at_anna(app: Host[CorporaPane], pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "not here" in app.text())
    await pilot.press("down")
    await until(pilot, lambda: "Not here yet: g downloads it, Enter trains on it then." in app.text())


async def test_a_key_gets_the_text_and_reads_it() -> None:
    corpora = catalogue()
    app = host(corpora)
    async with shown(app, (120, 36)) as pilot:
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert "g Get" not in app.text()
        await at_anna(app, pilot)
        for told in ("Anna, a novel", URL, "public domain", "g Get"):
            assert told in app.text()
        assert "anna" not in corpora.described
        await pilot.press("g")
        await until(pilot, lambda: "43% of 2.0 MB" in app.text())
        assert "43%" in app.text()
        assert "Esc stops it" in app.text()
        assert "esc Stop" in app.text()
        assert "g Get" not in app.text()
        corpora.way.set()
        await until(pilot, lambda: "463,800 characters · 97 distinct · 464 kB · public domain" in app.text())
        assert "not here" not in app.text()
        assert not app.heard(CorporaPane.TrainRequested)


async def test_enter_gets_it_and_asks_for_training_unless_somebody_moves_on() -> None:
    corpora = catalogue()
    app = host(corpora)
    async with shown(app, (120, 36)) as pilot:
        await at_anna(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "43%" in app.text())
        await pilot.press("down")
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert "43%" in app.text()
        await pilot.press("up", "enter")
        await pilot.resize_terminal(60, 20)  # draws the table anew
        await until(pilot, lambda: "distinct" not in app.text().splitlines()[0])
        corpora.way.set()
        await until(pilot, lambda: app.heard(CorporaPane.TrainRequested))
        (request,) = app.heard(CorporaPane.TrainRequested)
        assert request.text.corpora == ("anna",)


async def test_escape_stops_it_and_another_download_waits_for_that() -> None:
    corpora = catalogue()
    corpora.listed = [*corpora.listed, CorpusEntry("war", "War", "catalogue", None, None, None, None, False)]
    app = host(corpora)
    async with shown(app, (120, 36)) as pilot:
        await at_anna(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "43%" in app.text())
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "anna is on its way; one text comes at a time, and Esc stops it." in app.text())
        await pilot.press("escape", "up", "up")
        await until(pilot, lambda: "Cancelled; nothing was kept. g downloads it." in app.text())
        assert app.text().count("not here") == 2
        corpora.way.set()
        await pilot.press("g")
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert not app.heard(CorporaPane.TrainRequested)


async def test_why_a_text_did_not_come_stays_beside_it_and_it_can_be_tried_again() -> None:
    corpora = catalogue()
    corpora.failure = DownloadError(f"{URL} could not be downloaded, since it [/rests]; put it into ‘texts’.")
    corpora.way.set()
    app = host(corpora)
    async with shown(app, (120, 36)) as pilot:
        await at_anna(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "[/rests]; put it into ‘texts’." in app.text())
        assert "! anna was not downloaded." in app.text()
        await pilot.press("down", "up")
        await until(pilot, lambda: "[/rests]; put" in app.text())
        corpora.failure = None
        await pilot.press("g")
        await until(pilot, lambda: "463,800 characters" in app.text())
        assert not app.heard(CorporaPane.TrainRequested)


async def test_what_is_wrong_with_the_catalogue_stays_on_the_screen() -> None:
    app = host(
        FakeCorpora(complained=[f"‘{Path('catalogue.toml')}’, entry 1: [/ \x1b its url is missing; add it.", "b"])
    )
    async with shown(app) as pilot:
        await until(pilot, lambda: "463,800 characters" in app.text())
        await pilot.press("down")
        await until(pilot, lambda: "The Python reference" in app.text())
        assert "! ‘catalogue.toml’, entry 1: [/ ␛ its url is missing; add it." in app.text()
        assert "(1 more: textgen-tui corpora)" in " ".join(app.text().split())
