"""What is chosen where settings say auto, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.unit.network.making import settings
from tui_textgen.errors import SettingsError
from tui_textgen.network import device
from tui_textgen.network.device import choose_compute


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx2 avx512_bf16", "bf16"), ("fpu amx_bf16", "bf16"), ("fpu avx2 avx512f", "fp32")],
)
def test_the_cpus_precision_follows_what_it_can_multiply(
    flags: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = tmp_path / "cpuinfo"
    facts.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
    monkeypatch.setattr(device, "CPU_FACTS", facts)
    assert choose_compute(settings(precision="auto")).precision == expected


def test_an_unknown_cpu_computes_in_fp32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "CPU_FACTS", tmp_path / "missing")
    assert choose_compute(settings(precision="auto")).precision == "fp32"


def test_what_is_asked_for_is_what_is_used() -> None:
    compute = choose_compute(settings(precision="bf16", device="cpu"))
    assert (compute.device, compute.dtype, compute.threads) == ("cpu", torch.bfloat16, 1)


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_compute(settings(device="cuda:1", precision="fp32")).device == "cuda:1"
    with pytest.raises(SettingsError, match="cuda:2"):
        choose_compute(settings(device="cuda:2", precision="fp32"))


def test_fp16_is_refused_on_the_cpu() -> None:
    with pytest.raises(SettingsError, match="GPU"):
        choose_compute(settings(precision="fp16"))
