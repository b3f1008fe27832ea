"""How fast a network learns: the app's loop against the notebook's and the machine's matrix rate; what Muon costs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.bench import Bench
from benchmarks.report import Baseline, Case
from benchmarks.rounds import Readings, alternate, column, in_child
from tui_textgen.config import ModelConfig, TrainingConfig, training_config
from tui_textgen.plan import GATES

KINDS = ("lstm", "gru", "rnn")
SHAPES = {"notebook": {}, "standard": {"optimizer": "adamw"}}
"""Presets whose shape is measured, and what is set otherwise: Muon's arithmetic is measured by itself."""
WARM_UP = 2
"""Steps: kernels are made for their shapes, and the heap grows to its size."""
ENDLESS = 10**6
"""Epochs: however short the text, there are steps enough."""
ON_GPU = 300, 2000
"""Steps there, before the timed ones and timed: a training tells those of a tenth of a second at once."""


def run(bench: Bench) -> list[Case]:
    """Every kind at the notebook's shape and, unless quick, at our default one; an LSTM with either optimiser."""
    presets = ("notebook",) if bench.quick else ("notebook", "standard")
    cases = [case for preset in presets for kind in KINDS for case in _compare(bench, preset, kind)]
    return [*cases, *(_muon(bench, lanes) for lanes in ((64,) if bench.quick else (64, 128)))]


def flops_per_character(shape: ModelConfig, distinct: int) -> int:
    """Arithmetic that learning one character needs, in multiplications and additions.

    Six for each weight of a matrix product: two forward, two for the gradient of the weight, two for that of the
    input. A one-hot vector's product is a look-up, so that the first layer's input weights count nothing.
    """
    square = GATES[shape.model] * shape.n_hidden**2
    return 6 * ((2 * shape.n_layers - 1) * square + shape.n_hidden * distinct)


def _compare(bench: Bench, preset: str, kind: str) -> list[Case]:
    values = {"model": kind, **SHAPES[preset]}
    config = training_config(preset, values)
    name = f"{kind} {config.n_layers} × {config.n_hidden}, {config.batch_size} × {config.seq_length} ({preset})"
    contestants: dict[str, Callable[[], Readings]] = {
        "ours": partial(ours, bench, preset, **values),
        "notebook": partial(_notebook, bench, config, settled=False),
    }
    if not bench.quick:
        contestants["settled"] = partial(_notebook, bench, config, settled=True)
    found = alternate(f"training_throughput, {name}", bench.rounds, contestants)
    speeds = column(found["ours"], "chars_per_second")
    baselines = [
        Baseline("notebook", column(found["notebook"], "chars_per_second")),
        Baseline("notebook with its validation", column(found["notebook"], "with_validation")),
    ]
    if "settled" in found:
        baselines.append(Baseline("notebook, allocator settled", column(found["settled"], "chars_per_second")))
    arithmetic = tuple(speed * flops_per_character(config.shape, bench.text.distinct) / 1e9 for speed in speeds)
    ceiling = Baseline(f"matrix product, {found['ours'][0]['precision']}", column(found["ours"], "ceiling"))
    return [
        Case(f"{name}, training steps", "characters/s", speeds, tuple(baselines)),
        Case(f"{name}, arithmetic", "GFLOP/s", arithmetic, (ceiling,)),
    ]


def _muon(bench: Bench, lanes: int) -> Case:
    """The same steps with either optimiser."""
    name = f"lstm 2 × 512, {lanes} × 100"
    found = alternate(
        f"training_throughput, Muon, {name}", bench.rounds,
        {
            optimizer: partial(ours, bench, "standard", optimizer=optimizer, batch_size=lanes)
            for optimizer in ("muon", "adamw")
        },
    )  # fmt: skip
    muon, adamw = (column(found[optimizer], "chars_per_second") for optimizer in ("muon", "adamw"))
    return Case(f"{name}, with Muon", "characters/s", muon, (Baseline("with AdamW", adamw),))


def ours(bench: Bench, preset: str, **values: Any) -> Readings:
    """Our steps in the environment that a trainer has."""
    warm_up, steps = (WARM_UP, 6 if bench.quick else 20) if bench.device == "cpu" else ON_GPU
    return in_child(
        "learning", "train_speed", settled=True, ids=str(bench.text.encoded.path), preset=preset,
        values={**values, "epochs": ENDLESS, "device": bench.device}, warm_up=warm_up, steps=steps,
    )  # fmt: skip


def _notebook(bench: Bench, config: TrainingConfig, settled: bool) -> Readings:
    text = bench.text.encoded
    return in_child(
        "notebook", "train_speed", settled, ids=str(text.path), item=text.item, distinct=bench.text.distinct,
        kind=config.model, lanes=config.batch_size, seq_length=config.seq_length, warm_up=WARM_UP,
        steps=3 if bench.quick else 10, device=bench.device,
    )  # fmt: skip
