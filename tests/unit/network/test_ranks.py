"""Several processes are one training: the same numbers, and one checkpoint for any number of them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.unit.network.making import PANGRAMS, encoded, run_folder, settings
from tui_textgen.network.ranks import ALONE, Ranks, joined
from tui_textgen.network.resume import read_resume
from tui_textgen.network.session import TrainingSession
from tui_textgen.plan import plan_run

Act = Callable[[TrainingSession, Path], object]


def on_ranks(count: int, folder: Path, act: Act, resume: bool = False, **values: Any) -> Any:
    """What ``act`` returns on rank 0 of so many processes; ``values`` lie over the settings of these tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "torch._dynamo"])  # loaded once for all of them, DDP's part too
    answers = context.Queue()
    meeting = folder / f"meeting-{count}-{act.__name__}-{resume}"
    processes = [
        context.Process(target=_rank, args=(rank, count, meeting, folder, act, resume, values, answers), daemon=True)
        for rank in range(count)
    ]
    for process in processes:
        process.start()
    answer = answers.get(timeout=120)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return answer


def _rank(
    rank: int, count: int, meeting: Path, folder: Path, act: Act, resume: bool, values: Any, answers: Any
) -> None:
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    with joined(meeting, {name: str(number) for name, number in place.items()}) as ranks:
        training = session(folder, ranks, resume, **values)
        if rank == 0:
            answers.put(act(training, folder))
        else:
            training.follow()


def session(folder: Path, ranks: Ranks = ALONE, resume: bool = False, **values: Any) -> TrainingSession:
    config, text = settings(**{"batch_size": 7, "drop_prob": 0.0, **values}), encoded(folder, PANGRAMS)
    plan = plan_run(config, text.characters, len(text.vocabulary))
    if resume:
        return TrainingSession.resume(config, text, plan, run_folder(folder), ranks)
    return TrainingSession.begin(config, text, plan, ranks)


def steps(training: TrainingSession, number: int) -> list[tuple[float, float]]:
    """Loss and norm of so many steps."""
    return [(float(result.loss), float(result.grad_norm)) for result in (training.advance() for _ in range(number))]


def learn(training: TrainingSession, folder: Path) -> tuple[Sequence[tuple[float, float]], float]:
    """Four steps, a validation and a checkpoint."""
    measured = steps(training, 4), training.validate()
    training.save(run_folder(folder), best=False)
    return measured


def go_on(training: TrainingSession, _: Path) -> Sequence[tuple[float, float]]:
    return steps(training, 3)


def learn_and_go_on(training: TrainingSession, folder: Path) -> Sequence[tuple[float, float]]:
    learn(training, folder)
    return go_on(training, folder)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_ranks_measure_what_one_process_does(kind: str, tmp_path: Path) -> None:
    """Of 7 lanes, three ranks have 2, 2 and 3; their checkpoint holds all of them in order, and goes on anywhere."""
    alone = session(tmp_path, model=kind)
    (theirs, validation), expected = on_ranks(3, tmp_path, learn, model=kind), steps(alone, 4)
    assert torch.tensor(theirs) == pytest.approx(torch.tensor(expected), rel=1e-5)
    assert validation == pytest.approx(alone.validate(), rel=1e-5)
    saved = read_resume(run_folder(tmp_path).resume)
    assert saved.progress.step == 4
    for index, part in enumerate(alone.state):
        assert torch.allclose(saved.tensors[f"state.{index}"], part, atol=1e-5)
    expected = steps(alone, 3)
    assert torch.tensor(steps(session(tmp_path, resume=True, model=kind), 3)) == pytest.approx(
        torch.tensor(expected), rel=1e-5
    )
    assert torch.tensor(on_ranks(2, tmp_path, go_on, True, model=kind)) == pytest.approx(
        torch.tensor(expected), rel=1e-5
    )


def test_as_many_ranks_go_on_exactly(tmp_path: Path) -> None:
    """Each has its own masks, and draws on where it was."""
    straight = on_ranks(2, tmp_path, learn_and_go_on, drop_prob=0.5)
    assert on_ranks(2, tmp_path, go_on, True, drop_prob=0.5) == straight
    generators = read_resume(run_folder(tmp_path).resume).tensors["generator"]
    assert not torch.equal(generators[0], generators[1])


def pause_without_memory(training: TrainingSession, folder: Path) -> Sequence[tuple[float, float]]:
    learn(training, folder)
    training.release()
    training.recover()
    return go_on(training, folder)


def go_on_altered(training: TrainingSession, _: Path) -> tuple[Sequence[tuple[float, float]], int]:
    training.alter(rate_factor=0.5)
    training.alter(epochs=4)
    return steps(training, 3), training.plan.epochs


def test_all_ranks_let_go_of_their_memory_and_take_it_again(tmp_path: Path) -> None:
    straight = on_ranks(2, tmp_path, learn_and_go_on, drop_prob=0.5)
    assert on_ranks(2, tmp_path, pause_without_memory, drop_prob=0.5) == straight


def go_back_and_on(training: TrainingSession, folder: Path) -> Sequence[tuple[float, float]]:
    learn(training, folder)
    steps(training, 2)
    training.go_back(1.0)
    assert training.step == 4
    return go_on(training, folder)


def test_all_ranks_go_back_together(tmp_path: Path) -> None:
    straight = on_ranks(2, tmp_path, learn_and_go_on, drop_prob=0.5)
    assert on_ranks(2, tmp_path, go_back_and_on, drop_prob=0.5) == straight


def test_all_ranks_go_on_with_what_is_altered(tmp_path: Path) -> None:
    alone = session(tmp_path)
    expected = go_on_altered(alone, tmp_path)
    theirs, epochs = on_ranks(2, tmp_path, go_on_altered)
    assert torch.tensor(theirs) == pytest.approx(torch.tensor(expected[0]), rel=1e-5)
    assert epochs == expected[1] == 4


def test_a_single_process_is_the_training_it_was(tmp_path: Path) -> None:
    """Where there is one, its generator begins with the seed itself."""
    assert session(tmp_path, seed=5).generator.initial_seed() == 5
    seeds = {Ranks(rank, 3).seed(5, step) for rank in range(3) for step in (0, 10)}
    assert len(seeds) == 6
