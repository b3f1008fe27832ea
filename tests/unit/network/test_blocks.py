"""Writing as a GPU does it, on the CPU, where nothing is recorded: the text is that of the plain way."""

from __future__ import annotations

import gc
import weakref
from functools import partial
from itertools import islice

import pytest
import torch

from tests.unit.network.making import KINDS, model, sampling
from tui_textgen.config import SamplingConfig
from tui_textgen.network.blocks import BLOCK, Blocks
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.sampling import _in_blocks, _write_one, continue_streams
from tui_textgen.network.stepper import Stepper

Written = list[list[tuple[int, float]]]


@torch.inference_mode()
def in_blocks(network: CharRNN, ids: list[int], settings: SamplingConfig, seeds: list[int], length: int) -> Written:
    stepper = Stepper(network, len(seeds))
    stepper.read(ids[:-1])
    blocks = Blocks(stepper, partial(_write_one, stepper, settings), torch.full((len(seeds),), ids[-1]), length)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return list(islice(_in_blocks(blocks, generators, length), settings.length))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seeds", [[5], [5, 6, 7]])
@pytest.mark.parametrize("cuts", [{}, {"top_k": 4, "top_p": 0.9, "temperature": 0.7}, {"temperature": 0}])
def test_blocks_write_what_single_characters_would(kind: str, seeds: list[int], cuts: dict[str, float]) -> None:
    """Over several blocks, the last of them not used up; streams begin with one state and go apart."""
    network, settings = model(kind, n_layers=3).network, sampling(length=50, **cuts)
    expected = list(continue_streams(network, [1, 2, 3], settings, seeds))
    assert in_blocks(network, [1, 2, 3], settings, seeds, length=16) == expected
    assert len(expected) == 50


@torch.inference_mode()
def test_what_a_passage_was_written_with_goes_with_it() -> None:
    """It waited for Python to look for garbage: a training kept a copy of its weights on the GPU for each sample."""
    stepper = Stepper(model().network)
    stepper.read([])
    blocks = Blocks(stepper, partial(_write_one, stepper, sampling()), torch.tensor([1]))
    blocks.write(torch.zeros((BLOCK, 1)))
    left: list[weakref.ref[object]] = [weakref.ref(stepper), weakref.ref(blocks)]
    gc.disable()
    try:
        del stepper, blocks
        assert [one() for one in left] == [None, None]
    finally:
        gc.enable()
