"""The benchmarks' own arithmetic, and that the baseline learns and writes as the notebook does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.long_runs import fill
from benchmarks.notebook import KINDS, Notebook, NotebookRNN, batches, one_hot, write
from benchmarks.report import Baseline, Case, Result, as_json, as_text, number, ratios
from benchmarks.rounds import alternate, in_child
from benchmarks.training_throughput import flops_per_character
from tui_textgen.config import ModelConfig
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.watch import RunWatch

CASE = Case("writing", "characters/s", (10.0, 30.0, 20.0), (Baseline("notebook", (5.0, 10.0, 10.0)),))


def test_a_ratio_compares_what_was_measured_in_one_round() -> None:
    assert ratios(CASE, CASE.baselines[0]) == (2.0, 3.0, 2.0)


def test_a_table_shows_medians_with_their_spread() -> None:
    text = as_text([Result("generation", (CASE,), seconds=3, others=0.1)], quick=False)
    row = next(line for line in text.splitlines() if "writing" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2:] == ["20.0 (10.0–30.0)", "notebook", "10.0 (5.00–10.0)", "2.00 (2.00–3.00)"]


def test_json_holds_every_round_and_what_is_missing() -> None:
    missing = Result("gpu", (), seconds=0, others=0.1, unavailable="no CUDA device here")
    found = json.loads(as_json([Result("generation", (CASE,), seconds=3, others=0.1), missing], quick=True))
    first, second = found["benchmarks"]
    assert first["cases"][0]["ours"] == [10, 30, 20]
    assert first["cases"][0]["baselines"][0]["ratio"] == 2
    assert second["unavailable"] == "no CUDA device here"
    assert found["machine"]["torch"] == torch.__version__


@pytest.mark.parametrize(
    ("value", "shown"), [(31234.5, "31,200"), (0.04567, "0.0457"), (2.7, "2.70"), (999.9, "1,000"), (0, "0")]
)
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_filled_run_has_its_steps_and_its_samples(tmp_path: Path) -> None:
    fill(str(tmp_path / "long"), steps=100, samples=5)
    with closing(RunWatch(RunFolder(tmp_path / "long"))) as watch:
        snapshot = watch.poll()
        assert (snapshot.summary.step, snapshot.samples) == (100, 5)
        assert [watch.sample(index).step for index in range(5)] == [0, 20, 40, 60, 80]


def test_every_contestant_has_its_turn_in_each_round() -> None:
    turns: list[str] = []

    def turn(name: str) -> dict[str, float]:
        turns.append(name)
        return {"turn": len(turns)}

    found = alternate("turns", 2, {"a": lambda: turn("a"), "b": lambda: turn("b")})
    assert turns == ["a", "b", "b", "a"]
    assert [reading["turn"] for reading in found["a"]] == [1, 4]


def test_the_arithmetic_of_a_character_counts_each_weight_of_a_product_six_times() -> None:
    """One GRU layer of 2 units over 3 characters: 3 gates × 2 × 2 recurrent weights and 2 × 3 of the output."""
    shape = ModelConfig(model="gru", n_hidden=2, n_layers=1)
    assert flops_per_character(shape, 3) == 6 * (12 + 6)
    assert flops_per_character(shape.model_copy(update={"n_layers": 2}), 3) == 6 * (12 + 24 + 6)


def test_the_notebooks_lanes_run_on_and_its_last_column_wraps() -> None:
    (inputs, targets), (later, wrapped) = batches(np.arange(14), lanes=2, seq_length=3)
    assert inputs.tolist() == [[0, 1, 2], [6, 7, 8]]
    assert targets.tolist() == [[1, 2, 3], [7, 8, 9]]
    assert later.tolist() == [[3, 4, 5], [9, 10, 11]]
    assert wrapped.tolist() == [[4, 5, 0], [10, 11, 6]]


def test_one_hot_is_one_at_the_id() -> None:
    assert one_hot(np.array([[2, 0]]), 3).tolist() == [[[0, 0, 1], [1, 0, 0]]]


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Tests run beside each other, and these networks are too small to share."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("kind", KINDS)
def test_the_baseline_learns(kind: str) -> None:
    ids = np.tile(np.arange(4), 200)
    training = Notebook(ids, 4, kind, lanes=4, seq_length=10, device="cpu")
    before = training.validate()
    after = [training.validate() for _ in islice(training.steps(), 24)]
    assert min(after) < before - 0.3


def test_the_baseline_writes_ids_of_its_vocabulary() -> None:
    assert set(islice(write(NotebookRNN(7), [1, 2]), 20)) <= set(range(7))


def test_a_child_answers_with_its_readings() -> None:
    assert in_child("ceiling", "matrix_rate", precision="fp32", seconds=0.0)["gflops"] > 0
