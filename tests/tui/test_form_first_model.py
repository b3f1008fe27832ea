"""A new run that begins with a model: chosen in the form, shown there with its sizes, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import CARD, MODELS, FakeCards, FakeRuns, FakeServices
from tests.tui.host import Host, shown, until
from tests.tui.test_form import BROAD, chosen, type_into
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.models.library import ModelEntry
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.first_model import FirstModel, name_to_ask_for
from tui_textgen.tui.run_settings import RunSettings
from tui_textgen.tui.screens.model_picker import ModelPicker
from tui_textgen.tui.widgets.first_model_field import FirstModelField
from tui_textgen.tui.widgets.setting_field import SettingField
from tui_textgen.tui.widgets.training_form import TrainingForm

GRU = FirstModel("levin", "levin (run)", CARD)
ITS = {"model": "gru", "n_hidden": 96, "n_layers": 3, "residual": False, "unit": "char"}
DAMAGED = "The model file levin/best.safetensors is damaged or not a safetensors file (empty); get it anew."


def host(services: FakeServices) -> Host[TrainingForm]:
    return Host(TrainingForm(chosen(), services.services), focus=lambda form: form.focus())


def field(app: App[None]) -> FirstModelField:
    return app.query_one(FirstModelField)


async def pick(app: App[None], pilot: Pilot[None], *keys: str) -> None:
    """Open the list of models from the form, and press ``keys`` in it."""
    field(app).focus()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ModelPicker))
    await pilot.press(*keys)
    await until(pilot, lambda: not isinstance(app.screen, ModelPicker) and not field(app).choosing)


def asked(app: Host[TrainingForm]) -> TrainingForm.StartRequested:
    (request,) = app.heard(TrainingForm.StartRequested)
    return request


# Without a screen


def test_the_models_settings_lie_over_what_is_typed_and_over_every_preset() -> None:
    settings = RunSettings(chosen())
    settings.typed.texts |= {"n_hidden": "none", "n_layers": "1", "lr": "0.001"}
    settings.first = GRU
    assert settings.error("n_hidden") is None
    assert settings.values() == {**ITS, "lr": 0.001}
    settings.choose("quick")
    assert settings.values() == ITS


def test_what_is_told_of_the_run_is_told_of_the_models_sizes() -> None:
    settings = RunSettings(chosen())
    settings.first = GRU
    own = RunSettings(chosen())
    own.typed.texts |= {"model": "gru", "n_hidden": "96", "n_layers": "3", "residual": "no"}
    assert settings.outlook() == own.outlook()


def test_a_model_taken_back_leaves_what_was_typed() -> None:
    settings = RunSettings(chosen())
    settings.typed.texts["n_hidden"] = "128"
    settings.first = GRU
    settings.first = None
    assert settings.values() == {"n_hidden": 128}


def test_a_setting_that_the_model_rules_out_is_a_sentence() -> None:
    settings = RunSettings(chosen())
    settings.typed.texts["min_count"] = "5"
    settings.first = replace(GRU, card=replace(CARD, unit="byte"))
    with pytest.raises(SettingsError, match="min_count is for characters"):
        settings.values()


def test_a_listed_model_is_asked_for_by_its_name_and_another_as_it_was_typed() -> None:
    latest = replace(MODELS[0], path=Path("/runs/levin/latest.safetensors"), source="run, latest")
    entries: list[ModelEntry] = [*MODELS, latest]
    assert name_to_ask_for(MODELS[0].path, entries) == "levin"
    assert name_to_ask_for(latest.path, entries) == "/runs/levin/latest.safetensors"
    assert name_to_ask_for(Path("mine.safetensors"), entries) == "mine.safetensors"


# On the screen


async def test_a_chosen_model_is_shown_with_its_sizes_and_asked_for() -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app, BROAD) as pilot:
        assert "Begin with        ‹ a new network ›" in app.text()
        await pick(app, pilot, *"levin", "enter")
        assert services.cards.asked == ["levin"]
        assert "‹ levin (run) · on anna-karenina · GRU 3×96 · step 840 · 1.467 nats ›" in app.text()
        shown_as = {"Model": "gru", "Hidden units": "96", "Layers": "3", "Residual": "no", "Unit": "char"}
        for title, its in shown_as.items():
            assert f"{title:18}{its} · model's" in app.text()
        assert "177k parameters" in app.text()
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.heard(TrainingForm.StartRequested))
        assert (asked(app).init_from, asked(app).values) == ("levin", ITS)


async def test_a_choice_taken_back_gives_the_fields_back_as_they_were() -> None:
    app = host(FakeServices())
    async with shown(app, BROAD) as pilot:
        await type_into(app, pilot, "set-n_hidden", "64")
        await pick(app, pilot, "enter")
        assert "96 · model's" in app.text()
        await pilot.press("backspace")
        await until(pilot, lambda: "‹ a new network ›" in app.text())
        assert "model's" not in app.text()
        assert app.query_one("#set-n_hidden Input", Input).value == "64"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.heard(TrainingForm.StartRequested))
        assert (asked(app).init_from, asked(app).values) == (None, {"n_hidden": 64})


async def test_another_preset_leaves_the_model_and_its_sizes() -> None:
    app = host(FakeServices())
    async with shown(app, BROAD) as pilot:
        await pick(app, pilot, "enter")
        app.query_one("#preset", SettingField).focus()
        await pilot.press("right")
        await until(pilot, lambda: "‹ large ›" in app.text())
        assert "96 · model's" in app.text()
        assert "‹ levin (run)" in app.text()
        field(app).focus()
        await pilot.press("delete")
        await until(pilot, lambda: "model's" not in app.text())
        assert app.query_one("#set-n_hidden Input", Input).value == "1024"


async def test_arrows_pass_over_what_is_the_models() -> None:
    app = host(FakeServices())
    async with shown(app, BROAD) as pilot:
        await pick(app, pilot, "enter")
        await pilot.press("down")
        assert app.focused is app.query_one("#set-drop_prob", SettingField).control
        await pilot.press("up")
        assert app.focused is field(app).control


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 10)])
async def test_a_model_that_cannot_be_read_says_why_and_nothing_is_lost(size: tuple[int, int]) -> None:
    services = FakeServices()
    app = host(services)
    async with shown(app, size) as pilot:
        await type_into(app, pilot, "set-lr", "0.001")
        await pick(app, pilot, *"levin", "enter")
        services.cards.error = ModelFileError(DAMAGED)
        await pick(app, pilot, *"hello", "enter")
        await until(pilot, lambda: "! The model file" in app.text())
        assert field(app).model == GRU, "the model before is still the one"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.heard(TrainingForm.StartRequested))
        assert (asked(app).init_from, asked(app).values) == ("levin", {**ITS, "lr": 0.001})


async def test_escape_in_the_list_leaves_everything_as_it_is() -> None:
    app = host(FakeServices())
    async with shown(app) as pilot:
        await pick(app, pilot, "escape")
        assert "‹ a new network ›" in app.text()
        await pick(app, pilot, "enter")
        await pick(app, pilot, "escape")
        assert "‹ levin (run)" in app.text()


async def test_nothing_starts_before_the_chosen_model_is_read() -> None:
    services = FakeServices()
    services.cards.gate.clear()
    app = host(services)
    async with shown(app) as pilot:
        field(app).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        await pilot.press("enter")
        await until(pilot, lambda: services.cards.asked)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "The model is still being read." in app.widget.complaint)
        services.cards.gate.set()
        await until(pilot, lambda: field(app).model)
        assert app.widget.complaint == ""
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.heard(TrainingForm.StartRequested))
        assert asked(app).init_from == "levin"


async def test_hostile_models_show_harmlessly() -> None:
    evil = "[/ [bold]x[/bold] \x1b[2J\x9b"
    services = FakeServices(
        models=[replace(MODELS[0], name=evil)], cards=FakeCards(replace(CARD, corpus="\x1b[31mred [/"))
    )
    app = host(services)
    async with shown(app, BROAD) as pilot:
        await pick(app, pilot, "enter")
        assert "[/ [bold]x[/bold] ␛[2J⟨9b⟩ (run) · on ␛[31mred [/" in app.text()
        services.cards.error = ModelFileError(f"The model file {evil} is damaged.")
        await pick(app, pilot, "enter")
        await until(pilot, lambda: "! The model file" in app.text())
        assert not set("\x1b\x9b") & set(app.text())


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = host(FakeServices())

    async def settle(pilot: Pilot[Any]) -> None:
        await pick(app, pilot, "enter")

    assert snap_compare(app, terminal_size=size, run_before=settle)


# In the app


@asynccontextmanager
async def form_in_app(services: FakeServices) -> AsyncIterator[tuple[TextgenApp, Pilot[None]]]:
    """The app with the form of a new run open."""
    app = TextgenApp(services.services)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: services.corpora.described)
        await pilot.press("enter")
        await until(pilot, lambda: app.query(FirstModelField))
        yield app, pilot


async def test_from_a_text_and_a_model_to_their_run() -> None:
    services = FakeServices()
    async with form_in_app(services) as (app, pilot):
        await pick(app, pilot, "enter")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: services.runs.started)
    assert services.runs.begun_from == ["levin"]
    assert services.runs.started == [(("hello",), "standard", {**ITS, "val_frac": 0.0}, None)]


async def test_a_model_that_is_refused_at_the_start_says_why_and_stays_chosen() -> None:
    sentence = "n_hidden: the model 'levin' has 128, which a run that begins with it keeps; begin without --init-from."
    services = FakeServices(runs=FakeRuns(error=SettingsError(sentence)))
    async with form_in_app(services) as (app, pilot):
        await pick(app, pilot, "enter")
        await pilot.press("ctrl+t")
        form = app.query_one(TrainingForm)
        await until(pilot, lambda: sentence in form.complaint)
        assert field(app).model == GRU


async def test_a_form_that_closes_under_the_list_of_models_takes_nothing_along() -> None:
    """Another run, asked for before, may be launched while somebody looks at the list."""
    services = FakeServices()
    async with form_in_app(services) as (app, pilot):
        field(app).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        await app.query_one(TrainingForm).remove()
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, ModelPicker))
    assert services.cards.asked == []
