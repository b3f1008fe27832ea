"""Products with weights in fewer bits than they were trained in."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.network import products
from tui_textgen.network.products import ByteProduct, FloatProduct, product


def values(rows: int, columns: int, seed: int) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@given(st.integers(1, 70), st.integers(2, 130), st.integers(1, 70), st.integers(0, 1000))
def test_bytes_come_within_a_hundredth_of_the_product(streams: int, inputs: int, rows: int, seed: int) -> None:
    """Of the length of what is multiplied, whatever the shape: kernels work in blocks."""
    weight, bias, x = values(rows, inputs, seed), values(1, rows, seed + 1)[0], values(streams, inputs, seed + 2)
    off = (ByteProduct(weight, bias)(x) - (x @ weight.t() + bias)).abs()
    assert bool((off <= 0.02 * x.norm(dim=1, keepdim=True) * weight.norm(dim=1) + 1e-6).all())


def test_bytes_give_a_stream_the_same_alone_and_in_company() -> None:
    weight, bias, x = values(300, 256, 1), values(1, 300, 2)[0], values(64, 256, 3)
    together = ByteProduct(weight, bias)(x)
    assert all(torch.equal(ByteProduct(weight, bias)(x[i : i + 1])[0], together[i]) for i in range(0, 64, 7))


@pytest.mark.parametrize("scale", [0.0, 1e-20, 1e20])
def test_bytes_hold_values_of_any_size(scale: float) -> None:
    weight, bias, x = values(10, 256, 1) * scale, torch.zeros(10), values(2, 256, 2)
    expected = x @ weight.t()
    torch.testing.assert_close(ByteProduct(weight, bias)(x), expected, atol=0.02 * scale * 256, rtol=0.05)


@pytest.mark.parametrize(
    ("vnni", "bf16", "streams", "expected"),
    [
        (True, True, 1, None),
        (True, False, 64, None),
        (False, True, 64, torch.bfloat16),
        (False, False, 64, torch.float32),
        (False, True, 1, torch.float16),
    ],
)
def test_what_the_cpu_can_do_decides(
    vnni: bool, bf16: bool, streams: int, expected: torch.dtype | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "cpu_has_vnni", lambda: vnni)
    monkeypatch.setattr(products, "cpu_has_bf16", lambda: bf16)
    made = product(values(8, 512, 1), torch.zeros(8), streams)
    assert made._dtype == expected if isinstance(made, FloatProduct) else expected is None


def test_weights_too_large_for_sixteen_bits_stay_in_thirty_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "cpu_has_vnni", lambda: False)
    weight = values(8, 512, 1)
    weight[0, 0] = 1e6
    assert product(weight, torch.zeros(8), 1)(values(1, 512, 2)).isfinite().all()


def test_small_networks_keep_their_weights_as_they_are() -> None:
    weight, bias, x = values(8, 16, 1), values(1, 8, 2)[0], values(3, 16, 3)
    torch.testing.assert_close(product(weight, bias, 1)(x), x @ weight.t() + bias)
