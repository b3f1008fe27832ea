"""Readings of GPU, CPU and memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

HOT = 87.0
"""Degrees Celsius, where the driver doesn't say at how many a GPU slows down."""
GREATEST = 2.0**100
"""What is more was never read from a machine."""
HOT_MARGIN = 3.0
"""Below that temperature it is called hot."""


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
    own_memory: int | None = None
    """Bytes of it that whoever reads has for itself, a trainer; None on the other cards too."""
    own_utilisation: float | None = None
    """0 to 1, likewise."""
    processes: int | None = None
    """That compute on the card, whoever reads among them."""
    mig: bool = False
    """Whether it is split into instances: then most of this is not known."""

    @property
    def hot(self) -> bool:
        """Whether it slows itself down, or soon will."""
        limit = HOT if self.slowdown is None else self.slowdown - HOT_MARGIN
        return self.temperature is not None and self.temperature >= limit


@dataclass(frozen=True)
class DeviceReading:
    """What a library that computes on a device tells of it, where a driver may not."""

    name: str
    uuid: str | None
    """As NVIDIA's driver spells it, or its end."""
    own_memory: int | None
    memory_used: int | None
    memory_total: int | None
    """Bytes: of this process, of all, and that there are. Of an instance, on a card that is split."""


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
    try:
        values = json.loads(text)
    except RecursionError:
        raise ValueError("a reading of the machine is nested too deeply") from None
    if not isinstance(values, dict):
        raise ValueError("a reading of the machine is none")
    gpus = tuple(GpuReading(**_checked(gpu, "index", "name")) for gpu in values.pop("gpus"))
    return HardwareReading(gpus=gpus, **_checked(values, "ram_used", "ram_total"))


def _checked(values: Any, *needed: str) -> dict[str, Any]:
    """``values`` if all of them are finite numbers, but for the name, and those that are ``needed`` are known."""
    if not isinstance(values, dict):
        raise ValueError("a reading of the machine is damaged")
    for key, value in values.items():
        unknown = value is None and key not in needed
        fits = isinstance(value, str) if key == "name" else isinstance(value, int | float) and abs(value) <= GREATEST
        if not fits and not unknown:
            raise ValueError("a reading of the machine is damaged")
    return values


class HardwareReader:
    """Reads this machine again and again. Belongs to one thread."""

    def __init__(
        self,
        folder: Path | None = None,
        own: Collection[int] = (),
        device: Callable[[], DeviceReading | None] = lambda: None,
    ) -> None:
        """``folder`` lies on the disk whose free space is read. ``own`` are the processes whose share of the GPUs is
        told; ``device`` knows the one that they compute on."""
        self._folder, self._own, self._device = folder, frozenset(own), device
        self._gpus = {index: _Gpu(index, handle) for index, handle in _gpu_handles().items()}
        _cpu_share()  # psutil measures from the last call on

    def read(self) -> HardwareReading:
        """The machine now; quick enough for once a second (under a millisecond without a GPU)."""
        import psutil

        memory = psutil.virtual_memory()
        return HardwareReading(
            gpus=self._read_gpus(),
            cpu=_cpu_share(),
            ram_used=memory.total - memory.available,
            ram_total=memory.total,
            disk_free=_disk_free(self._folder),
        )

    def _read_gpus(self) -> tuple[GpuReading, ...]:
        """What the driver tells, and what the library knows better: its own memory, an instance's, an unknown card."""
        device = self._device()
        if device and not self._gpus:
            used, total, own = device.memory_used, device.memory_total, device.own_memory
            return (GpuReading(0, device.name, None, used, total, None, None, None, own_memory=own),)
        return tuple(
            _completed(gpu.read(self._own), device) if device and self._is_of(gpu, device) else gpu.read(self._own)
            for gpu in self._gpus.values()
        )

    def _is_of(self, gpu: _Gpu, device: DeviceReading) -> bool:
        """The only card is the one, also where its instances have names of their own."""
        return len(self._gpus) == 1 or bool(device.uuid and gpu.uuid and gpu.uuid.endswith(device.uuid))


class _Gpu:
    """One of NVIDIA's cards. Each value is asked for by itself: one that is split has no utilisation, say."""

    def __init__(self, index: int, handle: Any) -> None:
        import pynvml

        self._index, self._handle = index, handle
        name, uuid = _asked(pynvml.nvmlDeviceGetName, handle), _asked(pynvml.nvmlDeviceGetUUID, handle)
        self._name = "GPU" if name is None else _text(name)
        self.uuid = None if uuid is None else _text(uuid)
        mode = _asked(pynvml.nvmlDeviceGetMigMode, handle)
        self._mig = mode is not None and mode[0] == pynvml.NVML_DEVICE_MIG_ENABLE
        threshold = pynvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN
        self._slowdown = _asked(pynvml.nvmlDeviceGetTemperatureThreshold, handle, threshold)
        self._seen = 0

    def read(self, own: AbstractSet[int]) -> GpuReading:
        import pynvml

        handle = self._handle
        memory = _asked(pynvml.nvmlDeviceGetMemoryInfo, handle)
        utilisation = _asked(pynvml.nvmlDeviceGetUtilizationRates, handle)
        power = _asked(pynvml.nvmlDeviceGetPowerUsage, handle)
        limit = _asked(pynvml.nvmlDeviceGetEnforcedPowerLimit, handle)
        temperature = _asked(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU)
        processes = _asked(pynvml.nvmlDeviceGetComputeRunningProcesses, handle) if own else None
        return GpuReading(
            index=self._index,
            name=self._name,
            utilisation=None if utilisation is None else utilisation.gpu / 100,
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            temperature=None if temperature is None else float(temperature),
            power=None if power is None else power / 1000,
            power_limit=None if limit is None else limit / 1000,
            slowdown=None if self._slowdown is None else float(self._slowdown),
            own_memory=_sum(each.usedGpuMemory for each in processes or () if each.pid in own),
            own_utilisation=self._own_utilisation(own) if own else None,
            processes=None if processes is None else len(processes),
            mig=self._mig,
        )

    def _own_utilisation(self, own: AbstractSet[int]) -> float | None:
        """That of the newest sample of each process; the driver tells those since the last look."""
        import pynvml

        samples = _asked(pynvml.nvmlDeviceGetProcessUtilization, self._handle, self._seen) or ()
        newest = {each.pid: each for each in sorted(samples, key=lambda each: int(each.timeStamp)) if each.pid in own}
        self._seen = max((int(each.timeStamp) for each in samples), default=self._seen)
        return sum(each.smUtil for each in newest.values()) / 100 if newest else None


def _completed(gpu: GpuReading, device: DeviceReading) -> GpuReading:
    """``gpu`` as whoever computes on it knows it: where processes have other numbers than the driver's, in a
    container, or where it computes on an instance of it."""
    if gpu.own_memory is None:
        gpu = replace(gpu, own_memory=device.own_memory)
    if gpu.mig or gpu.memory_total is None:
        gpu = replace(gpu, memory_used=device.memory_used, memory_total=device.memory_total)
    return gpu


def _sum(sizes: Iterable[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if known else None


def _text(words: str | bytes) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)


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


def _asked(question: Callable[..., Any], *arguments: Any) -> Any:
    """The driver's answer, or None where it has none."""
    import pynvml

    try:
        return question(*arguments)
    except pynvml.NVMLError:
        return None
