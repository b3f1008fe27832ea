"""How fast a model writes, alone and 64 times at once, and how soon it begins."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.report import Baseline, Case
from benchmarks.rounds import Readings, alternate, column, in_child
from tui_textgen.config import SamplingConfig
from tui_textgen.workers.protocol import Wrote
from tui_textgen.workers.writer_client import WriterClient

STREAMS = 64
PRIMES = {"prime of 1 character": 1, "prime of 300 characters": 300}
LONG = 100
"""Characters of a prime from which the notebook reads it only once a round: that takes it seconds."""


def run(bench: Bench) -> list[Case]:
    """An untrained LSTM of 2 × 512 at temperature 1."""
    path = bench.home.models / "bench.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    in_child("writing", "make_model", path=str(path), vocabulary=bench.text.encoded.vocabulary.characters)
    return [*_speeds(bench, path), *(_first(bench, path, name, length) for name, length in PRIMES.items())]


def _speeds(bench: Bench, path: Path) -> list[Case]:
    size, device = (1 if bench.quick else 4), bench.device
    found = alternate(
        "generation, speed", bench.rounds,
        {
            "one": partial(in_child, "writing", "one_stream", path=str(path), characters=2000 * size, device=device),
            "notebook": partial(
                in_child, "notebook", "write_speed", distinct=bench.text.distinct, characters=500 * size, device=device
            ),
            "many": partial(
                in_child, "writing", "streams", path=str(path), number=STREAMS, characters=100 * size, device=device
            ),
        },
    )  # fmt: skip
    one, many, notebook = (column(found[name], "chars_per_second") for name in ("one", "many", "notebook"))
    return [
        Case("one stream", "characters/s", one, (Baseline("notebook", notebook),)),
        Case(f"{STREAMS} streams in all", "characters/s", many, (Baseline("notebook", notebook),)),
    ]


def _first(bench: Bench, path: Path, name: str, length: int) -> Case:
    """From the request to a writer that has its model loaded, over its pipe; the notebook has its in its own hands."""
    repeats = 5 if bench.quick else 15
    found = alternate(
        f"generation, first character after a {name}", bench.rounds,
        {
            "ours": partial(_first_latency, path, bench.text.encoded.preview[0] * length, repeats, bench.device),
            "notebook": partial(
                in_child, "notebook", "first_character", distinct=bench.text.distinct, prime_length=length,
                repeats=1 if length > LONG else repeats, device=bench.device,
            ),
        },
    )  # fmt: skip
    ours, notebook = (column(found[who], "milliseconds") for who in ("ours", "notebook"))
    return Case(f"first character, {name}", "ms", ours, (Baseline("notebook", notebook),))


def _first_latency(path: Path, prime: str, repeats: int, device: str) -> Readings:
    with WriterClient(device) as writer:
        writer.load(path)
        _first_seconds(writer, prime)  # the first request of a process finds nothing warm
        return {"milliseconds": 1e3 * median(_first_seconds(writer, prime) for _ in range(repeats))}


def _first_seconds(writer: WriterClient, prime: str) -> float:
    begun = time.perf_counter()
    arrived = [
        time.perf_counter()
        for event in writer.generate(prime, SamplingConfig(temperature=1.0, seed=1, length=1))
        if isinstance(event, Wrote)
    ]
    return arrived[0] - begun
