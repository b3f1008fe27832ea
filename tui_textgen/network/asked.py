"""What a command asks of a training, as far as it makes sense: it comes out of a file."""

from __future__ import annotations

from typing import Any

from tui_textgen.plan import Plan
from tui_textgen.runs.commands import Command

HOTTEST = 100.0
"""The highest temperature of ``SamplingConfig``."""
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-3, 1e3
"""On the rate: beyond them a training neither learns nor lasts."""
MOST_EPOCHS = 1_000_000
"""As many as ``TrainingConfig`` takes."""


def rate_factor_of(command: Command, now: float) -> float | None:
    """What the factor on the rate becomes, to six digits; None for one that makes no sense."""
    factor = command.arguments.get("factor")
    if not isinstance(factor, int | float) or not 0 < factor <= LARGEST_FACTOR / SMALLEST_FACTOR:
        return None
    becomes = float(f"{now * factor:.6g}")
    return becomes if SMALLEST_FACTOR <= becomes <= LARGEST_FACTOR else None


def epochs_of(command: Command, plan: Plan) -> int | None:
    """How many epochs a run is to have, if that makes it longer."""
    epochs = command.arguments.get("epochs")
    longer = isinstance(epochs, int) and plan.steps < epochs * plan.steps_per_epoch and epochs <= MOST_EPOCHS
    return epochs if longer else None


def sample_of(command: Command) -> dict[str, Any]:
    """``prime`` and ``temperature`` of a sample command, as far as they can be used."""
    prime, temperature = command.arguments.get("prime"), command.arguments.get("temperature")
    usable = isinstance(temperature, int | float) and 0 <= temperature <= HOTTEST
    return {"prime": prime if isinstance(prime, str) else None, "temperature": temperature if usable else None}
