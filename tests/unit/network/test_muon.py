"""Updates that are orthogonal, gate by gate."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.unit.network.making import KINDS, session
from tui_textgen.network.muon import Muon, orthogonal


def with_singular_values(values: Tensor, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    left, right = (torch.linalg.qr(torch.randn(len(values), len(values), generator=generator))[0] for _ in range(2))
    matrix: Tensor = left @ torch.diag(values) @ right
    return matrix


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_every_direction_of_some_size_comes_to_one(dtype: torch.dtype, scale: float) -> None:
    """Whatever the gradient's own size; directions stay what they were."""
    matrix = with_singular_values(torch.logspace(0, -1.3, 64)) * scale
    result = orthogonal(matrix.unsqueeze(0), dtype)[0].float()
    assert (torch.linalg.svdvals(result) - 1).abs().max() < 0.15
    left, _, right = torch.linalg.svd(matrix)
    assert (left @ right * result).sum() / 64 == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("size", [4, 16, 64])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_rounding_never_makes_a_leading_direction_grow(size: int, dtype: torch.dtype) -> None:
    """A single direction above all others begins right at the upper end of the range, where rounding lifts it out."""
    values = torch.full((size,), 1e-3)
    values[0] = 1.0
    matrices = torch.stack([with_singular_values(values, seed) for seed in range(20)])
    assert torch.linalg.svdvals(orthogonal(matrices, dtype).float()).max() < 1.15


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_nothing_comes_of_nothing(dtype: torch.dtype) -> None:
    assert torch.equal(orthogonal(torch.zeros(2, 4, 4), dtype), torch.zeros(2, 4, 4, dtype=dtype))


def test_directions_without_any_size_stay_without() -> None:
    rank_one = with_singular_values(torch.tensor([1.0, 0, 0, 0]))
    assert torch.linalg.svdvals(orthogonal(rank_one.unsqueeze(0)))[0].tolist() == pytest.approx([1, 0, 0, 0], abs=0.1)


def test_each_gate_is_a_matrix_of_its_own() -> None:
    """A gate whose gradient is a thousandth of another's moves as far."""
    weight = nn.Parameter(torch.zeros(3 * 32, 32))
    gates = [with_singular_values(torch.linspace(1, 0.5, 32)) * size for size in (1.0, 1e-3, 0.0)]
    weight.grad = torch.cat(gates)
    Muon([weight], lr=0.5).step()
    first, second, third = weight.detach().view(3, 32, 32)
    torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)
    assert torch.linalg.svdvals(first).tolist() == pytest.approx([0.5] * 32, abs=0.05)
    assert torch.equal(third, torch.zeros(32, 32))


def test_weights_decay_by_rate_and_decay() -> None:
    weight = nn.Parameter(torch.ones(4, 4))
    weight.grad = torch.zeros(4, 4)
    Muon([weight], lr=0.1, weight_decay=0.5).step()
    torch.testing.assert_close(weight.data, torch.full((4, 4), 0.95))


@pytest.mark.parametrize("kind", KINDS)
def test_learns_faster_than_adamw(kind: str, tmp_path: Path) -> None:
    """Both at the rates they come with, on the same text for the same steps."""
    ends = {}
    for optimizer in ("adamw", "muon"):
        training = session(tmp_path, model=kind, n_hidden=32, n_layers=2, lr=3e-3, epochs=8, optimizer=optimizer)
        losses = [training.advance().loss.item() for _ in range(training.plan.steps)]
        ends[optimizer] = sum(losses[-10:]) / 10
    assert ends["muon"] < 0.93 * ends["adamw"], ends
