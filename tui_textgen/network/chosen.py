"""What was chosen for a run, in sentences."""

from __future__ import annotations

from torch import Tensor

from tui_textgen.network.device import Compute
from tui_textgen.network.resume import Progress


def notes(ids: Tensor, compute: Compute, validates: Progress | None) -> tuple[str, ...]:
    """What was chosen for a run, each a sentence; ``validates`` says how often, None for a run without validation."""
    measured = f"validating every {validates.val_every:,} steps" if validates else "without validation"
    chosen = f"Computing on {compute.device} in {compute.precision}, threads: {compute.threads}; {measured}."
    if compute.torch_device.type != "cuda":
        return (chosen,)
    if ids.device == compute.torch_device:
        return (chosen, "The text lies in the GPU's memory.")
    return (chosen, "The text is too large for the GPU's memory: each window is copied there.")
