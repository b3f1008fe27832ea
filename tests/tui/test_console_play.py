"""The console as an instrument: manners of writing, primes of before, editing, copying, the command of a passage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.tui.fakes import MODELS, PASSAGE, FakePrimes, FakeServices, FakeWriter
from tests.tui.host import Host, shown, until
from tests.tui.test_console import Endless, SlowToLoad, host, passage, ready, set_sampling
from tui_textgen.config import SAMPLING_PRESETS, SamplingConfig, build
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.tui.checkpoints import first_to_load, newest_beside
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.screens.prime_picker import PrimePicker
from tui_textgen.tui.screens.reproduce import Reproduce
from tui_textgen.tui.screens.save_passage import SavePassage
from tui_textgen.tui.widgets.choice import Choice
from tui_textgen.tui.widgets.command_line import CommandLine
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.prime_input import PrimeInput

COMMAND = "textgen-tui generate {model} --prime 'The ' --length 20 --temperature 0.8 --seed 7"


def command_shown(app: Host[ConsolePane]) -> str:
    return app.widget.query_one(CommandLine).words


async def written(app: Host[ConsolePane], pilot: Pilot[None]) -> None:
    """Twenty characters after ``The ``, from seed 7; then the keys act."""
    await set_sampling(app, length="20", seed="7")
    await pilot.press(*"The ", "enter")
    await until(pilot, lambda: "✓ written · 20/20 · seed 7" in app.text())
    await pilot.press("escape")


# Presets and settings


@pytest.mark.parametrize("name", SAMPLING_PRESETS)
def test_presets_are_settings(name: str) -> None:
    assert build(SamplingConfig, SAMPLING_PRESETS[name])


async def test_p_takes_the_next_preset_and_the_next_passage_is_written_so() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="20", seed="7")
        assert "‹ balanced ›" in app.text()
        await pilot.press("escape", "p")
        await until(pilot, lambda: "‹ wild ›" in app.text() and "Wild takes what is unlikely" in app.text())
        await pilot.press("p")
        await until(pilot, lambda: "‹ careful ›" in app.text())
        await pilot.press("slash", "enter")
        await until(pilot, lambda: "✓ written" in app.text())
        assert services.writer.asked[0][1] == SamplingConfig(length=20, temperature=0.5, top_p=0.95, seed=7)


async def test_a_setting_of_ones_own_is_no_preset_and_a_click_takes_one_again() -> None:
    app = host()
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await set_sampling(app, temperature="0.7", top_k="x")
        await until(pilot, lambda: "‹ own ›" in app.text() and "! Top k" in app.text())
        await pilot.click("#sampling-preset Choice", offset=(5, 0))
        await until(pilot, lambda: "‹ balanced ›" in app.text() or "‹ careful ›" in app.text())
        assert "‹ own ›" not in app.text()
        assert "! Top k" not in app.text()


async def test_what_is_changed_while_writing_is_said_to_act_later() -> None:
    app = host(FakeServices(writer=Endless()))
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "● writing" in app.text())
        app.query_one("#sampling-temperature Input", Input).focus()
        await until(pilot, lambda: "This acts on the next passage." in app.text())


async def test_settings_come_back_at_the_next_start_but_for_the_seed(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    app = host(FakeServices(preferences=Preferences(file)))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="20", seed="7", temperature="1.5", top_k="9")
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text() and Preferences(file).get("sampling.top_k", "") == "9")
    services = FakeServices(preferences=Preferences(file))
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())
        sampling = services.writer.asked[0][1]
        assert (sampling.length, sampling.temperature, sampling.top_k) == (20, 1.5, 9)
        assert sampling.seed != 7


async def test_settings_that_cannot_be_remembered_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = host(FakeServices(preferences=Preferences(tmp_path / "file" / "preferences.json")))
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "! Your choices cannot be remembered" in app.text())


# The model


async def test_enter_while_the_model_is_loaded_writes_as_soon_as_it_is_there() -> None:
    writer = SlowToLoad()
    writer.gate.clear()
    app = host(FakeServices(writer=writer))
    async with shown(app) as pilot:
        await until(pilot, lambda: "loading…" in app.text() and app.query("#sampling-seed"))
        await pilot.press("x", "enter")
        await until(pilot, lambda: "Written as soon as the model is loaded." in app.text())
        writer.gate.set()
        await until(pilot, lambda: "✓ written" in app.text())
        assert writer.asked[0][0] == "x"


async def test_enter_loads_a_model_that_was_given_up_after_all() -> None:
    writer = SlowToLoad()
    writer.gate.clear()
    app = host(FakeServices(writer=writer))
    async with shown(app) as pilot:
        await until(pilot, lambda: "loading…" in app.text() and app.query("#sampling-seed"))
        await pilot.press("escape")
        await until(pilot, lambda: "not loaded" in app.text() and writer.closed)
        writer.gate.set()
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())


def test_the_newest_checkpoint_of_a_run_in_training_is_the_one_to_open_with_and_to_load(tmp_path: Path) -> None:
    folder = tmp_path / "levin" / "checkpoints"
    folder.mkdir(parents=True)
    best, latest = folder / "best.safetensors", folder / "latest.safetensors"
    entries = [MODELS[1], replace(MODELS[0], path=best), replace(MODELS[0], path=latest, source="run, latest")]
    assert first_to_load([]) is None
    assert first_to_load(entries) == MODELS[1].path
    shipped = replace(MODELS[1], name="anna-karenina", path=tmp_path / "anna-karenina.safetensors")
    assert first_to_load([MODELS[1], shipped]) == shipped.path
    best.touch()
    assert first_to_load(entries) == newest_beside(latest) == best
    latest.touch()
    assert newest_beside(best) == latest
    assert first_to_load(entries) == best, "its best, as nobody trains it any more"
    with TrainerLock(RunFolder(tmp_path / "levin").lock):
        assert first_to_load(entries) == latest
    assert newest_beside(tmp_path / "other.safetensors") == tmp_path / "other.safetensors"


async def test_n_takes_the_newest_checkpoint_and_says_its_step(tmp_path: Path) -> None:
    folder = tmp_path / "levin" / "checkpoints"
    folder.mkdir(parents=True)
    best, latest = folder / "best.safetensors", folder / "latest.safetensors"
    best.touch()
    services = FakeServices(
        models=[replace(MODELS[0], path=best), replace(MODELS[0], path=latest, source="run, latest")]
    )
    app = host(services)
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        latest.touch()
        await pilot.press("enter")
        await until(pilot, lambda: "newer checkpoint by now: n loads it" in app.text())
        await pilot.press("escape", "n")
        await until(pilot, lambda: "levin (run, latest) · on anna-karenina" in app.text() and "step 840" in app.text())
        assert services.writer.loaded == [best, latest]


# Primes


async def test_h_chooses_among_the_primes_of_before() -> None:
    app = host(FakeServices(primes=FakePrimes(["one\x1b[2J", "two", "three"])))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await until(pilot, lambda: app.query_one(PrimeInput).primes)
        await pilot.press("escape", "h")
        await until(pilot, lambda: isinstance(app.screen, PrimePicker) and "one␛[2J" in app.text())
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.query_one(PrimeInput).value == "two" and app.query_one(PrimeInput).has_focus)
        await pilot.press("escape", "h")
        await until(pilot, lambda: isinstance(app.screen, PrimePicker))
        await pilot.press(*"ne")
        await pilot.click(OptionList, offset=(3, 0))
        await until(pilot, lambda: app.query_one(PrimeInput).value == "one\x1b[2J")


async def test_e_makes_the_passage_a_prime_to_be_changed() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        await written(app, pilot)
        await pilot.press("e", "backspace", *"n!", "enter")
        await until(pilot, lambda: len(services.writer.asked) == 2)
        assert services.writer.asked[1][0] == "The " + PASSAGE[:19] + "n!"


async def test_the_end_of_a_long_passage_is_in_sight_where_it_is_edited() -> None:
    app = host()
    async with shown(app) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="300")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "✓ written · 300/300" in app.text())
        await pilot.press("e")
        end = app.query_one(PrimeInput).value[-40:].replace("\n", "⏎")
        await until(pilot, lambda: end in app.text().splitlines()[-2])


async def test_all_lines_of_what_is_pasted_are_the_prime() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app) as pilot:
        await ready(app, pilot)
        app.query_one(PrimeInput).post_message(Paste("Act I\r\n\nScene 1"))
        await until(pilot, lambda: "Act I⏎⏎Scene 1" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: services.writer.asked)
        assert services.writer.asked[0][0] == "Act I\n\nScene 1"


# The command


async def test_the_command_stands_under_the_passage_and_ctrl_r_and_a_click_show_it_whole(tmp_path: Path) -> None:
    app = host()
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await written(app, pilot)
        command = COMMAND.format(model="levin")
        assert f"$ {command}" in app.text()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, Reproduce) and command in app.text())
        await pilot.press("o")
        await until(pilot, lambda: "Sent to the terminal's clipboard." in app.text())
        assert app.clipboard == command
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Save the command to a file:" in app.text())
        app.screen.query_one(Input).value = str(tmp_path / "again.sh")
        await pilot.press("enter")
        await until(pilot, lambda: "Saved to" in app.text())
        assert (tmp_path / "again.sh").read_text() == command + "\n"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Reproduce))
        await pilot.click(CommandLine, offset=(5, 0))
        await until(pilot, lambda: isinstance(app.screen, Reproduce))
        await pilot.click("#copy")
        await until(pilot, lambda: "Sent to the terminal's clipboard." in app.text())
        await pilot.click("#back")
        await until(pilot, lambda: not isinstance(app.screen, Reproduce))


async def test_the_command_of_a_continuation_holds_all_that_stands_before_it() -> None:
    app = host()
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await written(app, pilot)
        await pilot.press("plus")
        await until(pilot, lambda: "✓ written · 20/20 · seed 8" in app.text())
        assert "The " + PASSAGE[:20] in command_shown(app)
        assert command_shown(app).endswith("--seed 8")


async def test_the_command_of_a_stopped_passage_is_for_what_there_is() -> None:
    app = host(FakeServices(writer=Endless()))
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await set_sampling(app, length="100000", seed="7")
        await pilot.press("enter")
        await until(pilot, lambda: len(passage(app)) > 100)
        await pilot.press("escape")
        await until(pilot, lambda: "■ stopped" in app.text())
        assert f"--length {len(passage(app))} " in command_shown(app)


async def test_a_prime_that_no_command_can_hold_is_said_to_be_one() -> None:
    app = host()
    async with shown(app) as pilot:
        await ready(app, pilot)
        app.query_one(PrimeInput).value = "a\0b"
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text())
        assert not command_shown(app)
        await pilot.press("escape", "ctrl+r")
        await until(pilot, lambda: "No command line can hold this prime" in app.text())


# Ways out


async def test_o_copies_the_passage_as_it_is() -> None:
    app = host(FakeServices(writer=FakeWriter(text="\x1b[2J ends\ud800" + PASSAGE)))
    async with shown(app) as pilot:
        await ready(app, pilot)
        await written(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: "Sent to the terminal's clipboard. Where nothing arrives" in app.text())
        assert app.clipboard == "The \x1b[2J ends�" + PASSAGE[:10]


async def test_a_passage_is_saved_with_the_command_if_wanted(tmp_path: Path) -> None:
    app = host()
    async with shown(app, (120, 36)) as pilot:
        await ready(app, pilot)
        await written(app, pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SavePassage))
        app.screen.query_one(Input).value = str(tmp_path / "both.txt")
        await pilot.press("tab", "right")
        assert app.screen.query_one(Choice).value == "with the command"
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: "Saved to" in app.text())
        saved = (tmp_path / "both.txt").read_text()
        assert saved == f"$ {COMMAND.format(model='levin')}\n\nThe {PASSAGE[:20]}\n"


async def test_keys_that_need_a_passage_show_only_when_there_is_one() -> None:
    app = host()
    async with shown(app, (200, 36)) as pilot:
        await ready(app, pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "Beside" in app.text()
        assert not {"Again", "Continue", "Edit", "Command"} & set(app.text().split())
        await pilot.press("slash")
        await written(app, pilot)
        await until(pilot, lambda: {"Again", "Continue", "Edit", "Command"} <= set(app.text().split()))
