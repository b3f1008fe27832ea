"""Side by side: the same prime and seed at several temperatures, or from several models, at any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import MODELS, FakeServices, FakeWriter
from tests.tui.host import Host, shown, until
from tests.tui.test_console import Endless, host, ready, set_sampling
from tui_textgen.config import SamplingConfig
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.models.card import ModelCard
from tui_textgen.tui.screens.beside import Beside
from tui_textgen.tui.screens.reproduce import Reproduce
from tui_textgen.tui.screens.save_passage import SavePassage
from tui_textgen.tui.services import Services
from tui_textgen.tui.variants import FEWEST, MOST, models, temperatures
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.passage_column import PassageColumn
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.side_by_side import SideBySide
from tui_textgen.workers.protocol import WriterEvent

LATEST = replace(MODELS[0], source="run, latest", path=Path("levin/latest.safetensors"), step=1200)
ALL = (*MODELS[:1], LATEST, *MODELS[1:])


@dataclass
class Shouting(FakeWriter):
    """Tells in the text at which temperature it was written."""

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        text = f"at {sampling.temperature:g}! " * 40
        yield from FakeWriter(
            text, asked=self.asked, gate=self.gate, cancelled=self.cancelled
        ).generate(prime, sampling, strict)  # fmt: skip


@dataclass
class Stable:
    """A new writer each time one is started, as live services have it."""

    writers: list[FakeWriter] = field(default_factory=list)
    damaged: Path | None = None

    def start(self) -> FakeWriter:
        stable = self

        class Writer(FakeWriter):
            def load(self, path: Path) -> ModelCard:
                if path == stable.damaged:
                    raise ModelFileError(f"{path} is damaged; choose another model.")
                self.text = f"by {path} " * 40
                return super().load(path)

        self.writers.append(Writer())
        return self.writers[-1]

    def services(self) -> Services:
        return replace(FakeServices(models=ALL).services, writer=self.start)


async def beside(app: Host[ConsolePane], pilot: Pilot[None], *keys: str) -> None:
    """Side by side from the prime ``The `` with these keys in the dialog."""
    await ready(app, pilot)
    await set_sampling(app, length="20", seed="7")
    await pilot.press(*"The ", "escape", "b")
    await until(pilot, lambda: isinstance(app.screen, Beside))
    await pilot.press(*keys)
    await until(pilot, lambda: not isinstance(app.screen, Beside) and columns(app))


def columns(app: Host[ConsolePane]) -> list[PassageColumn]:
    return app.widget.query_one(SideBySide).columns


def done(app: Host[ConsolePane]) -> bool:
    return bool(columns(app)) and not any(column.writing for column in columns(app))


@given(st.lists(st.floats(0, 100), min_size=FEWEST, max_size=MOST), st.sampled_from([" ", ", ", "  ,"]))
def test_temperatures_are_read_as_they_are_typed(values: list[float], between: str) -> None:
    variants = temperatures(between.join(map(repr, values)))
    assert [variant.temperature for variant in variants] == values


@pytest.mark.parametrize("typed", ["", "0.5", "1 2 3 4 5", "0.5 hot", "0.5 -1"])
def test_what_is_no_choice_of_temperatures_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(SettingsError, match=r"temperature"):
        temperatures(typed)


def test_too_few_and_too_many_models_are_refused() -> None:
    for entries in (ALL[:0], ALL[:1], ALL * 2):
        with pytest.raises(SettingsError, match="Mark 2 to 4 models first"):
            models(entries)


async def test_three_temperatures_write_from_the_same_prime_and_seed() -> None:
    services = FakeServices(writer=Shouting())
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: done(app))
        asked = [(prime, sampling.temperature, sampling.seed) for prime, sampling in services.writer.asked]
        assert asked == [("The ", 0.5, 7), ("The ", 0.8, 7), ("The ", 1.2, 7)]
        assert [column.raw for column in columns(app)] == [
            "The " + (f"at {value}! " * 9)[:20] for value in ("0.5", "0.8", "1.2")
        ]
        row = next(line for line in app.text().splitlines() if "temperature 0.5" in line)
        assert "temperature 0.8" in row
        assert "temperature 1.2" in row
        await until(pilot, lambda: app.text().count("chars/s") + app.text().count("/s") >= 3)
        await until(pilot, lambda: services.primes.primes == ["The "])


async def test_other_temperatures_can_be_typed_are_remembered_and_wrong_ones_refused() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("escape", "b")
        await until(pilot, lambda: isinstance(app.screen, Beside))
        app.screen.query_one(Input).value = "0.3 hot"
        await pilot.press("enter")
        await until(pilot, lambda: "! temperature must be a number" in app.text())
        app.screen.query_one(Input).value = "0.3 2"
        await pilot.click("#by-temperature")
        await until(pilot, lambda: done(app) and "temperature 0.3" in app.text())
        assert len(columns(app)) == 2
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, Beside))
        assert app.screen.query_one(Input).value == "0.3 2"


async def test_models_are_marked_by_keys_and_each_gets_a_writer_of_its_own() -> None:
    stable = Stable()
    app = Host(ConsolePane(stable.services()), focus=lambda pane: pane.take_focus())
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "down", "end", "space", "enter")
        await until(pilot, lambda: done(app))
        assert [column.raw for column in columns(app)] == ["The " + f"by {each.path} by "[:20] for each in ALL]
        assert len(stable.writers) == 3, "the model that is held needs no further writer"
        assert "step 840 · levin (run, latest)" in app.text()
        await pilot.press("escape")
        await until(pilot, lambda: not columns(app) and all(writer.closed for writer in stable.writers[1:]))
        assert not stable.writers[0].closed


async def test_the_checkpoints_of_the_run_are_marked_already_and_a_click_unmarks_and_marks() -> None:
    app = Host(ConsolePane(Stable().services()), focus=lambda pane: pane.take_focus())
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("escape", "b")
        await until(pilot, lambda: app.text().count("✓ levin") == 2 and "· hello" in app.text())
        await pilot.click("MarkList", offset=(4, 0))
        await until(pilot, lambda: app.text().count("✓ levin") == 1)
        await pilot.click("#by-model")
        await until(pilot, lambda: "! Mark 2 to 4 models first, with space or a click." in app.text())
        await pilot.click("MarkList", offset=(4, 2))
        await until(pilot, lambda: "✓ hello" in app.text())
        await pilot.click("#by-model")
        await until(pilot, lambda: done(app))
        assert len(columns(app)) == 2


async def test_a_model_that_cannot_be_loaded_is_told_and_the_others_write() -> None:
    stable = Stable(damaged=LATEST.path)
    app = Host(ConsolePane(stable.services()), focus=lambda pane: pane.take_focus())
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "down", "enter")
        await until(pilot, lambda: done(app) and f"! {LATEST.path} is damaged" in app.text())
        assert [len(column.raw) for column in columns(app)] == [24, 4 + 20]


async def test_escape_stops_all_and_then_goes_back_to_the_one_passage() -> None:
    services = FakeServices(writer=Endless())
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: all(len(column.raw) > 100 for column in columns(app)))
        await pilot.press("escape")
        await until(pilot, lambda: done(app) and app.text().count("■") == 3)
        assert services.writer.cancelled.is_set()
        await pilot.press("escape")
        await until(pilot, lambda: "Type a prime below" in app.text())


async def test_again_and_continue_are_about_all_of_them() -> None:
    services = FakeServices(writer=Shouting())
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: done(app))
        await pilot.press("r")
        await until(pilot, lambda: done(app) and len(services.writer.asked) == 6)
        assert {(prime, sampling.seed) for prime, sampling in services.writer.asked[3:]} == {("The ", 8)}
        await pilot.press("right", "plus")
        await until(pilot, lambda: done(app) and len(services.writer.asked) == 9)
        chosen = "The " + ("at 0.8! " * 9)[:20]
        assert {(prime, sampling.seed) for prime, sampling in services.writer.asked[6:]} == {(chosen, 9)}


async def test_all_are_saved_and_reproduced_and_the_current_one_is_copied(tmp_path: Path) -> None:
    app = host(FakeServices(writer=Shouting()))
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: done(app))
        await pilot.press("right", "o")
        assert app.clipboard == columns(app)[1].raw
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SavePassage))
        app.screen.query_one(Input).value = str(tmp_path / "all.txt")
        await pilot.press("enter")
        await until(pilot, lambda: "Saved to" in app.text())
        saved = (tmp_path / "all.txt").read_text()
        assert all(f"── {column.title}\n{column.raw}" in saved for column in columns(app))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, Reproduce))
        for value in ("0.5", "0.8", "1.2"):
            assert f"textgen-tui generate levin --prime 'The ' --length 20 --temperature {value} --seed 7" in app.text()


async def test_where_there_is_little_room_they_stand_below_each_other_or_are_turned_like_pages() -> None:
    app = host(FakeServices(writer=Shouting()))
    async with shown(app, (56, 40)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: done(app))
        assert all(f"at {value}!" in app.text() for value in ("0.5", "0.8", "1.2"))
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "1/3 → temperature 0.5" in app.text())
        assert "at 0.5!" in app.text()
        assert "at 0.8!" not in app.text()
        await pilot.press("right")
        await until(pilot, lambda: "2/3 → temperature 0.8" in app.text() and "at 0.8!" in app.text())
        await pilot.click(".-current > .title", offset=(3, 0))
        await until(pilot, lambda: "3/3 → temperature 1.2" in app.text())
        await pilot.press("right")
        await until(pilot, lambda: "1/3 →" in app.text())
        assert isinstance(app.focused, PassageView)


async def test_a_click_on_a_title_makes_that_passage_the_current_one() -> None:
    app = host(FakeServices(writer=Shouting()))
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "enter")
        await until(pilot, lambda: done(app) and "▸ temperature 0.5" in app.text())
        await pilot.click(columns(app)[2].query_one(".title"), offset=(3, 0))
        await until(pilot, lambda: "▸ temperature 1.2" in app.text() and "▸ temperature 0.5" not in app.text())


async def test_hostile_names_show_harmlessly() -> None:
    stable = Stable()
    entries = [replace(MODELS[0], name="[/ [bold]x\x1b[2J"), replace(LATEST, name="[/ [bold]x\x1b[2J")]
    services = replace(stable.services(), models=lambda: entries)
    app = Host(ConsolePane(services), focus=lambda pane: pane.take_focus())
    async with shown(app, (120, 36)) as pilot:
        await beside(app, pilot, "down", "enter")
        await until(pilot, lambda: done(app))
        assert "[/ [bold]x␛[2J (run)" in app.text()
        assert "\x1b" not in app.text()
