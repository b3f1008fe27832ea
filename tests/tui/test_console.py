"""The console: a model, a prime, a passage that streams in and can be stopped, gone on from, and saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import MODELS, PASSAGE, FakePrimes, FakeServices, FakeWriter
from tests.tui.host import Host, shown, until
from tui_textgen.config import SamplingConfig
from tui_textgen.errors import ModelFileError, TextgenError, WorkerError
from tui_textgen.models.card import ModelCard
from tui_textgen.tui.screens.model_picker import ModelPicker
from tui_textgen.tui.screens.save_as import SaveAs
from tui_textgen.tui.services import Writer
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.prime_input import PrimeInput
from tui_textgen.tui.widgets.setting_field import SettingField
from tui_textgen.workers.protocol import Skipped, WriterEvent

HOSTILE = "[/ [bold]x[/bold] \x1b[2J\x1b]52;c;aGk=\x07 \x9b31m \u202e"


@dataclass
class Endless(FakeWriter):
    """Writes until it is stopped."""

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        self.text = "on and on " * 1000
        for event in super().generate(prime, sampling.model_copy(update={"length": 10**6}), strict):
            self.cancelled.wait(0.002)
            yield event


@dataclass
class Picky(FakeWriter):
    """Knows no é."""

    unknown = "é"

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        if self.unknown in prime:
            yield Skipped(self.unknown)
        yield from super().generate(prime.replace(self.unknown, ""), sampling, strict)


class Blankless(Picky):
    unknown = " "


@dataclass
class BrokenPrimes(FakePrimes):
    """A history on a disk that fails."""

    error: TextgenError = field(default_factory=lambda: TextgenError("The history of primes cannot be kept."))

    def load(self) -> list[str]:
        raise self.error

    def add(self, prime: str) -> None:
        raise self.error


def host(services: FakeServices | None = None, focused: bool = True) -> Host[ConsolePane]:
    pane = ConsolePane((services or FakeServices()).services)
    return Host(pane, focus=(lambda pane: pane.take_focus()) if focused else None)


async def ready(app: Host[ConsolePane], pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "on anna-karenina" in app.text() and app.query("#sampling-seed"))


async def set_sampling(app: Host[ConsolePane], **texts: str) -> None:
    for name, text in texts.items():
        app.query_one(f"#sampling-{name} Input", Input).value = text


def passage(app: Host[ConsolePane]) -> str:
    return app.widget.query_one(PassageView).raw


# Opening


async def test_nothing_is_started_before_somebody_comes_to_the_console() -> None:
    started: list[str] = []
    services = FakeServices()

    def start() -> Writer:
        started.append("writer")
        return services.writer

    pane = ConsolePane(type(services.services)(**{**vars(services.services), "writer": start}))
    app = Host(pane)
    async with shown(app) as pilot:
        await pilot.pause(0.1)
        assert not started
        pane.take_focus()
        await until(pilot, lambda: started)


async def test_the_first_model_is_loaded_and_said_to_be() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await until(pilot, lambda: "levin (run) · on anna-karenina · LSTM 2×512 · step 840 · 1.467 nats" in app.text())
        assert services.writer.loaded == [Path("levin/best.safetensors")]


async def test_without_a_model_it_says_what_to_do() -> None:
    services = FakeServices(models=())
    app = host(services)
    async with shown(app) as pilot:
        await until(pilot, lambda: "none yet: train one, or press m" in app.text())
        services.models = MODELS
        await pilot.press("enter")
        await until(pilot, lambda: "There is no model yet to write with." in app.text())
        await ready(app, pilot)


async def test_a_damaged_model_is_named_and_another_can_be_picked() -> None:
    services = FakeServices(writer=FakeWriter(error=ModelFileError("levin is damaged; choose another model.")))
    app = host(services)
    async with shown(app) as pilot:
        await until(pilot, lambda: "! levin is damaged; choose another model." in app.text())
        services.writer.error = None
        await pilot.press("escape", "m")
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        await pilot.press(*"hell", "enter")
        await until(pilot, lambda: services.writer.loaded == [Path("hello.safetensors")])
        await until(pilot, lambda: "hello (shipped)" in app.text() and "damaged" not in app.text())


async def test_a_typed_path_is_loaded_as_a_model() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("escape", "m")
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        await pilot.press(*"./my.safetensors", "enter")
        await until(pilot, lambda: Path("my.safetensors") in services.writer.loaded)


async def test_models_that_cannot_be_listed_are_said_to_be() -> None:
    services = FakeServices()

    def models() -> Any:
        raise TextgenError("The models folder cannot be read.")

    app = Host(ConsolePane(type(services.services)(**{**vars(services.services), "models": models})),
               focus=lambda pane: pane.take_focus())  # fmt: skip
    async with shown(app) as pilot:
        await until(pilot, lambda: "! The models folder cannot be read." in app.text())


# Writing


async def test_enter_writes_from_the_prime_with_the_settings_shown() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="50", temperature="0.5", top_k="10", top_p="0.9", seed="7")
        await pilot.press(*"The ", "enter")
        await until(pilot, lambda: "✓ written · 50/50 · seed 7" in app.text())
        assert services.writer.asked == [
            ("The ", SamplingConfig(length=50, temperature=0.5, top_k=10, top_p=0.9, seed=7))
        ]
        assert passage(app) == "The " + PASSAGE[:50]
        assert "The “I don’t want to talk of it" in app.text()


async def test_without_a_seed_one_is_drawn_and_shown() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())
        ((prime, sampling),) = services.writer.asked
        assert prime == ""
        assert sampling.seed is not None
        assert f"seed {sampling.seed}" in app.text()


async def test_again_takes_the_next_seed_and_plus_goes_on_from_the_end() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="20", seed="7")
        await pilot.press(*"The ", "enter")
        await until(pilot, lambda: "✓ written · 20/20 · seed 7" in app.text())
        await pilot.press("escape", "r")
        await until(pilot, lambda: "✓ written · 20/20 · seed 8" in app.text())
        await pilot.press("plus")
        await until(pilot, lambda: "✓ written · 20/20 · seed 9" in app.text())
        first = "The " + PASSAGE[:20]
        assert [(prime, sampling.seed) for prime, sampling in services.writer.asked] == [
            ("The ", 7), ("The ", 8), (first, 9),
        ]  # fmt: skip
        assert passage(app) == first + PASSAGE[:20]


async def test_escape_stops_the_writer_itself_and_only_then_leaves_the_field() -> None:
    services = FakeServices(writer=Endless())
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("x", "enter")
        await until(pilot, lambda: len(passage(app)) > 500 and "● writing" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: "Still writing: Esc stops it." in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: "■ stopped" in app.text())
        assert services.writer.cancelled.is_set()
        assert isinstance(app.focused, PrimeInput)
        length = len(passage(app))
        await pilot.press("escape")
        assert not isinstance(app.focused, Input)
        assert len(passage(app)) == length
        assert len(services.writer.asked) == 1


async def test_a_stop_before_the_first_character_is_not_lost() -> None:
    writer = Endless()
    writer.gate.clear()
    app = host(FakeServices(writer=writer))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("enter", "escape")
        writer.gate.set()
        await until(pilot, lambda: "■ stopped" in app.text())


async def test_a_value_out_of_bounds_is_named_and_nothing_is_written() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, top_p="2")
        await until(pilot, lambda: "! Top p" in app.text())
        sentence = "! top_p must be a number above 0, up to 1, not '2'."
        assert sentence in app.text()
        await pilot.press("enter")
        await until(pilot, lambda: app.text().count(sentence) == 2)
        assert not services.writer.asked


async def test_the_field_with_the_keys_says_what_it_does() -> None:
    app = host()
    async with shown(app) as pilot:
        await ready(app, pilot)
        app.query_one("#sampling-temperature", SettingField).focus()
        await until(pilot, lambda: "0 always takes the likeliest. From 0 to" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: "0 always takes the likeliest" not in app.text())


async def test_unknown_characters_of_the_prime_are_named_and_left_out() -> None:
    app = host(FakeServices(writer=Picky()))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="20")
        await pilot.press(*"café ", "enter")
        await until(pilot, lambda: "! The model never saw these, they were left out: é" in app.text())
        await until(pilot, lambda: "✓ written" in app.text())
        assert passage(app) == "caf " + PASSAGE[:20]


async def test_a_blank_that_the_model_never_saw_can_be_seen() -> None:
    app = host(FakeServices(writer=Blankless()))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press(*"a b", "enter")
        await until(pilot, lambda: "they were left out: ␣" in app.text())


async def test_a_writer_that_dies_is_told_and_the_next_passage_tries_again() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        services.writer.error = WorkerError("The writer ended unexpectedly; press Enter to start it again.")
        await pilot.press("enter")
        await until(pilot, lambda: "! The writer ended unexpectedly" in app.text() and "! broke off" in app.text())
        services.writer.error = None
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())


async def test_a_newer_checkpoint_is_noticed_and_n_loads_it(tmp_path: Path) -> None:
    path = tmp_path / "latest.safetensors"
    path.write_bytes(b"old")
    services = FakeServices(models=[replace(MODELS[0], path=path)])
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        fresh = tmp_path / "fresh"
        fresh.write_bytes(b"new")
        fresh.replace(path)
        await pilot.press("enter")
        await until(pilot, lambda: "newer checkpoint by now: n loads it" in app.text())
        await pilot.press("escape", "n")
        await until(pilot, lambda: services.writer.loaded == [path, path])


async def test_leaving_the_app_ends_the_writer() -> None:
    services = FakeServices(writer=Endless())
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "● writing" in app.text())
    assert services.writer.closed


# Primes


async def test_primes_of_before_come_back_with_the_arrows() -> None:
    services = FakeServices(primes=FakePrimes(["older", "newer"]))
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        primes = app.query_one(PrimeInput)
        await pilot.press(*"draft", "up")
        await until(pilot, lambda: primes.value == "newer")
        await pilot.press("up", "up")
        assert primes.value == "older"
        await pilot.press("down", "down", "down")
        assert primes.value == "draft"
        await pilot.press("enter")
        await until(pilot, lambda: services.primes.primes == ["older", "newer", "draft"])
        await pilot.press("up")
        assert primes.value == "draft"


async def test_a_history_that_cannot_be_kept_does_not_keep_anybody_from_writing() -> None:
    app = host(FakeServices(primes=BrokenPrimes()))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await until(pilot, lambda: "! The history of primes cannot be kept." in app.text())
        await pilot.press("x", "enter")
        await until(pilot, lambda: "✓ written" in app.text())


async def test_letters_typed_into_the_prime_are_text_and_not_commands() -> None:
    app = host()
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r+m/n")
        assert app.query_one(PrimeInput).value == "r+m/n"
        assert "Continue" not in app.text()


async def test_hostile_primes_and_passages_show_harmlessly() -> None:
    services = FakeServices(writer=FakeWriter(text=HOSTILE * 3), primes=FakePrimes([HOSTILE]))
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await until(pilot, lambda: app.query_one(PrimeInput).primes)
        await set_sampling(app, length=str(len(HOSTILE)))
        await pilot.press("up", "enter")
        await until(pilot, lambda: "✓ written" in app.text())
        assert passage(app) == HOSTILE * 2
        assert "[bold]x[/bold] ␛[2J␛]52;c;aGk=" in app.text()
        assert not set("\x1b\x07\x9b\u202e") & set(app.text())


# Saving


async def test_saving_says_where_and_writes_over_a_file_only_when_told_twice(tmp_path: Path) -> None:
    taken = tmp_path / "t.txt"
    taken.write_text("mine")
    app = host()
    async with shown(app, (120, 30)) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="20")
        await pilot.press(*"The ", "enter")
        await until(pilot, lambda: "✓ written" in app.text())
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SaveAs))
        app.screen.query_one(Input).value = str(taken)
        await pilot.press("enter")
        await until(pilot, lambda: "exists already" in app.text())
        assert taken.read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: "Saved to" in app.text())
        assert taken.read_text() == "The " + PASSAGE[:20]


async def test_a_place_that_cannot_be_written_is_refused_in_the_question(tmp_path: Path) -> None:
    app = host()
    async with shown(app, (120, 30)) as pilot:
        await ready(app, pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "There is no passage to save yet." in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SaveAs))
        for place, sentence in ((tmp_path, "is a folder"), (tmp_path / "no" / "way", "cannot be written")):
            app.screen.query_one(Input).value = str(place)
            await pilot.press("enter")
            told = partial(lambda words: words in " ".join(app.text().replace("│", " ").split()), sentence)
            await until(pilot, told)  # wherever the lines of the question end
        await pilot.press("escape")
        assert not isinstance(app.screen, SaveAs)


# Looks


@pytest.mark.parametrize("size", [(40, 10), (56, 50), (80, 24), (120, 36)])
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = host()

    async def settle(pilot: Pilot[Any]) -> None:
        await ready(app, pilot)
        await set_sampling(app, seed="7")
        await pilot.press(*"The ", "enter")
        await until(pilot, lambda: "✓ written" in app.text())

    assert snap_compare(app, terminal_size=size, run_before=settle)


def test_picture_while_writing(snap_compare: Callable[..., bool]) -> None:
    writer = FakeWriter()
    reached = threading.Event()

    class Halting(FakeWriter):
        def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
            for number, event in enumerate(super().generate(prime, sampling, strict)):
                if number == 60:
                    reached.set()
                    self.cancelled.wait(10)
                yield event

    app = host(FakeServices(writer=Halting(text=writer.text)))

    async def settle(pilot: Pilot[Any]) -> None:
        await ready(app, pilot)
        await set_sampling(app, seed="7", temperature="x")
        await set_sampling(app, temperature="1")
        await pilot.press(*"The ", "enter")
        await until(pilot, lambda: reached.is_set() and "420/600" in app.text())

    assert snap_compare(app, terminal_size=(80, 24), run_before=settle)


@dataclass
class SlowToLoad(FakeWriter):
    """Loads when its gate opens, or not at all once it is closed."""

    def load(self, path: Path) -> ModelCard:
        while not self.gate.wait(0.01):
            if self.closed:
                raise WorkerError("The writer was closed before it had answered.")
        return super().load(path)


async def test_escape_gives_up_a_model_that_is_being_loaded_and_n_loads_it_after_all() -> None:
    writer = SlowToLoad()
    writer.gate.clear()
    app = host(FakeServices(writer=writer))
    async with shown(app) as pilot:
        await until(pilot, lambda: "loading… Esc gives it up" in app.text())
        await pilot.press("escape")
        await until(pilot, lambda: "not loaded; n loads it" in app.text() and writer.closed)
        writer.gate.set()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, PassageView) and "━━━" in app.text())
        assert "not loaded; n loads it" in app.text()
        await pilot.press("n")
        await until(pilot, lambda: "on anna-karenina" in app.text())


async def test_a_model_that_is_wished_for_again_at_once_is_loaded() -> None:
    """The end of the writer that was given up was once taken for a failure of the next."""

    class Late(SlowToLoad):
        def load(self, path: Path) -> ModelCard:
            try:
                return super().load(path)
            except WorkerError:
                self.gate.set()
                threading.Event().wait(0.2)
                raise

    writer = Late()
    writer.gate.clear()
    app = host(FakeServices(writer=writer))
    async with shown(app) as pilot:
        await until(pilot, lambda: "loading… Esc gives it up" in app.text())
        await pilot.press("escape", "escape", "n")
        await until(pilot, lambda: "on anna-karenina" in app.text())
        assert "!" not in app.text()
