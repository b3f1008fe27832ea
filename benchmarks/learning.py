"""Training by the app's own session and loop, in the process that calls."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ceiling import matrix_rate
from benchmarks.child import now
from tui_textgen.config import training_config
from tui_textgen.corpus.encoded import open_encoded
from tui_textgen.network.events import StepsCompleted
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.training import train
from tui_textgen.plan import plan_run
from tui_textgen.runs.snapshot import StepRecord

NEVER = 10**9
CEILING_SECONDS = 1.0


def train_speed(ids: str, preset: str, values: dict[str, Any], warm_up: int, steps: int) -> dict[str, Any]:
    """``chars_per_second`` of the median training step, the ``precision`` that was chosen, and the ``ceiling`` in it.

    The ceiling is the rate of a large matrix product in the same process, GFLOP/s.
    """
    unwatched = {"sample_every": 0, "val_every": NEVER, "max_steps": warm_up + steps + 1}  # the last step is validated
    config = training_config(preset, {**values, **unwatched})
    text = open_encoded(Path(ids))
    session = TrainingSession.begin(config, text, plan_run(config, text.characters, len(text.vocabulary)))
    speeds: list[float] = []
    with closing(_records(session)) as records:
        while len(speeds) < warm_up + steps:
            speeds.append(next(records).chars_per_second)
    ceiling = matrix_rate(session.precision, CEILING_SECONDS, session.device)
    speed = median(speeds[warm_up:])
    return {"chars_per_second": speed, "precision": session.precision, "ceiling": ceiling["gflops"]}


def _records(session: TrainingSession) -> Generator[StepRecord, None, None]:
    for event in train(session, lambda: (), clock=now):
        if isinstance(event, StepsCompleted):
            yield from event.steps
