"""Readings of GPU, CPU and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GpuReading:
    """One GPU at one moment; None where the driver does not say."""

    index: int
    name: str
    utilisation: float | None
    """0 to 1."""
    memory_used: int | None
    memory_total: int | None
    """Bytes."""
    temperature: float | None
    """Degrees Celsius."""
    power: float | None
    power_limit: float | None
    """Watts."""


@dataclass(frozen=True)
class HardwareReading:
    """The machine at one moment."""

    gpus: tuple[GpuReading, ...]
    cpu: float | None
    """Share of all cores in use since the last reading, 0 to 1."""
    ram_used: int
    ram_total: int
    disk_free: int | None
    """Bytes."""
