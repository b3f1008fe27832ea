"""A run that begins with a model: what it takes over, and what it says. No trainer is started."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.models.making import card_with, write_model
from tui_textgen.config import ModelConfig
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.models import library
from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder, run_folders
from tui_textgen.runs.summary import summarise
from tui_textgen.workers import launch
from tui_textgen.workers.launch import start_run

SHAPE = ModelConfig(model="gru", n_hidden=3, n_layers=2, residual=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(launch, "start_trainer", lambda *_args, **_named: 0)
    monkeypatch.setattr(library, "shipped", lambda kind: tmp_path / "shipped" / kind)
    (tmp_path / "text.txt").write_text("a cab\nbé a däb " * 40)
    home = Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")
    write_model(home.models / "mine.safetensors", card_with(shape=SHAPE))
    return home


def begun(home: Home, **values: Any) -> RunFolder:
    text = str(home.data.parent / "text.txt")
    return RunFolder(home.runs / start_run(home, [text], "standard", values, "heir", init_from="mine"))


def test_a_run_has_the_sizes_of_the_model_that_it_begins_with(home: Home) -> None:
    folder = begun(home, n_hidden="3", drop_prob="0.2")
    config = summarise(home, "heir").config
    assert {name: config[name] for name in ("model", "n_hidden", "n_layers", "residual", "drop_prob")} == {
        "model": "gru", "n_hidden": 3, "n_layers": 2, "residual": False, "drop_prob": 0.2,
    }  # fmt: skip
    assert folder.start.read_bytes() == (home.models / "mine.safetensors").read_bytes()


def test_a_text_may_take_long_to_be_encoded(home: Home) -> None:
    """After ten minutes the model was swept away as something that a killed process had left."""

    def hours(_share: float) -> None:
        for place in home.runs.glob(".new-*"):
            os.utime(place, (time.time() - 10_000,) * 2)

    text = str(home.data.parent / "text.txt")
    name = start_run(home, [text], "standard", {}, init_from="mine", progress=hours)
    assert RunFolder(home.runs / name).start.exists()


def test_new_and_lost_characters_are_named(home: Home) -> None:
    begun(home)
    origin = summarise(home, "heir").begun_from
    assert origin is not None
    assert (origin["model"], origin["step"]) == ("mine", 120)
    assert origin["notes"] == [
        "New to the model, and begun by chance: ‘d’, ‘ä’.",
        "Known to the model, not in the text, and left out: ‘源’.",
    ]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"n_hidden": "512"}, "n_hidden: the model 'mine' has 3"),
        ({"model": "lstm"}, "has gru"),
        ({"residual": "yes"}, "has no, .*leave --residual out"),
    ],
)
def test_a_setting_that_contradicts_the_model_is_refused(home: Home, values: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        begun(home, **values)
    assert list(home.runs.iterdir()) == []


def test_a_model_that_is_none_is_refused_before_there_is_a_run(home: Home) -> None:
    (home.models / "mine.safetensors").write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match=r"mine\.safetensors"):
        begun(home)
    assert run_folders(home) == []
