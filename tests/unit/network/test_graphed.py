"""The update of a GPU, on the CPU, where nothing is recorded: the numbers are those of the plain one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.unit.network.making import KINDS, PANGRAMS, encoded, resumed, run_folder, settings
from tui_textgen.network.device import Compute
from tui_textgen.network.graphed import GraphedLearner
from tui_textgen.network.learner import Learner
from tui_textgen.network.recording import Recording
from tui_textgen.network.resume import Progress
from tui_textgen.network.session import TrainingSession
from tui_textgen.plan import plan_run


def begun(folder: Path, precision: str = "fp32", **values: object) -> TrainingSession:
    config, text = settings(**values), encoded(folder, PANGRAMS)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    return TrainingSession(config, text, plan, Compute("cpu", precision, 1), Progress(val_every=plan.val_every))


def graphed(training: TrainingSession) -> TrainingSession:
    assert isinstance(training._learner, Learner)
    training._learner = GraphedLearner(
        training._learner, training.state, training.plan.train.seq_length, training.generator
    )
    return training


def told(training: TrainingSession, steps: int) -> list[tuple[float, float]]:
    """Losses and norms, read once all is done, as a training reads them."""
    results = [training.advance() for _ in range(steps)]
    return [(result.loss.item(), result.grad_norm.item()) for result in results]


def learned(training: TrainingSession) -> list[Tensor]:
    return [*training.network.parameters(), *training.state]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "muon"])
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_learns_what_the_plain_learner_does(kind: str, optimizer: str, precision: str, tmp_path: Path) -> None:
    """Over the end of an epoch, with dropout and a moving rate."""
    values = {"model": kind, "optimizer": optimizer, "drop_prob": 0.3, "n_layers": 2, "schedule": "linear"}
    plain = begun(tmp_path, precision, **values)
    ours = graphed(begun(tmp_path, precision, **values))
    steps = plain.plan.steps_per_epoch + 3
    assert told(ours, steps) == told(plain, steps)
    for mine, theirs in zip(learned(ours), learned(plain), strict=True):
        assert torch.equal(mine, theirs)


class NoWaiting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Raises where a number, or a size that depends on one, is read from a tensor: no graph can hold that."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert func not in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default), func
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "muon"])  # RMSprop reads its rate, but not on a GPU
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_an_update_waits_for_no_number(kind: str, optimizer: str, precision: str, tmp_path: Path) -> None:
    training = graphed(begun(tmp_path, precision, model=kind, optimizer=optimizer, drop_prob=0.3, n_layers=2))
    told(training, 2)
    assert isinstance(training._learner, GraphedLearner)
    with NoWaiting():  # type: ignore[no-untyped-call]
        training._learner._work()


def test_goes_on_from_a_checkpoint(tmp_path: Path) -> None:
    training, folder = graphed(begun(tmp_path, drop_prob=0.3)), run_folder(tmp_path)
    told(training, 5)
    training.save(folder, best=False)
    again = graphed(resumed(training, folder))
    assert told(again, 5) == told(training, 5)


def test_without_a_gpu_work_is_done_at_each_call() -> None:
    done: list[int] = []
    recording = Recording(torch.device("cpu"))
    for _ in range(5):
        recording(lambda: done.append(len(done)))
    assert done == [0, 1, 2, 3, 4]
