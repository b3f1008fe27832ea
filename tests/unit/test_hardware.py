from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import psutil
import pynvml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.hardware import GpuReading, HardwareReader, HardwareReading, from_json, to_json

shares = st.none() | st.floats(0, 1)
sizes = st.none() | st.integers(0, 2**50)
numbers = st.none() | st.floats(-100, 2000)
gpus = st.builds(GpuReading, st.integers(0, 15), st.text(), shares, sizes, sizes, numbers, numbers, numbers)
readings = st.builds(
    HardwareReading, st.lists(gpus, max_size=3).map(tuple), shares, st.integers(0), st.integers(0), sizes
)


@given(readings)
def test_a_reading_comes_back_as_it_was(reading: HardwareReading) -> None:
    assert from_json(to_json(reading)) == reading


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"gpus": 1}', '{"gpus": [], "speed": 1}'])
def test_what_is_no_reading_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_json(text)


class Driver:
    """NVIDIA's library with cards that answer what ``cards`` says; a missing answer is not supported."""

    def __init__(self, cards: list[dict[str, Any]]) -> None:
        self.cards = cards

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: len(self.cards))
        monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", self.card)
        for question in ("Name", "UtilizationRates", "MemoryInfo", "Temperature", "PowerUsage", "EnforcedPowerLimit"):
            monkeypatch.setattr(pynvml, f"nvmlDeviceGet{question}", self.answer(question))

    def card(self, index: int) -> dict[str, Any]:
        if self.cards[index].get("lost"):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return self.cards[index]

    @staticmethod
    def answer(question: str) -> Any:
        def ask(card: dict[str, Any], *_more: object) -> Any:
            if question not in card:
                raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
            return card[question]

        return ask


H100 = {
    "Name": "NVIDIA H100 80GB HBM3",
    "UtilizationRates": types.SimpleNamespace(gpu=61, memory=20),
    "MemoryInfo": types.SimpleNamespace(used=2 << 30, total=80 << 30, free=78 << 30),
    "Temperature": 58,
    "PowerUsage": 412_000,
    "EnforcedPowerLimit": 700_000,
}


def test_a_card_is_read_in_our_units(monkeypatch: pytest.MonkeyPatch) -> None:
    Driver([H100]).install(monkeypatch)
    (gpu,) = HardwareReader().read().gpus
    assert gpu == GpuReading(0, "NVIDIA H100 80GB HBM3", 0.61, 2 << 30, 80 << 30, 58.0, 412.0, 700.0)


def test_a_card_split_by_mig_says_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    Driver([{"Name": b"NVIDIA A100", "Temperature": 40}, {}]).install(monkeypatch)
    split, silent = HardwareReader().read().gpus
    assert split == GpuReading(0, "NVIDIA A100", None, None, None, 40.0, None, None)
    assert silent == GpuReading(1, "GPU", None, None, None, None, None, None)


def test_a_lost_card_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    Driver([{"lost": True}, H100]).install(monkeypatch)
    assert [gpu.index for gpu in HardwareReader().read().gpus] == [1]


def test_a_machine_without_a_driver_has_no_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", missing)
    assert HardwareReader().read().gpus == ()


def test_this_machine_is_read_for_real(tmp_path: Path) -> None:
    reading = HardwareReader(tmp_path).read()
    assert 0 < reading.ram_used < reading.ram_total == psutil.virtual_memory().total
    assert reading.cpu is not None
    assert 0 <= reading.cpu <= 1
    assert reading.disk_free


def test_a_disk_that_is_gone_is_not_known(tmp_path: Path) -> None:
    assert HardwareReader(tmp_path / "gone").read().disk_free is None
    assert HardwareReader().read().disk_free is None
