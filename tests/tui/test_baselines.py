"""What the dashboard knows of its run's text: losses to hold the run against."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import FakeServices, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.corpus.baselines import Baselines, baselines, measure, remembered
from tui_textgen.corpus.encoded import EncodedText, encode
from tui_textgen.corpus.library import find_corpus
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.live import LiveBaselines
from tui_textgen.tui.widgets.loss_chart import LossChart
from tui_textgen.tui.widgets.training_pane import TrainingPane

FOUND = Baselines(4.4188, 3.1270, 2.5068, 2.0106, 1.5953, 1_985_223, True)


@asynccontextmanager
async def opened(fake: FakeServices) -> AsyncIterator[Pilot[None]]:
    """The dashboard of the run ``levin``."""
    app = TextgenApp(fake.services, "levin", "training")
    async with app.run_test(size=(120, 36)) as pilot:
        yield pilot


def references(pilot: Pilot[None]) -> dict[str, float]:
    return {each.name: each.loss for each in pilot.app.query_one(LossChart).curves.references}


async def test_the_chart_is_given_the_baselines_of_its_run() -> None:
    fake = with_runs(snapshot())
    fake.baselines.found = FOUND
    async with opened(fake) as pilot:
        await until(pilot, lambda: references(pilot))
        assert references(pilot) == {"unigram": 3.1270, "bigram": 2.5068, "trigram": 2.0106, "xz": 1.5953}
    assert fake.baselines.asked == ["levin"]


async def test_one_that_is_worse_than_guessing_tells_nothing() -> None:
    fake = with_runs(snapshot())
    fake.baselines.found = Baselines(1.39, 1.2, 2.9, None, 70.0, 5, True)
    async with opened(fake) as pilot:
        await until(pilot, lambda: references(pilot))
        assert references(pilot) == {"unigram": 1.2}


async def test_a_text_that_cannot_be_measured_is_said_and_the_run_goes_on() -> None:
    fake = with_runs(snapshot())
    fake.baselines.error = CorpusError("The encoded text is damaged.")
    async with opened(fake) as pilot:
        await until(pilot, lambda: "not known: The encoded text is damaged." in screen_text(pilot.app))
        await until(pilot, lambda: "● running" in screen_text(pilot.app))
        assert references(pilot) == {}


async def test_measuring_holds_nothing_up_and_ends_with_the_dashboard() -> None:
    fake = with_runs(snapshot(), snapshot(summary("kitty")))
    fake.baselines.found = FOUND
    fake.baselines.gate.clear()
    async with opened(fake) as pilot:
        await until(pilot, lambda: "● running" in screen_text(pilot.app) and fake.baselines.asked)
        fake.baselines.asked.clear()
        pilot.app.query_one(TrainingPane).open_run("kitty")  # measured only once the run before has been given up
        await until(pilot, lambda: fake.baselines.asked == ["kitty"])
        fake.baselines.gate.set()
        await until(pilot, lambda: references(pilot))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")


@pytest.fixture
def text(home: Home) -> EncodedText:
    """That of the run ``levin``."""
    text = encode(find_corpus(home, ["hello"]), home)
    folder = home.runs / "levin"
    folder.mkdir(parents=True)
    for suffix in (".ids", ".json"):
        (folder / f"text{suffix}").write_bytes(text.path.with_suffix(suffix).read_bytes())
    return text


def test_a_run_is_measured_by_its_own_text(home: Home, text: EncodedText) -> None:
    text.path.unlink()  # that of the cache is not what counts
    found = LiveBaselines(home).of_run("levin", lambda _: None)
    assert found == remembered(text, home)


def test_what_is_known_starts_no_reader(home: Home, text: EncodedText, monkeypatch: pytest.MonkeyPatch) -> None:
    assert baselines(text, home) == measure(text)
    monkeypatch.setattr("tui_textgen.workers.child.subprocess.Popen", lambda *_, **__: pytest.fail("a process"))
    assert LiveBaselines(home).of_run("levin", lambda _: None) == remembered(text, home)
