from __future__ import annotations

import types

import pytest
import torch

from tui_textgen.hardware import DeviceReading
from tui_textgen.network.device_reading import read_device


def test_a_cpu_has_no_memory_of_its_own() -> None:
    assert read_device(torch.device("cpu")) is None


def test_a_gpu_tells_what_this_process_and_all_have(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = types.SimpleNamespace(name="NVIDIA H100", uuid="1111-aaaa")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: facts)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (70, 80))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 6)
    assert read_device(torch.device("cuda:0")) == DeviceReading("NVIDIA H100", "1111-aaaa", 6, 10, 80)


def test_apples_tells_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 6)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 80)
    assert read_device(torch.device("mps")) == DeviceReading("Apple GPU", None, 6, 6, 80)


def test_a_gpu_that_fails_ends_no_training_by_being_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(device: torch.device) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(torch.cuda, "get_device_properties", broken)
    assert read_device(torch.device("cuda:0")) is None
