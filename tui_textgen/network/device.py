"""Where to compute, in which precision, on how many threads: chosen by what the machine can do, never by timing."""

from __future__ import annotations

import ctypes
import gc
import os
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from tui_textgen.config import TrainingConfig
from tui_textgen.errors import SettingsError

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
CPU_FACTS = Path("/proc/cpuinfo")
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


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


def choose_compute(config: TrainingConfig, lanes: int | None = None) -> Compute:
    """Resolve every ``auto`` of ``config``; raises SettingsError for what this machine cannot do.

    ``lanes`` are those that the device is to learn from at once, if not ``batch_size`` of them.
    """
    device = _device(config.device)
    precision = _precision(config, lanes or config.batch_size, torch.device(device))
    return Compute(device, precision, physical_cores())


def give_back(device: torch.device) -> None:
    """Hand memory that nothing uses any more back to ``device`` and to the system.

    CUDA's own context stays. A trainer's allocator keeps what was freed (``settled_allocator``) until it is told
    otherwise, where the C library knows how.
    """
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def prepare(device: torch.device) -> None:
    """Let a GPU multiply fp32 in TF32, which has ten of its bits of mantissa and goes through the tensor cores."""
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True


@dataclass(frozen=True)
class Gpu:
    """What the choice of a precision depends on."""

    capability: tuple[int, int]
    processors: int
    """Streaming multiprocessors."""

    @classmethod
    def of(cls, device: torch.device) -> Gpu:
        found = torch.cuda.get_device_properties(device)
        return cls((found.major, found.minor), found.multi_processor_count)


def is_available(device: str) -> bool:
    """Whether this machine has ``device``."""
    kind, _, index = device.partition(":")
    if kind == "cuda":
        return torch.cuda.is_available() and int(index or 0) < torch.cuda.device_count()
    return kind == "cpu" or (kind == "mps" and torch.backends.mps.is_available())


def physical_cores() -> int:
    """Cores that this process may use; hyper-threads don't count, since two on a core slow a matrix product down."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed, _granted_cores() or allowed))


def _granted_cores() -> int | None:
    """As many as a container's share of the machine's time comes to, which shows all of its cores; None: no limit."""
    try:
        microseconds, period = CPU_QUOTA.read_text().split()
        return -(-int(microseconds) // int(period))
    except (OSError, ValueError, ZeroDivisionError):  # "max", and elsewhere than in a container nothing
        return None


def _device(wanted: str) -> str:
    if wanted == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    if not is_available(wanted):
        raise SettingsError(f"device: this machine has no {wanted} that PyTorch can use; choose auto or cpu.")
    return "cuda:0" if wanted == "cuda" else wanted


def _precision(config: TrainingConfig, lanes: int, device: torch.device) -> str:
    wanted = config.precision
    if wanted == "fp16" and device.type == "cpu":
        raise SettingsError("precision: fp16 is for a GPU; choose auto, bf16 or fp32 on the CPU.")
    if device.type == "cuda":
        return _gpu_precision(config, lanes, Gpu.of(device))
    if wanted != "auto":
        return wanted
    return "bf16" if device.type == "cpu" and cpu_has_bf16() else "fp32"


def _gpu_precision(config: TrainingConfig, lanes: int, gpu: Gpu) -> str:
    """fp16 where cuDNN then keeps the weights on the chip, or the GPU has no other short format; else bf16, or fp32."""
    has_bf16 = gpu.capability >= (8, 0)
    if config.precision == "bf16" and not has_bf16:
        raise SettingsError("precision: this GPU does not compute in bf16; choose auto, fp16 or fp32.")
    if config.precision != "auto":
        return config.precision
    if has_persistent_kernel(config, lanes, gpu):
        return "fp16"
    return "bf16" if has_bf16 else "fp16" if gpu.capability >= (7, 0) else "fp32"


def has_persistent_kernel(config: TrainingConfig, lanes: int, gpu: Gpu) -> bool:
    """Whether PyTorch has cuDNN read a layer's recurrent weights once for all steps, which only fp16 does.

    These are PyTorch's own conditions, for a layer a call and an input padded to a multiple of 128.
    """
    if config.n_hidden > 1024 or config.n_hidden % 128 or lanes > 128 or lanes % 8:
        return False
    if gpu.capability == (7, 0):
        return config.seq_length >= 40 and (lanes == 8 or (lanes % 16 == 0 and lanes not in (80, 112)))
    if gpu.capability < (8, 0) or gpu.capability[1] == 6 or gpu.processors < 98:
        return False
    return config.model == "lstm" or (config.model == "rnn" and (lanes < 96 or config.n_hidden < 896))


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16 itself: training steps then take half as long as in fp32, else longer."""
    return not _cpu_flags().isdisjoint({"avx512_bf16", "amx_bf16"})


def cpu_has_vnni() -> bool:
    """Whether the CPU multiplies and adds whole numbers of 8 bits itself."""
    return not _cpu_flags().isdisjoint({"avx512_vnni", "avx_vnni", "amx_int8"})


def _cpu_flags() -> set[str]:
    """What the kernel says of the CPU, since torch tells only in its newer versions; elsewhere than on Linux nothing.

    Nothing either where PyTorch lacks oneDNN, whose kernels are those that use it.
    """
    if not (CPU_FACTS.exists() and torch.backends.mkldnn.is_available()):  # type: ignore[no-untyped-call]
        return set()
    lines = CPU_FACTS.read_text().splitlines()
    return set(next((line for line in lines if line.startswith("flags")), "").split())
