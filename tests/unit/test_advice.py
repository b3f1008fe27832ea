"""Which network suits a text, and what its training would take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.fakes import summary
from tui_textgen.advice import MEASURED_SPEED, advise
from tui_textgen.config import training_config
from tui_textgen.errors import CorpusError
from tui_textgen.runs.snapshot import RunSummary

ANNA = (1_985_223, 83)


def run(name: str = "levin", speed: float | None = 10_000.0, device: str = "cpu", **changes: Any) -> RunSummary:
    config = training_config("standard", changes).model_dump()
    return replace(summary(name), config=config, chars_per_second=speed, device=device)


@settings(max_examples=50)
@given(st.integers(25, 10**10), st.integers(2, 5000), st.booleans(), st.floats(0, 1))
def test_what_is_advised_can_be_trained(characters: int, distinct: int, gpu: bool, repeated: float) -> None:
    advice = advise(characters, distinct, {}, [], gpu, repeated)
    config = training_config("standard", advice.values)
    assert 0 <= config.drop_prob <= 0.5
    assert (advice.seconds is None) is gpu
    assert gpu or (advice.seconds or 0) > 0
    assert config.n_hidden <= (1024 if gpu else 512)


def test_longer_texts_get_larger_networks_and_less_dropout_for_the_same_one() -> None:
    sizes = [advise(10**power, 80, {}, [], gpu=True) for power in range(3, 10)]
    parameters = [advice.parameters for advice in sizes]
    assert parameters == sorted(parameters)
    assert len(set(parameters)) == 4
    drops = [advise(10**power, 80, {}, [], gpu=False).values["drop_prob"] for power in range(6, 10)]
    assert drops == sorted(drops, reverse=True)
    assert drops[0] > drops[-1]


def test_the_sizes_that_were_measured_say_so_and_the_others_do_not() -> None:
    anna, shakespeare = advise(*ANNA, {}, [], gpu=False), advise(1_115_394, 65, {}, [], gpu=False)
    assert anna.values == {"n_hidden": 512, "n_layers": 2, "drop_prob": 0.4}
    assert shakespeare.values == {"n_hidden": 512, "n_layers": 2, "drop_prob": 0.5}
    for advice in (anna, shakespeare):
        assert any(reason.startswith("Measured:") for reason in advice.reasons)
    short = advise(100_000, 80, {}, [], gpu=False)
    assert any("rule of thumb, not measured" in reason for reason in short.reasons)


def test_a_run_of_settings_that_are_none_tells_nothing() -> None:
    """One run of another version, or damaged, kept every text from being advised on."""
    for config in ({}, {"model": "transformer"}, {"n_hidden": 99_999}):
        odd = replace(run(), config=config)
        assert advise(*ANNA, {}, [odd], gpu=False) == advise(*ANNA, {}, [], gpu=False)


def test_a_run_of_a_few_characters_tells_nothing_of_a_longer_text() -> None:
    """By a run of the worked example, with 4 characters a step, a minute's training was to take an hour."""
    hello = replace(run("hello", speed=142.0, n_hidden=64, n_layers=1), step=200, seconds=40.0)
    long, short = (advise(characters, 60, {}, [hello], gpu=False) for characters in (10_000, 30))
    assert (long.measured_by, short.measured_by) == (None, "hello")


def test_a_run_of_the_same_size_tells_the_time() -> None:
    advice = advise(*ANNA, {}, [run(speed=20_000.0)], gpu=False)
    assert advice.measured_by == "levin"
    assert advice.seconds == pytest.approx(5 * 1_786_700 / 20_000 * 1.05, rel=0.01)
    assert advice.time == "about 8 min"
    assert "the run levin made here" in advice.reasons[-1]
    assert "scaled to this size" not in advice.reasons[-1]


def test_the_nearest_size_goes_first_and_is_scaled_by_its_arithmetic() -> None:
    runs = [run("large", 3_000.0, n_hidden=768), run("slow", 1_000.0, n_hidden=4096), run("same", 10_000.0)]
    assert advise(*ANNA, {}, runs, gpu=False).measured_by == "same"
    scaled = advise(*ANNA, {}, runs[:1], gpu=False)
    assert scaled.measured_by == "large"
    assert "scaled to this size" in scaled.reasons[-1]
    same = advise(*ANNA, {}, [run(speed=3_000.0)], gpu=False)
    assert scaled.seconds is not None
    assert same.seconds is not None
    assert 0.4 < scaled.seconds / same.seconds < 0.5  # (512 / 768)²


def test_without_a_run_to_tell_the_time_it_is_an_estimate_or_unknown() -> None:
    elsewhere = [run("far", n_hidden=16), run("gpu", device="cuda:0"), run("young", speed=None)]
    estimate = advise(*ANNA, {}, elsewhere, gpu=False)
    assert estimate.measured_by is None
    assert estimate.seconds == pytest.approx(5 * 1_786_700 / MEASURED_SPEED * 1.05, rel=0.01)
    assert "an estimate" in estimate.reasons[-1]
    assert advise(*ANNA, {}, [run()], gpu=True).seconds is None
    large = advise(10**8, 83, {}, elsewhere, gpu=True)  # takes seven times the arithmetic of the run on a GPU
    assert (large.measured_by, large.values["n_hidden"]) == (None, 1024)


def test_what_a_text_brings_along_goes_first() -> None:
    advice = advise(5, 4, {"val_frac": 0.0, "epochs": 200, "n_hidden": 64}, [], gpu=False)
    assert advice.values["epochs"] == 200
    assert advice.values["val_frac"] == 0.0
    assert "val_frac 0, epochs 200, n_hidden 64" in advice.reasons[0]
    assert advice.settings == "n_hidden 64 · n_layers 1 · drop_prob 0 · val_frac 0 · epochs 200"
    assert advice.time == "less than a minute"


def test_what_repeats_does_not_count() -> None:
    assert advise(*ANNA, {}, [], gpu=False, repeated=0.9).parameters < advise(*ANNA, {}, [], gpu=False).parameters
    assert any("90%" in reason for reason in advise(*ANNA, {}, [], gpu=False, repeated=0.9).reasons)


def test_a_text_that_cannot_be_trained_on_is_refused() -> None:
    with pytest.raises(CorpusError, match="too short"):
        advise(5, 4, {}, [], gpu=False)
