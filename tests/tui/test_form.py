"""The form of a new run: every setting, what it does, what is wrong with it, and what will come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.tui.fakes import ENTRIES, FakeRuns, FakeServices
from tests.tui.host import Host, screen_text, shown, until
from tui_textgen.config import PRESETS, TrainingConfig, bounds, training_config
from tui_textgen.corpus.entry import CorpusDescription
from tui_textgen.errors import RunError, TextgenError
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.run_settings import RunSettings, groups
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.tui.widgets.choice import Choice
from tui_textgen.tui.widgets.setting_field import SettingField
from tui_textgen.tui.widgets.training_form import TrainingForm

BROAD = (120, 40)


def chosen(characters: int = 463_800, distinct: int = 97, name: str = "reference", **changes: Any) -> ChosenText:
    entry = replace(ENTRIES[1], name=name, characters=characters, distinct=distinct, **changes)
    return ChosenText((name,), CorpusDescription(entry, "It was"), "utf-8")


def host(text: ChosenText | None = None) -> Host[TrainingForm]:
    return Host(TrainingForm(text or chosen(), FakeServices().services), focus=lambda form: form.focus())


def started(app: Host[TrainingForm]) -> list[tuple[tuple[str, ...], str, Mapping[str, Any], str | None]]:
    return [(each.corpora, each.preset, each.values, each.name) for each in app.heard(TrainingForm.StartRequested)]


async def type_into(app: Host[TrainingForm], pilot: Pilot[None], name: str, text: str) -> None:
    field = app.query_one(f"#{name} Input", Input)
    field.clear()
    field.focus()
    await pilot.press(*text)


# Without a screen


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_as_it_is_says_nothing_but_its_name(preset: str) -> None:
    settings = RunSettings(chosen())
    settings.choose(preset)
    assert settings.values() == {}
    assert settings.typed.build() == training_config(preset, {})
    assert not [name for name in TrainingConfig.model_fields if settings.changed(name)]


def test_every_setting_stands_in_one_group() -> None:
    named = [name for names in groups().values() for name in names]
    assert sorted(named) == sorted(TrainingConfig.model_fields)


def test_what_suits_a_text_is_laid_over_every_preset() -> None:
    settings = RunSettings(chosen(2000, 4, settings={"val_frac": 0.0}))
    settings.choose("quick")
    assert settings.values() == {"val_frac": 0.0}
    assert settings.changed("val_frac")


@given(st.dictionaries(st.sampled_from(sorted(TrainingConfig.model_fields)), st.text(max_size=12), max_size=4))
def test_whatever_is_typed_is_a_setting_or_a_sentence(typed: dict[str, str]) -> None:
    settings = RunSettings(chosen())
    settings.typed.texts.update(typed)
    wrong = [name for name in typed if settings.typed.error(name)]
    try:
        values = settings.values()
        settings.outlook()
    except TextgenError:
        pass
    else:
        assert not wrong
        assert training_config("standard", values) == settings.typed.build()


@given(st.text(max_size=12), st.sampled_from(sorted(TrainingConfig.model_fields)))
def test_a_wrong_setting_is_named(text: str, name: str) -> None:
    typed = TypedSettings(TrainingConfig, {})
    typed.texts[name] = text
    error = typed.error(name)
    assert error is None or error.startswith((f"{name}:", f"{name} "))


@pytest.mark.parametrize("name", TrainingConfig.model_fields)
def test_every_setting_has_its_sentence_and_its_bounds(name: str) -> None:
    field = TrainingConfig.model_fields[name]
    words = RunSettings(chosen()).help(name)
    assert field.description
    assert field.description in words
    assert bounds(field)[1:] in words or bounds(field) == "any text"


# On the screen


async def test_enter_starts_the_standard_preset_as_it_is() -> None:
    app = host()
    async with shown(app) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: started(app))
        assert started(app) == [(("reference",), "standard", {}, None)]


async def test_only_what_differs_from_the_preset_is_asked_for() -> None:
    app = host()
    async with shown(app, BROAD) as pilot:
        await type_into(app, pilot, "set-n_hidden", "96")
        await type_into(app, pilot, "set-max_steps", "50")
        await type_into(app, pilot, "run-name", "mine")
        app.query_one("#set-model", SettingField).focus()
        await pilot.press("right", "ctrl+t")
        await until(pilot, lambda: started(app))
        assert started(app) == [(("reference",), "standard", {"n_hidden": 96, "max_steps": 50, "model": "gru"}, "mine")]
        for title in ("• Hidden units", "• Step limit", "• Model"):
            assert title in app.text()
        assert "• Layers" not in app.text()


async def test_the_outlook_follows_what_is_typed() -> None:
    app = host()
    async with shown(app, BROAD) as pilot:
        assert "3.4M parameters · 65 steps per epoch · 650 steps in all · validates every 47" in app.text()
        await type_into(app, pilot, "set-epochs", "2")
        await until(pilot, lambda: "130 steps in all" in app.text())
        await type_into(app, pilot, "set-batch_size", "60000")
        await until(pilot, lambda: "The text is short for 60000 lanes × 100 characters" in app.text())


async def test_help_and_bounds_stand_by_for_the_field_with_the_keys() -> None:
    app = host()
    async with shown(app) as pilot:
        app.query_one("#set-n_hidden", SettingField).focus()
        await until(
            pilot, lambda: "Units in each layer: more can learn more. From 1 to 8,192. standard: 512." in app.text()
        )
        await pilot.press("down")
        await until(pilot, lambda: "Recurrent layers, each reading the one below. From 1 to 16." in app.text())


async def test_a_value_out_of_bounds_is_named_where_it_is_and_nothing_starts() -> None:
    app = host()
    async with shown(app, BROAD) as pilot:
        await type_into(app, pilot, "set-n_hidden", "0")
        sentence = "! n_hidden must be a whole number from 1 to 8,192, not"
        await until(pilot, lambda: "! Hidden units" in app.text())
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.text().count(sentence) >= 2)
        assert not started(app)
        await type_into(app, pilot, "set-n_hidden", "512")
        await until(pilot, lambda: "! Hidden units" not in app.text())


async def test_a_preset_sets_every_field_anew() -> None:
    app = host()
    async with shown(app, BROAD) as pilot:
        await type_into(app, pilot, "set-n_hidden", "96")
        app.query_one("#preset", SettingField).focus()
        await pilot.press("left")
        await until(pilot, lambda: "notebook" in app.text())
        assert "• Hidden units" not in app.text()
        assert app.query_one("#set-lr Input", Input).value == "0.001"
        assert "the classic recipe" in app.text()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: started(app))
        assert started(app) == [(("reference",), "notebook", {}, None)]


async def test_a_text_too_short_to_hold_anything_out_is_refused_in_a_sentence() -> None:
    app = host(chosen(characters=9, distinct=4))
    async with shown(app, BROAD) as pilot:
        assert "! The text is too short (9 characters)" in app.text()
        await pilot.press("enter")
        await pilot.pause()
        assert not started(app)
        await type_into(app, pilot, "set-val_frac", "0")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: started(app))
        assert started(app)[0][2] == {"val_frac": 0.0}


async def test_arrows_walk_through_every_field_on_a_small_screen() -> None:
    app = host()
    async with shown(app, (40, 10)) as pilot:
        seen = set()
        for _ in range(len(TrainingConfig.model_fields) + 4):  # preset, name, model and button besides
            app.widget.action_step(1)
            await pilot.pause()
            assert app.focused is not None
            assert app.screen.region.contains_region(app.focused.region)
            seen.add(app.focused)
        assert len(seen) == len(TrainingConfig.model_fields) + 4
        await pilot.press("down", "up", "up", "up")
        assert app.focused is app.query_one("#set-precision", SettingField).control
        await pilot.press("down", "enter")
        assert isinstance(app.focused, Button)


async def test_escape_leaves_the_field_and_then_the_form() -> None:
    app = host()
    async with shown(app) as pilot:
        app.query_one("#set-n_hidden", SettingField).focus()
        await pilot.press("escape")
        assert isinstance(app.focused, Button)
        assert not app.heard(TrainingForm.Cancelled)
        await pilot.press("escape")
        await until(pilot, lambda: app.heard(TrainingForm.Cancelled))


async def test_on_the_button_left_and_right_choose_the_preset_as_the_help_there_says() -> None:
    app = host()
    async with shown(app) as pilot:
        preset = app.query_one("#preset Choice", Choice)
        app.query_one(TrainingForm).focus()
        await until(pilot, lambda: "What suits what: left and right" in app.text())
        first = preset.value
        await pilot.press("right")
        assert preset.value != first
        await until(pilot, lambda: f"{preset.value}:" in app.text())
        await pilot.press("left")
        assert preset.value == first


async def test_a_click_takes_the_next_choice() -> None:
    app = host()
    async with shown(app, BROAD) as pilot:
        await pilot.click("#set-model Choice", offset=(4, 0))
        await until(pilot, lambda: "‹ gru ›" in app.text())
        await pilot.click("#set-model Choice", offset=(0, 0))
        await until(pilot, lambda: "‹ lstm ›" in app.text())


async def test_hostile_names_and_values_show_harmlessly() -> None:
    app = host(chosen(name="[/ [bold]x[/bold] \x1b[2J\x9b"))
    async with shown(app, BROAD) as pilot:
        assert "New run on [/ [bold]x[/bold] ␛[2J⟨9b⟩" in app.text()
        app.query_one("#set-n_hidden Input", Input).value = "[/ \x1b[2J \x9b [bold]"
        await until(pilot, lambda: "! Hidden units" in app.text())
        app.query_one("#set-sample_prime Input", Input).value = "[/ \x1b[2J"
        await pilot.pause()
        assert not set("\x1b\x9b") & set(app.text())


# In the app


async def test_from_a_text_to_its_run_with_two_keys() -> None:
    services = FakeServices()
    app = TextgenApp(services.services)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: services.corpora.described)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Button))
        await pilot.press("enter")
        await until(pilot, lambda: services.runs.started)
        assert services.runs.started == [(("hello",), "standard", {"val_frac": 0.0}, None)]


async def test_a_run_that_cannot_start_says_why_on_the_form() -> None:
    services = FakeServices(runs=FakeRuns(error=RunError("There is a run 'mine' already; choose another name.")))
    app = TextgenApp(services.services)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: services.corpora.described)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Button))
        await pilot.press("enter")
        form = app.query_one(TrainingForm)
        await until(pilot, lambda: "There is a run 'mine' already" in form.complaint)
        assert app.query_one(TrainingForm).display


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 36)])
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = host()

    async def settle(pilot: Pilot[Any]) -> None:
        app.query_one("#set-n_hidden", SettingField).focus()
        await pilot.press("end", "backspace", "x", "down", "0")
        await until(pilot, lambda: app.focused and app.focused.parent is app.query_one("#set-n_layers"))

    assert snap_compare(app, terminal_size=size, run_before=settle)


async def test_nobody_has_to_stay_for_a_start_that_was_given_up_and_does_not_answer() -> None:
    app = host()
    async with shown(app) as pilot:
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.heard(TrainingForm.StartRequested))
        await pilot.press("escape")
        await until(pilot, lambda: "Giving it up" in app.text())
        assert not app.heard(TrainingForm.Cancelled)
        await pilot.press("escape")
        await until(pilot, lambda: app.heard(TrainingForm.Cancelled))


async def test_while_the_text_is_encoded_its_share_is_shown_and_escape_gives_the_run_up() -> None:
    """A run on a large text was once started without a sign of life, twice if its key was pressed twice."""
    fake = FakeServices()
    app = TextgenApp(fake.services)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "463,800" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "New run" in screen_text(app))
        assert "esc Back" in screen_text(app), "the form's way out is there,"
        assert "q Leave" in screen_text(app), "and the app's, though both actions have one name"
        fake.runs.gate.clear()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "43%  Esc gives it up" in screen_text(app))
        await pilot.press("ctrl+t", "escape")
        await until(pilot, lambda: "Not started; nothing was kept." in screen_text(app))
        assert fake.runs.started == []
        fake.runs.gate.set()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "◌ starting" in screen_text(app))
    assert len(fake.runs.started) == 1
