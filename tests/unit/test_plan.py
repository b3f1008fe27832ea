from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.config import ModelConfig, TrainingConfig, training_config
from tui_textgen.errors import CorpusError, SettingsError
from tui_textgen.plan import Grid, check_ranks, count_parameters, plan_run, share_of_rank, validation_grid


def config(**values: Any) -> TrainingConfig:
    return TrainingConfig(**values)


def test_the_notebook_recipe_on_its_text() -> None:
    """Anna Karenina: 1,985,223 characters, 83 distinct; the published figures of the recipe."""
    recipe = config(n_hidden=512, n_layers=2, batch_size=128, seq_length=100, epochs=30)
    plan = plan_run(recipe, 1_985_223, 83)
    assert (plan.train_characters, plan.val_characters) == (1_786_700, 198_523)
    assert (plan.train.windows, plan.steps) == (139, 4170)
    assert plan.validation
    assert (plan.validation.lanes, plan.validation.windows, plan.validation.seq_length) == (128, 15, 100)
    assert count_parameters(recipe.shape, 83) == 3_366_483
    assert plan.notes == ()


def test_the_worked_example_fits_one_lane() -> None:
    plan = plan_run(config(val_frac=0, epochs=10), 5, 4)
    assert (plan.train.lanes, plan.train.seq_length, plan.train.windows) == (1, 4, 1)
    assert (plan.validation, plan.val_characters, plan.steps) == (None, 0, 10)
    assert plan.notes == ("The text is short for 64 lanes × 100 characters: training with 1 × 4.",)


@given(st.integers(2, 10**6), st.integers(1, 300), st.integers(1, 300))
def test_a_grid_fits_its_text_with_a_successor_for_every_character(characters: int, lanes: int, length: int) -> None:
    grid = Grid.over(characters, lanes, length)
    assert 1 <= grid.lanes <= lanes
    assert 1 <= grid.seq_length <= length
    assert grid.windows >= 1
    assert grid.characters + 1 <= characters
    # one more window in each lane would not fit
    assert grid.lanes * (grid.windows + 1) * grid.seq_length + 1 > characters


@given(st.integers(0, 5000), st.sampled_from([0.0, 0.05, 0.1, 0.5, 0.9]), st.integers(1, 200), st.integers(1, 200))
def test_any_text_is_planned_or_refused_with_a_sentence(characters: int, share: float, lanes: int, length: int) -> None:
    try:
        plan = plan_run(config(val_frac=share, batch_size=lanes, seq_length=length), characters, min(10, characters))
    except CorpusError as error:
        assert characters < 40
        assert str(error).endswith((".", "--val-frac 0."))  # noqa: PT017 (either outcome is right)
        return
    assert plan.train_characters + plan.val_characters == characters
    assert (plan.validation is None) == (share == 0)
    assert plan.steps >= 1
    assert plan.val_every >= 1


@pytest.mark.parametrize(
    ("characters", "distinct", "values", "remedy"),
    [(0, 0, {}, "empty"), (100, 1, {}, "at least 2"), (5, 4, {}, "--val-frac 0"), (3, 2, {"val_frac": 0.9}, "longer")],
)
def test_a_text_that_cannot_be_learned_from_is_a_sentence(
    characters: int, distinct: int, values: dict[str, Any], remedy: str
) -> None:
    with pytest.raises(CorpusError, match=remedy):
        plan_run(config(**values), characters, distinct)


def test_a_step_limit_ends_earlier_and_never_later() -> None:
    assert plan_run(config(max_steps=7), 100_000, 50).steps == 7
    assert (
        plan_run(config(max_steps=10**9, epochs=1), 100_000, 50).steps == plan_run(config(epochs=1), 100_000, 50).steps
    )


def test_a_short_text_is_read_more_often_unless_asked_otherwise() -> None:
    assert plan_run(config(), 1_985_223, 83).epochs == 5
    short = plan_run(config(), 100_000, 50)
    assert short.epochs > 5
    assert 600 <= short.steps < 600 + short.steps_per_epoch
    assert plan_run(config(epochs=3), 100_000, 50).epochs == 3


def test_a_texts_validation_is_the_same_however_it_is_trained() -> None:
    plans = [
        plan_run(config(batch_size=lanes, seq_length=window), 1_985_223, 83) for lanes, window in ((8, 30), (256, 50))
    ]
    assert plans[0].validation == plans[1].validation


@given(st.integers(2, 10**6))
def test_lanes_that_validate_are_long_or_there_is_one(characters: int) -> None:
    grid = validation_grid(characters)
    assert grid.lanes == 1 or grid.lane_length >= 1400
    assert grid.lanes <= 128
    assert grid.characters > 0.9 * (characters - 1) or characters < 1000


def test_validating_costs_about_a_twentieth_unless_asked_otherwise() -> None:
    plan = plan_run(config(), 1_985_223, 83)
    assert plan.validation
    validating = plan.validation.characters / 3
    learning = plan.val_every * plan.train.lanes * plan.train.seq_length
    assert validating / learning == pytest.approx(0.05, rel=0.1)
    assert plan_run(config(val_every=3), 1_985_223, 83).val_every == 3


@pytest.mark.parametrize(("model", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
def test_parameters_are_counted_as_the_layers_have_them(model: Any, gates: int) -> None:
    shape = ModelConfig(model=model, n_hidden=8, n_layers=2, drop_prob=0)
    first, second = gates * (8 * 5 + 8 * 8 + 8 + 8), gates * (8 * 8 + 8 * 8 + 8 + 8)
    assert count_parameters(shape, 5) == first + second + 5 * 8 + 5


@given(st.integers(0, 300), st.integers(1, 20))
def test_ranks_share_all_lanes_evenly_and_in_order(lanes: int, ranks: int) -> None:
    shares = [list(range(lanes))[share_of_rank(lanes, ranks, rank)] for rank in range(ranks)]
    assert [lane for share in shares for lane in share] == list(range(lanes))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("device", ["mps", "cuda:1"])
def test_a_device_for_all_ranks_is_a_sentence(device: str) -> None:
    plan = plan_run(config(), 100_000, 50)
    check_ranks(config(device=device), plan, 1)
    with pytest.raises(SettingsError, match=r"device: .* choose auto"):
        check_ranks(config(device=device), plan, 2)


def test_more_ranks_than_lanes_are_a_sentence() -> None:
    plan = plan_run(config(batch_size=3), 100_000, 50)
    check_ranks(config(), plan, 3)
    for ranks in (0, 4):
        with pytest.raises(SettingsError, match=r"nproc: the run has 3 lanes, .* ask for 1 to 3"):
            check_ranks(config(), plan, ranks)
    with pytest.raises(SettingsError, match="the run has 1 lane, which 2 processes cannot share; ask for 1, or"):
        check_ranks(config(), plan_run(config(batch_size=1), 100_000, 50), 2)


def test_very_many_characters_are_worth_a_word_with_what_to_do() -> None:
    (note,) = plan_run(training_config("standard", {}), 10_000_000, 180_000).notes
    assert "180,000 distinct characters" in note
    for remedy in ({"min_count": 10}, {"unit": "byte"}):
        assert plan_run(training_config("standard", remedy), 10_000_000, 180_000).notes == ()
