"""The recurrent layers of our own: their gradients, and what low precision makes of them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import grad, gradcheck

from tui_textgen.network.recurrence import OWN_KINDS, look_up, run_layer
from tui_textgen.plan import GATES

WIDTH, HIDDEN = 5, 4


def weights_of(kind: str, dtype: torch.dtype = torch.float64, hidden: int = HIDDEN, width: int = WIDTH) -> list[Tensor]:
    rows, generator = GATES[kind] * hidden, torch.Generator().manual_seed(1)
    sizes: list[Any] = [(rows, width), (rows, hidden), (rows,), (rows,)]
    drawn = [torch.randn(size, generator=generator, dtype=torch.float64) for size in sizes]
    return [tensor.mul_(hidden**-0.5).to(dtype).requires_grad_() for tensor in drawn]


@pytest.mark.parametrize("kind", OWN_KINDS)
@pytest.mark.parametrize("steps", [1, 2, 6])
def test_gradients_are_those_of_small_differences(kind: str, steps: int) -> None:
    """Of the inputs, the first hidden state and every weight, with all outputs looked at."""
    generator = torch.Generator().manual_seed(2)
    values = torch.randn(steps, 3, WIDTH, generator=generator, dtype=torch.float64, requires_grad=True)
    h = torch.randn(3, HIDDEN, generator=generator, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda values, h, *weights: run_layer(kind, values, h, list(weights)),
                     (values, h, *weights_of(kind)))  # fmt: skip


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_characters_are_one_hot_vectors(kind: str) -> None:
    ids = torch.randint(WIDTH, (6, 3), generator=torch.Generator().manual_seed(2))
    vectors = torch.nn.functional.one_hot(ids, WIDTH).double()
    h = torch.zeros(3, HIDDEN, dtype=torch.float64)
    looked_up, multiplied = weights_of(kind), weights_of(kind)
    ours, theirs = run_layer(kind, ids, h, looked_up), run_layer(kind, vectors, h, multiplied)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(grad(ours.square().sum(), looked_up), grad(theirs.square().sum(), multiplied))


def test_a_frequent_character_gets_all_of_its_gradient() -> None:
    """In bf16 a running sum of ones would stop at 256."""
    table = torch.zeros(2, 1, dtype=torch.bfloat16, requires_grad=True)
    (gradient,) = grad(look_up(torch.ones(100, 40, dtype=torch.int64), table).sum(), [table])
    assert gradient.flatten().tolist() == [0, 4000]


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_low_precision_gives_nearly_the_same_gradients(kind: str) -> None:
    """To 2 % of each gradient's norm over 50 steps."""
    generator = torch.Generator().manual_seed(2)
    values, targets = (torch.randn(50, 8, 32, generator=generator) for _ in range(2))
    gradients = []
    for dtype in (torch.float32, torch.bfloat16):
        weights = weights_of(kind, dtype, hidden=32, width=32)
        outputs = run_layer(kind, values.to(dtype), torch.zeros(8, 32, dtype=dtype), weights)
        gradients.append(grad((outputs.float() - targets).square().mean(), weights))
    for exact, rough in zip(*gradients, strict=True):
        assert (exact - rough.float()).norm() < 0.02 * exact.norm()
