"""The machine's own limit: how fast it multiplies large matrices."""

from __future__ import annotations

from statistics import median

import torch

from benchmarks.child import now

SIDE = 2048
"""Rows and columns: 8 to 16 MiB a matrix, well beyond what stays close to a core."""
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def matrix_rate(precision: str, seconds: float, device: str = "cpu") -> dict[str, float]:
    """``gflops`` of square products in ``precision``, from the median product of about ``seconds``."""
    place = torch.device(device)
    left, right = (torch.randn(SIDE, SIDE, device=place).to(DTYPES[precision]) for _ in range(2))
    out = torch.empty_like(left)
    times: list[float] = []
    begun = now()
    while len(times) < 5 or now() - begun < seconds:
        synchronise(place)
        start = now()
        torch.mm(left, right, out=out)
        synchronise(place)
        times.append(now() - start)
    return {"gflops": 2 * SIDE**3 / median(times[1:]) / 1e9}


def synchronise(device: torch.device) -> None:
    """Wait for the device to have done what it was given; the CPU always has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def cuda_devices() -> dict[str, float]:
    """``devices`` that torch can compute on."""
    return {"devices": float(torch.cuda.device_count() if torch.cuda.is_available() else 0)}
