"""Readings of GPU, CPU and memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


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
    slowdown: float | None = None
    """Degrees Celsius from which the GPU slows itself down."""


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


def to_json(reading: HardwareReading) -> str:
    """The reading as JSON text."""
    return json.dumps(asdict(reading))


def from_json(text: str) -> HardwareReading:
    """What :func:`to_json` wrote; raises ValueError, TypeError or KeyError for anything else."""
    values = json.loads(text)
    gpus = tuple(GpuReading(**gpu) for gpu in values.pop("gpus"))
    return HardwareReading(gpus=gpus, **values)


class HardwareReader:
    """Reads this machine again and again. Belongs to one thread."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` lies on the disk whose free space is read."""
        self._folder = folder
        self._gpus = _gpu_handles()
        _cpu_share()  # psutil measures from the last call on

    def read(self) -> HardwareReading:
        """The machine now; quick enough for once a second (under a millisecond without a GPU)."""
        import psutil

        memory = psutil.virtual_memory()
        return HardwareReading(
            gpus=tuple(_gpu_reading(index, handle) for index, handle in self._gpus.items()),
            cpu=_cpu_share(),
            ram_used=memory.total - memory.available,
            ram_total=memory.total,
            disk_free=_disk_free(self._folder),
        )


def _cpu_share() -> float:
    import psutil

    return float(psutil.cpu_percent()) / 100


def _disk_free(folder: Path | None) -> int | None:
    if folder is None:
        return None
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _gpu_handles() -> dict[int, Any]:
    """NVIDIA's devices by index; none where there is no driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
        count = pynvml.nvmlDeviceGetCount()
    except pynvml.NVMLError:
        return {}
    handles = {index: _asked(pynvml.nvmlDeviceGetHandleByIndex, index) for index in range(count)}
    return {index: handle for index, handle in handles.items() if handle is not None}


def _gpu_reading(index: int, handle: Any) -> GpuReading:
    """Each value by itself: a card split by MIG, say, has no utilisation but a temperature."""
    import pynvml

    memory = _asked(pynvml.nvmlDeviceGetMemoryInfo, handle)
    utilisation = _asked(pynvml.nvmlDeviceGetUtilizationRates, handle)
    power = _asked(pynvml.nvmlDeviceGetPowerUsage, handle)
    limit = _asked(pynvml.nvmlDeviceGetEnforcedPowerLimit, handle)
    temperature = _asked(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU)
    slowdown = _asked(pynvml.nvmlDeviceGetTemperatureThreshold, handle, pynvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN)
    name = _asked(pynvml.nvmlDeviceGetName, handle)
    return GpuReading(
        index=index,
        name="GPU" if name is None else name.decode(errors="replace") if isinstance(name, bytes) else str(name),
        utilisation=None if utilisation is None else utilisation.gpu / 100,
        memory_used=None if memory is None else int(memory.used),
        memory_total=None if memory is None else int(memory.total),
        temperature=None if temperature is None else float(temperature),
        power=None if power is None else power / 1000,
        power_limit=None if limit is None else limit / 1000,
        slowdown=None if slowdown is None else float(slowdown),
    )


def _asked(question: Callable[..., Any], *arguments: Any) -> Any:
    """The driver's answer, or None where it has none."""
    import pynvml

    try:
        return question(*arguments)
    except pynvml.NVMLError:
        return None
