"""fp16's factor on the loss: what overflows is left out, and the factor follows the gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.unit.network.making import PANGRAMS, encoded, events, resumed, run_folder, settings
from tui_textgen.errors import DivergedError
from tui_textgen.network.device import Compute
from tui_textgen.network.loss_scale import FIRST, LARGEST, PATIENCE, SMALLEST, LossScale
from tui_textgen.network.resume import Progress
from tui_textgen.network.session import TrainingSession
from tui_textgen.plan import plan_run

CPU = torch.device("cpu")


def gradients(*values: float) -> list[Tensor]:
    return [torch.tensor([value, 8.0]) for value in values]


def in_fp16(folder: Path, **values: object) -> TrainingSession:
    """A session as a GPU has it, on the CPU."""
    config, text = settings(**{"batch_size": 2, "sample_every": 0, **values}), encoded(folder, PANGRAMS)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    return TrainingSession(config, text, plan, Compute("cpu", "fp16", 1), Progress(val_every=plan.val_every))


def overflow_at(training: TrainingSession, steps: Sequence[int]) -> None:
    """The gradient of the output's bias overflows in these steps."""
    training.network.fc.bias.register_hook(  # type: ignore[no-untyped-call]
        lambda gradient: gradient.fill_(math.inf) if training.step + 1 in steps else gradient
    )


def test_gradients_come_back_to_their_own_size() -> None:
    scale = LossScale(CPU)
    assert scale(torch.tensor(2.0)) == 2 * FIRST
    found = gradients(FIRST, 4 * FIRST)
    counts, excess = scale.settle(found)
    assert [float(gradient[0]) for gradient in found] == [1, 4]
    assert (float(counts), float(excess)) == (1, 0)


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_an_overflow_leaves_nothing_and_halves_the_factor(value: float) -> None:
    scale, found = LossScale(CPU), gradients(1.0, value)
    counts, excess = scale.settle(found)
    assert all(torch.equal(gradient, torch.zeros(2)) for gradient in found)
    assert (float(counts), float(excess)) == (0, 0)
    assert scale.memory.tolist() == [FIRST / 2, 0]


def test_the_factor_grows_with_patience_and_stays_within_bounds() -> None:
    scale = LossScale(CPU)
    for _ in range(PATIENCE - 1):
        scale.settle(gradients(1.0))
    assert scale.memory.tolist() == [FIRST, PATIENCE - 1]
    scale.settle(gradients(1.0))
    assert scale.memory.tolist() == [2 * FIRST, 0]
    scale.memory.copy_(torch.tensor([LARGEST, PATIENCE - 1]))
    scale.settle(gradients(1.0))
    assert scale.memory.tolist() == [LARGEST, 0]


def test_what_overflows_at_the_smallest_factor_is_told() -> None:
    scale = LossScale(CPU)
    scale.memory[0] = SMALLEST
    _, excess = scale.settle(gradients(math.inf))
    assert float(excess) == math.inf
    assert scale.memory.tolist() == [SMALLEST, 0]


def test_an_overflow_in_a_training_costs_one_update(tmp_path: Path) -> None:
    training = in_fp16(tmp_path)
    overflow_at(training, [3])
    norms, moved = [], []
    for _ in range(4):
        before = training.network.fc.weight.detach().clone()
        norms.append(training.advance().grad_norm.item())
        moved.append(not torch.equal(training.network.fc.weight, before))
    assert moved == [True, True, False, True]
    assert norms[2] == 0
    assert all(math.isfinite(norm) and norm > 0 for norm in norms[:2] + norms[3:])


def test_fp16_learns_as_fp32_does(tmp_path: Path) -> None:
    ends = []
    for precision in ("fp16", "fp32"):
        training = in_fp16(tmp_path, optimizer="adamw", lr=0.01)
        if precision == "fp32":
            training = TrainingSession(
                training.config, training.text, training.plan, Compute("cpu", "fp32", 1), training.progress
            )
        ends.append([training.advance().loss.item() for _ in range(30)][-1])
    assert ends[0] == pytest.approx(ends[1], rel=0.01)


def test_gradients_that_no_factor_helps_end_the_training(tmp_path: Path) -> None:
    training = in_fp16(tmp_path, val_frac=0.0)
    settle = training._settle

    def settle_and_overflow() -> None:
        settle()
        overflow_at(training, range(1, 1000))

    training._settle = settle_and_overflow  # type: ignore[method-assign]  # each time it goes back
    overflow_at(training, range(1, 1000))
    with pytest.raises(DivergedError):
        events(training)
    assert training.scale is not None
    assert training.scale.memory[0] == SMALLEST


def test_the_factor_is_resumed(tmp_path: Path) -> None:
    training, folder = in_fp16(tmp_path), run_folder(tmp_path)
    overflow_at(training, [2])
    for _ in range(5):
        training.advance()
    training.save(folder, best=False)
    later = [training.advance().loss.item() for _ in range(5)]
    again = resumed(training, folder)
    assert again.scale is not None
    assert again.scale.memory.tolist() == [FIRST / 2, 3]
    assert [again.advance().loss.item() for _ in range(5)] == later
