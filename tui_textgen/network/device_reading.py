"""What torch tells of the device that is computed on, for the readings of a run."""

from __future__ import annotations

import torch

from tui_textgen.hardware import DeviceReading


def read_device(device: torch.device) -> DeviceReading | None:
    """The memory of a GPU by NVIDIA, AMD or Apple; None for a CPU, and where torch cannot tell.

    A reading never ends a training: what is wrong with the device shows in the next step.
    """
    try:
        if device.type == "cuda":  # AMD's go by this name too
            return _cuda(device)
        if device.type == "mps":
            return _mps()
    except RuntimeError:
        return None
    return None


def _cuda(device: torch.device) -> DeviceReading:
    facts = torch.cuda.get_device_properties(device)
    free, total = torch.cuda.mem_get_info(device)
    uuid = getattr(facts, "uuid", None)  # newer torch
    return DeviceReading(
        facts.name, None if uuid is None else str(uuid), torch.cuda.memory_reserved(device), total - free, total
    )


def _mps() -> DeviceReading:
    """Memory there is the machine's own; how much others have of it is among the machine's numbers."""
    own, most = torch.mps.driver_allocated_memory(), torch.mps.recommended_max_memory()
    return DeviceReading("Apple GPU", None, own, own, most)
