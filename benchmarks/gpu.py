"""Throughput, time to loss and generation on a GPU, the baseline on the same one; a step against its bare calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from benchmarks import generation, time_to_loss, training_throughput
from benchmarks.bench import Bench
from benchmarks.report import Baseline, Case, UnavailableError
from benchmarks.rounds import alternate, column, in_child
from benchmarks.training_throughput import KINDS, ours
from tui_textgen.config import training_config

STEPS = 200
"""Of the bare calls."""


def run(bench: Bench) -> Sequence[Case]:
    """Raises UnavailableError on a machine without CUDA."""
    if not in_child("ceiling", "cuda_devices")["devices"]:
        raise UnavailableError("no CUDA device here")
    on_gpu = replace(bench, device="cuda:0")
    bare = [against_bare_calls(on_gpu, preset, kind) for preset in ("notebook", "standard") for kind in KINDS]
    return [*training_throughput.run(on_gpu), *bare, *time_to_loss.run(on_gpu), *generation.run(on_gpu)]


def against_bare_calls(bench: Bench, preset: str, kind: str) -> Case:
    """A whole step with AdamW against nothing but cuDNN's forward and backward calls at its shape, in its precision."""
    values = {"model": kind, "optimizer": "adamw"}
    config = training_config(preset, values)
    name = f"{kind} {config.n_layers} × {config.n_hidden}, {config.batch_size} × {config.seq_length} ({preset})"
    found = alternate(
        f"gpu, {name} against bare calls", bench.rounds,
        {
            "ours": partial(ours, bench, preset, **values),
            "bare": partial(
                in_child, "bare", "train_speed", preset=preset, values={**values, "device": bench.device},
                distinct=bench.text.distinct, steps=STEPS,
            ),
        },
    )  # fmt: skip
    characters = config.batch_size * config.seq_length
    steps = tuple(1e3 * characters / speed for speed in column(found["ours"], "chars_per_second"))
    bare = Baseline(f"bare calls, {found['bare'][0]['precision']}", column(found["bare"], "milliseconds"))
    return Case(f"{name}, a step", "ms", steps, (bare,))
