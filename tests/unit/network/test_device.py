"""What is chosen where settings say auto, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.unit.network.making import settings
from tui_textgen.errors import SettingsError
from tui_textgen.network import device
from tui_textgen.network.device import Gpu, choose_compute, physical_cores


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


@pytest.mark.parametrize(
    ("quota", "cores"), [("350000 100000\n", 4), ("50000 100000\n", 1), ("max 100000\n", 8), ("nonsense", 8), (None, 8)]
)
def test_a_container_gets_as_many_threads_as_it_is_granted_time(
    quota: str | None, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows all of the machine's cores."""
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(device, "CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: set(range(16)), raising=False)
    monkeypatch.setattr("psutil.cpu_count", lambda logical: 8)
    assert physical_cores() == cores


def test_what_is_asked_for_is_what_is_used() -> None:
    compute = choose_compute(settings(precision="bf16", device="cpu"))
    assert (compute.device, compute.dtype, compute.threads) == ("cpu", torch.bfloat16, 1)


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(Gpu, "of", lambda _: H100)
    assert choose_compute(settings(device="cuda:1", precision="fp32")).device == "cuda:1"
    with pytest.raises(SettingsError, match="cuda:2"):
        choose_compute(settings(device="cuda:2", precision="fp32"))


def test_fp16_is_refused_on_the_cpu() -> None:
    with pytest.raises(SettingsError, match="GPU"):
        choose_compute(settings(precision="fp16"))


V100, T4, A100, RTX_3090, H100 = Gpu((7, 0), 80), Gpu((7, 5), 40), Gpu((8, 0), 108), Gpu((8, 6), 82), Gpu((9, 0), 132)


@pytest.mark.parametrize(
    ("gpu", "values", "expected"),
    [
        (H100, {}, "fp16"),
        (A100, {}, "fp16"),
        (H100, {"model": "rnn"}, "fp16"),
        (H100, {"batch_size": 256}, "bf16"),
        (H100, {"batch_size": 60}, "bf16"),
        (H100, {"n_hidden": 500}, "bf16"),
        (H100, {"n_hidden": 2048}, "bf16"),
        (H100, {"model": "gru"}, "bf16"),
        (H100, {"model": "rnn", "n_hidden": 1024, "batch_size": 128}, "bf16"),
        (H100, {"precision": "fp32"}, "fp32"),
        (RTX_3090, {}, "bf16"),
        (T4, {}, "fp16"),
        (V100, {}, "fp16"),
        (Gpu((6, 1), 28), {}, "fp32"),
    ],
)
def test_a_gpus_precision_follows_what_it_and_the_shape_allow(
    gpu: Gpu, values: dict[str, object], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Gpu, "of", lambda _: gpu)
    shape = {"n_hidden": 512, "batch_size": 64, "seq_length": 100, "device": "auto", "precision": "auto"}
    compute = choose_compute(settings(**{**shape, **values}))
    assert (compute.device, compute.precision) == ("cuda:0", expected)


def test_the_lanes_that_a_short_text_leaves_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Gpu, "of", lambda _: H100)
    config = settings(n_hidden=512, batch_size=64, device="auto", precision="auto")
    assert choose_compute(config, lanes=61).precision == "bf16"


def test_bf16_is_refused_on_a_gpu_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Gpu, "of", lambda _: T4)
    with pytest.raises(SettingsError, match="fp16"):
        choose_compute(settings(precision="bf16", device="auto"))
