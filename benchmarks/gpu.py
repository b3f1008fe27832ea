"""Throughput, time to loss and generation on a GPU, with the baseline on the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks import generation, time_to_loss, training_throughput
from benchmarks.bench import Bench
from benchmarks.report import Case, UnavailableError
from benchmarks.rounds import in_child


def run(bench: Bench) -> Sequence[Case]:
    """Raises UnavailableError on a machine without CUDA."""
    if not in_child("ceiling", "cuda_devices")["devices"]:
        raise UnavailableError("no CUDA device here")
    on_gpu = replace(bench, device="cuda:0")
    return [*training_throughput.run(on_gpu), *time_to_loss.run(on_gpu), *generation.run(on_gpu)]
