"""A run that begins with a model, as the app asks for it on a real disk; no trainer is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.models.making import CARD, write_model
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.paths import Home
from tui_textgen.runs.folder import run_folders
from tui_textgen.runs.summary import summarise
from tui_textgen.tui.live import live_services
from tui_textgen.tui.services import Services
from tui_textgen.workers import launch
from tui_textgen.workers.inheriting import settings_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(launch, "start_trainer", lambda *_args, **_named: 0)
    home = Home(tmp_path, tmp_path / "cache", tmp_path / "config")
    write_model(home.models / "mine.safetensors")
    home.corpora.mkdir()
    (home.corpora / "small.txt").write_text("a cab\nbé a däb " * 40)
    return home


@pytest.fixture
def services(home: Home) -> Iterator[Services]:
    with live_services(home) as services:
        yield services


def not_read(share: float) -> None:
    raise AssertionError("The text was read for a run that cannot be.")


def test_a_run_begins_with_the_model_whose_card_was_read(services: Services, home: Home) -> None:
    card = services.model_card("mine")
    assert card == services.model_card(str(home.models / "mine.safetensors"))
    values = settings_of(card)
    assert services.runs.start(("small",), "quick", values, "heir", lambda _share: None, "mine") == "heir"
    run = summarise(home, "heir")
    assert run.begun_from is not None
    assert (run.begun_from["model"], run.begun_from["step"]) == ("mine", CARD.step)
    assert {name: run.config[name] for name in values} == values


def test_a_model_that_is_another_by_now_or_none_is_refused_before_the_text_is_read(
    services: Services, home: Home
) -> None:
    values = settings_of(services.model_card("mine"))
    with pytest.raises(SettingsError, match="n_hidden: the model 'mine' has 3, which a run that begins with it keeps"):
        services.runs.start(("small",), "quick", {**values, "n_hidden": 4}, None, not_read, "mine")
    (home.models / "mine.safetensors").write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match=r"mine\.safetensors"):
        services.model_card("mine")
    with pytest.raises(ModelFileError, match=r"mine\.safetensors"):
        services.runs.start(("small",), "quick", values, None, not_read, "mine")
    with pytest.raises(ModelFileError, match="There is no model 'none'"):
        services.model_card("none")
    assert run_folders(home) == []
