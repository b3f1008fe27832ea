from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import psutil
import pynvml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.hardware import DeviceReading, GpuReading, HardwareReader, HardwareReading, from_json, to_json

shares = st.none() | st.floats(0, 1)
sizes = st.none() | st.integers(0, 2**50)
numbers = st.none() | st.floats(-100, 2000)
gpus = st.builds(
    GpuReading, st.integers(0, 15), st.text(), shares, sizes, sizes, numbers, numbers, numbers, numbers, sizes, shares,
    st.none() | st.integers(0, 99), st.booleans(),
)  # fmt: skip
readings = st.builds(
    HardwareReading, st.lists(gpus, max_size=3).map(tuple), shares, st.integers(0, 2**60), st.integers(0, 2**60), sizes
)


@given(readings)
def test_a_reading_comes_back_as_it_was(reading: HardwareReading) -> None:
    assert from_json(to_json(reading)) == reading


NAMELESS = '{"gpus": [{"index": 0, "name": null}], "cpu": 0, "ram_used": 0, "ram_total": 0, "disk_free": 0}'


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"gpus": 1}', '{"gpus": [1]}', '{"gpus": [], "speed": 1}', "[" * 100_000, NAMELESS],
    ids=["nothing", "list", "empty", "null", "number", "no card", "more", "deep", "nameless"],
)
def test_what_is_no_reading_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(text)


class Driver:
    """NVIDIA's library with cards that answer what ``cards`` says; a missing answer is not supported."""

    def __init__(self, cards: list[dict[str, Any]]) -> None:
        self.cards = cards

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: len(self.cards))
        monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", self.card)
        for question in ("Name", "UtilizationRates", "MemoryInfo", "Temperature", "PowerUsage", "EnforcedPowerLimit",
                         "UUID", "MigMode", "TemperatureThreshold", "ComputeRunningProcesses",
                         "ProcessUtilization"):  # fmt: skip
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


def process(pid: int, used: int | None = None, **sample: int) -> types.SimpleNamespace:
    return types.SimpleNamespace(pid=pid, usedGpuMemory=used, **sample)


SHARED = {
    **H100,
    "UUID": "GPU-11111111-aaaa",
    "ComputeRunningProcesses": [process(7, 3 << 30), process(8, 1 << 30), process(900, 20 << 30)],
    "ProcessUtilization": [
        process(7, timeStamp=10, smUtil=90), process(7, timeStamp=20, smUtil=40), process(8, timeStamp=20, smUtil=15),
        process(900, timeStamp=30, smUtil=45),
    ],
}  # fmt: skip


class TestShare:
    """What the reading process, a trainer, has of a card."""

    def test_memory_and_the_newest_utilisation_of_all_its_processes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([SHARED]).install(monkeypatch)
        (gpu,) = HardwareReader(own={7, 8}).read().gpus
        assert (gpu.own_memory, gpu.processes) == (4 << 30, 3)
        assert gpu.own_utilisation == pytest.approx(0.55)

    def test_who_has_none_asks_for_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([SHARED]).install(monkeypatch)
        (gpu,) = HardwareReader().read().gpus
        assert (gpu.own_memory, gpu.own_utilisation, gpu.processes) == (None, None, None)

    def test_samples_are_asked_for_since_the_last_look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([SHARED]).install(monkeypatch)
        since: list[int] = []

        def samples(card: dict[str, Any], last: int) -> list[Any]:
            since.append(last)
            return [each for each in card["ProcessUtilization"] if each.timeStamp > last]

        monkeypatch.setattr(pynvml, "nvmlDeviceGetProcessUtilization", samples)
        reader = HardwareReader(own={7})
        assert [reader.read().gpus[0].own_utilisation for _ in range(2)] == [0.4, None]
        assert since == [0, 30]

    def test_a_driver_that_hides_memory_and_processes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([{**H100, "ComputeRunningProcesses": [process(7)]}, H100]).install(monkeypatch)
        first, second = HardwareReader(own={7}).read().gpus
        assert (first.own_memory, first.own_utilisation, first.processes) == (None, None, 1)
        assert (second.own_memory, second.own_utilisation, second.processes) == (None, None, None)


class TestDevice:
    """What torch tells of the device that it computes on."""

    def test_a_device_without_a_driver_of_ours_is_shown_as_torch_knows_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Driver([]).install(monkeypatch)
        device = DeviceReading("AMD Instinct MI300X", None, 2, 5, 192)
        (gpu,) = HardwareReader(own={7}, device=lambda: device).read().gpus
        assert gpu == GpuReading(0, "AMD Instinct MI300X", None, 5, 192, None, None, None, own_memory=2)

    def test_in_a_container_torch_tells_the_memory_that_is_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([SHARED, {**SHARED, "UUID": b"GPU-22222222-bbbb"}]).install(monkeypatch)
        device = DeviceReading("H100", "22222222-bbbb", 5, 6, 7)
        first, second = HardwareReader(own={1}, device=lambda: device).read().gpus
        assert (first.own_memory, second.own_memory) == (None, 5)
        assert (second.memory_used, second.memory_total) == (2 << 30, 80 << 30)

    def test_the_driver_knows_better_what_a_process_has(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([SHARED]).install(monkeypatch)
        device = DeviceReading("H100", "11111111-aaaa", 5, 6, 7)
        (gpu,) = HardwareReader(own={7}, device=lambda: device).read().gpus
        assert (gpu.own_memory, gpu.memory_used) == (3 << 30, 2 << 30)

    def test_of_a_split_card_the_memory_is_that_of_the_instance(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Driver([{**H100, "UUID": "GPU-1", "MigMode": [1, 1]}]).install(monkeypatch)
        device = DeviceReading("H100 MIG 1g.10gb", "MIG-3", 1 << 30, 2 << 30, 10 << 30)
        (gpu,) = HardwareReader(own={7}, device=lambda: device).read().gpus
        assert gpu.mig
        assert (gpu.own_memory, gpu.memory_used, gpu.memory_total) == (1 << 30, 2 << 30, 10 << 30)


@pytest.mark.parametrize(
    ("temperature", "slowdown", "hot"),
    [(None, None, False), (86.9, None, False), (87.0, None, True), (91.9, 95.0, False), (92.0, 95.0, True)],
)
def test_hot_is_near_where_a_card_slows_down(temperature: float | None, slowdown: float | None, hot: bool) -> None:
    assert GpuReading(0, "x", None, None, None, temperature, None, None, slowdown).hot is hot


def test_readings_of_an_older_run_still_open() -> None:
    old = (
        '{"gpus": [{"index": 0, "name": "x", "utilisation": 0.5, "memory_used": 1, "memory_total": 2, '
        '"temperature": 3.0, "power": 4.0, "power_limit": 5.0}], "cpu": 0.1, "ram_used": 1, "ram_total": 2, '
        '"disk_free": 3}'
    )
    assert from_json(old).gpus[0] == GpuReading(0, "x", 0.5, 1, 2, 3.0, 4.0, 5.0)


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
