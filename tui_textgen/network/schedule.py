"""How the learning rate moves over a run.

A run that is extended follows, from there on, the schedule of one that was as long from its beginning: a cosine near
its end rises to where it is at that step of the longer run.
"""

from __future__ import annotations

import math

from tui_textgen.config import TrainingConfig

WARMUP_SHARE = 0.1
"""Of a run, what warming up takes at most: a run of a few steps would otherwise never reach its rate."""


def rate_at(config: TrainingConfig, step: int, steps: int) -> float:
    """The learning rate of the update after ``step`` updates (0 ≤ step < ``steps``)."""
    warmup = min(config.warmup_steps, int(steps * WARMUP_SHARE))
    if step < warmup:
        return config.lr * (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(1, steps - warmup)
    if config.schedule == "cosine":
        return config.lr * (1 + math.cos(math.pi * progress)) / 2
    if config.schedule == "linear":
        return config.lr * (1 - progress)
    return config.lr
