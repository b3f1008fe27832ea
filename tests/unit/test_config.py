from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.config import (
    DEFAULT_PRESET,
    PRESET_HELP,
    PRESETS,
    ModelConfig,
    SamplingConfig,
    TrainingConfig,
    as_typed,
    bounds,
    build,
    training_config,
)
from tui_textgen.errors import SettingsError

KINDS = (ModelConfig, TrainingConfig, SamplingConfig)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_within_bounds_and_told_about(preset: str) -> None:
    assert isinstance(training_config(preset, {}), TrainingConfig)
    assert PRESET_HELP[preset]


def test_the_default_preset_is_the_defaults() -> None:
    assert training_config(DEFAULT_PRESET, {}) == build(TrainingConfig, {})


def test_values_lie_over_the_preset() -> None:
    config = training_config("notebook", {"epochs": 3})
    assert (config.epochs, config.batch_size, config.optimizer) == (3, 128, "adam")


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(SettingsError, match="quick, notebook, standard, large"):
        training_config("tiny", {})


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_says_what_it_is_in_one_sentence(kind: Any) -> None:
    for name, field in kind.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.description.endswith("."), name
        assert "\n" not in field.description
        assert bounds(field), name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"n_hidden": 0}, "n_hidden must be a whole number from 1 to 8,192, not 0."),
     ({"drop_prob": 1}, "drop_prob must be a number from 0, below 1, not 1."),
     ({"model": "transformer"}, "model must be one of lstm, gru, rnn, not 'transformer'."),
     ({"lr": "fast"}, "lr must be a number above 0, up to 10, not 'fast'."),
     ({"lr": float("nan")}, "lr must be"), ({"lr": float("inf")}, "lr must be"),
     ({"max_steps": 0}, "max_steps must be a whole number from 1 to 1,000,000,000,000, not 0."),
     ({"sample_prime": "x" * 10_001}, "sample_prime has up to 10,000 characters, not 10,001."),
     ({"sample_prime": "\udcff"}, "sample_prime is no text: '\\udcff' holds"),
     ({"device": "tpu"}, "device: Where to train: auto, cpu, mps, cuda, or cuda:N for one GPU of several. Not 'tpu'."),
     ({"hidden": 3}, "There is no setting 'hidden'.")],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_bounds(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        training_config("standard", values)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_fits_into_a_runs_record(kind: Any) -> None:
    """``--val-every`` of 23 digits made a run whose record could not be read any more."""
    for name, field in kind.model_fields.items():
        if "int" in str(field.annotation) or "float" in str(field.annotation):
            most = [getattr(rule, "le", getattr(rule, "lt", None)) for rule in field.metadata]
            assert any(limit is not None and limit < 2**63 for limit in most), name


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        build(SamplingConfig, {"temperature": -1, "top_p": 0, "length": 0})
    assert all(name in str(caught.value) for name in ("temperature", "top_p", "length"))


@pytest.mark.parametrize("device", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:15"])
def test_devices(device: str) -> None:
    assert training_config("quick", {"device": device}).device == device


@given(st.text(max_size=50), st.floats(0, 0.99), st.none() | st.integers(1, 10**9))
def test_settings_survive_json(prime: str, share: float, limit: int | None) -> None:
    values = {"sample_prime": prime, "drop_prob": share, "max_steps": limit}
    config = build(TrainingConfig, values)
    assert build(TrainingConfig, json.loads(json.dumps(config.model_dump(mode="json")))) == config


@given(st.floats(0, 10))
def test_a_number_as_typed_is_that_number(value: float) -> None:
    """Of more than twelve digits it was another one, and a form that was left as it stood changed it."""
    assert float(as_typed(value)) == value


def test_numbers_are_typed_in_short() -> None:
    assert [as_typed(value) for value in (5.0, 0.006, 1e-05, 0.1 + 0.2)] == ["5", "0.006", "1e-05", repr(0.1 + 0.2)]


def test_settings_cannot_be_changed() -> None:
    config: Any = build(TrainingConfig, {})
    with pytest.raises(ValueError, match="frozen"):
        config.lr = 1.0


def test_the_network_is_a_part_of_the_settings() -> None:
    values = {"n_hidden": 32, "drop_prob": 0.0}
    assert build(TrainingConfig, values).shape == build(ModelConfig, values)
