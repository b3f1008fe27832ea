"""What a training takes, about, and what is told where it does not fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tui_textgen.config import ModelConfig
from tui_textgen.memory import Workload, out_of_memory, too_large
from tui_textgen.plan import count_parameters

LARGE = Workload(ModelConfig(n_hidden=1024, n_layers=3), 80, "fp16", lanes=128, seq_length=400)
GIB = 2**30


def suggested(sentence: str) -> dict[str, int]:
    return {option: int(size) for option, size in re.findall(r"--(batch-size|seq-length) (\d+)", sentence)}


def test_parameters_and_characters_both_count() -> None:
    """An LSTM of 4 units over 3 characters, one lane, one character, fp32, no dropout."""
    shape = ModelConfig(n_hidden=4, n_layers=1, drop_prob=0)
    tiny = Workload(shape, 3, "fp32", 1, 1)
    assert tiny.bytes == count_parameters(shape, 3) * (16 + 8) + (12 * 4 * 4 + 3 * (12 + 12))
    assert replace(tiny, lanes=5, seq_length=2).bytes - tiny.bytes == 9 * (12 * 4 * 4 + 3 * (12 + 12))


def test_masks_count_for_each_character_or_once_for_a_window() -> None:
    """2 layers of 4 units, 3 lanes of 10 characters: what a mask left is there for each character either way."""
    plain = Workload(ModelConfig(n_hidden=4, n_layers=2, drop_prob=0), 3, "fp32", 3, 10)
    dropped = replace(plain, shape=ModelConfig(n_hidden=4, n_layers=2, drop_prob=0.5))
    units = 2 * 4 * 4
    assert dropped.bytes - plain.bytes == (30 + 30) * units
    assert replace(dropped, drop_span="window").bytes - plain.bytes == (30 + 3) * units


@pytest.mark.parametrize("available", [GIB * 3 // 4, GIB, 2 * GIB])
def test_what_is_suggested_fits(available: int) -> None:
    sizes = suggested(out_of_memory(LARGE, available, on_gpu=True))
    assert sizes.keys() == {"batch-size", "seq-length"}
    assert replace(LARGE, lanes=sizes["batch-size"]).bytes < available
    assert replace(LARGE, seq_length=sizes["seq-length"]).bytes < available


def test_sizes_are_smaller_even_where_the_estimate_says_that_it_fits() -> None:
    """It did not, or nobody would ask."""
    sizes = suggested(out_of_memory(LARGE, 1000 * GIB, on_gpu=True))
    assert 0 < sizes["batch-size"] < LARGE.lanes
    assert 0 < sizes["seq-length"] < LARGE.seq_length


def test_a_network_too_large_by_itself_is_to_be_made_smaller() -> None:
    sentence = out_of_memory(LARGE, 100 * 2**20, on_gpu=True)
    assert not suggested(sentence)
    assert "--n-hidden" in sentence
    assert "100 MiB" in sentence


def test_the_cpu_is_a_way_out_of_a_gpu_alone() -> None:
    assert "--device cpu" in out_of_memory(LARGE, GIB, on_gpu=True)
    assert "--device cpu" not in out_of_memory(LARGE, GIB, on_gpu=False)


def test_a_text_of_very_many_characters_is_to_have_fewer_of_them() -> None:
    many = replace(LARGE, distinct=180_000)
    for sentence in (out_of_memory(many, 10 * GIB, on_gpu=False), too_large(many, 10 * GIB)):
        assert "180,000 distinct characters" in sentence
        assert "--min-count 10" in sentence
        assert "--unit byte" in sentence
    assert "--unit byte" not in too_large(LARGE, GIB)
