"""Where to compute, in which precision, on how many threads: chosen by what the machine can do, never by timing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from tui_textgen.config import TrainingConfig
from tui_textgen.errors import SettingsError

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
CPU_FACTS = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Compute:
    """What was chosen. A run records it and uses it again when it is resumed."""

    device: str
    precision: str
    threads: int

    @property
    def torch_device(self) -> torch.device:
        return torch.device(self.device)

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the heavy products and of the carried state; parameters stay in fp32."""
        return DTYPES[self.precision]


def choose_compute(config: TrainingConfig) -> Compute:
    """Resolve every ``auto`` of ``config``; raises SettingsError for what this machine cannot do."""
    device = _device(config.device)
    return Compute(device, _precision(config.precision, torch.device(device)), physical_cores())


def is_available(device: str) -> bool:
    """Whether this machine has ``device``."""
    kind, _, index = device.partition(":")
    if kind == "cuda":
        return torch.cuda.is_available() and int(index or 0) < torch.cuda.device_count()
    return kind == "cpu" or (kind == "mps" and torch.backends.mps.is_available())


def physical_cores() -> int:
    """Cores that this process may use; hyper-threads don't count, since two on a core slow a matrix product down."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


def _device(wanted: str) -> str:
    if wanted == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    if not is_available(wanted):
        raise SettingsError(f"device: this machine has no {wanted} that PyTorch can use; choose auto or cpu.")
    return "cuda:0" if wanted == "cuda" else wanted


def _precision(wanted: str, device: torch.device) -> str:
    if wanted == "fp16" and device.type == "cpu":
        raise SettingsError("precision: fp16 is for a GPU; choose auto, bf16 or fp32 on the CPU.")
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.get_device_capability(device) >= (8, 0) else "fp32"
    return "bf16" if device.type == "cpu" and cpu_has_bf16() else "fp32"


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16 itself: training steps then take half as long as in fp32, else longer.

    Asked of the kernel, since torch tells only in its newer versions; elsewhere than on Linux the answer is no.
    """
    if not (CPU_FACTS.exists() and torch.backends.mkldnn.is_available()):  # type: ignore[no-untyped-call]
        return False
    flags = next((line for line in CPU_FACTS.read_text().splitlines() if line.startswith("flags")), "").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags
