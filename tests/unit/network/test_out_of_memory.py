"""A device's memory that is full ends a training, or a passage, with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.unit.network.making import events, resumed, run_folder, session
from tui_textgen.errors import OutOfMemoryError
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.out_of_memory import is_out_of_memory, memory_told

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def raises(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FULL, True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("shapes do not match"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_full_memory_is_told_in_several_ways(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) == expected


def test_a_step_without_memory_names_sizes_that_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = session(tmp_path)
    monkeypatch.setattr(CharRNN, "forward", raises(FULL))
    with pytest.raises(OutOfMemoryError, match=r"--batch-size \d+ or --seq-length \d+ would fit"):
        events(training)


def test_a_network_without_memory_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training, folder = session(tmp_path), run_folder(tmp_path)
    training.save(folder, best=False)
    monkeypatch.setattr(CharRNN, "initialised", raises(FULL))
    begins: list[Callable[[], object]] = [lambda: session(tmp_path), lambda: resumed(training, folder)]
    for begin in begins:
        with pytest.raises(OutOfMemoryError, match="memory is full"):
            begin()


def test_other_errors_are_left_as_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes"), memory_told(lambda: "full"):
        raise RuntimeError("shapes do not match")
