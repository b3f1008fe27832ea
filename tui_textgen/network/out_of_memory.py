"""A device's memory that runs out, told as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import torch

from tui_textgen.config import TrainingConfig
from tui_textgen.errors import OutOfMemoryError
from tui_textgen.memory import Workload, out_of_memory
from tui_textgen.network.device import Compute
from tui_textgen.plan import Plan

_WORDS = ("out of memory", "ALLOC_FAILED", "can't allocate memory")
"""What CUDA, cuDNN or cuBLAS, and the CPU's allocator say where no exception of its own tells."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that a device's memory is full."""
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
    )


@contextmanager
def memory_told(sentence: Callable[[], str]) -> Iterator[None]:
    """Raises OutOfMemoryError with ``sentence()`` where memory runs out inside the block."""
    try:
        yield
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemoryError(sentence()) from error


def training_sentence(config: TrainingConfig, plan: Plan, distinct: int, compute: Compute) -> str:
    """What to tell of a training that found the memory of its device full."""
    grid = plan.train
    work = Workload(config.shape, distinct, compute.precision, grid.lanes, grid.seq_length, config.drop_span)
    return out_of_memory(work, _available(compute.torch_device), compute.torch_device.type != "cpu")


def writing_sentence(device: torch.device) -> str:
    """What to tell of a passage or a score for which there was no memory."""
    if device.type == "cpu":
        return "This machine's memory is full; end other programs, or choose a smaller model."
    return "The GPU's memory is full; end what else computes there, or write on the CPU."


def _available(device: torch.device) -> int:
    """Bytes that this process has there or could have."""
    if device.type != "cuda":
        return psutil.virtual_memory().available
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device)
