"""How long until the model is as good: our default recipe against the notebook's."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.ours import Trained, trained, training
from benchmarks.report import Baseline, Case
from benchmarks.rounds import in_child, tell
from tui_textgen.config import TrainingConfig, training_config

EPOCHS = 10
"""Of the notebook's recipe, which set the loss to reach."""
WARM_UP, TIMED = 2, 10


@dataclass(frozen=True)
class Goal:
    """A validation loss, and what the notebook needs for it."""

    loss: float
    steps: int


def run(bench: Bench) -> list[Case]:
    """The notebook's recipe is trained once, by our engine, to learn after how many of its steps it has which loss.

    Its own time for them is that number times its measured seconds a step, validations included: the curve is the
    recipe's, whoever computes it. One round, since each is two whole trainings.
    """
    epochs = 3 if bench.quick else EPOCHS
    recipe = training_config("notebook", {"epochs": epochs})
    tell(f"time_to_loss: the notebook's recipe, {epochs} epochs by our engine")
    goal, engine_seconds = _goal(_trained_as_the_notebook(bench, epochs))
    tell(f"time_to_loss: our default recipe, until {goal.loss:.3f} nats per character")
    seconds, loss = _seconds_until(bench, goal.loss)
    tell("time_to_loss: the notebook's speed")
    notebook = goal.steps * recipe.batch_size * recipe.seq_length / _notebook_speed(bench, recipe)
    name = f"until {goal.loss:.3f} nats per character, the notebook's recipe after {epochs} epochs"
    return [
        Case(
            name, "s", (seconds,),
            (Baseline("notebook", (notebook,)), Baseline("its recipe, our engine", (engine_seconds,))),
        ),
        Case("validation loss then", "nats per character", (loss,), (Baseline("notebook's recipe", (goal.loss,)),)),
    ]  # fmt: skip


def _trained_as_the_notebook(bench: Bench, epochs: int) -> Trained:
    return trained(
        bench.home, bench.text.corpus, "notebook", epochs=epochs, sample_every=0, device=bench.device
    )  # fmt: skip


def _goal(run: Trained) -> tuple[Goal, float]:
    """What the run ended at, and the seconds that our engine took for it."""
    record, loss = run.rows[-1]
    assert loss is not None  # the last step of a run is validated
    return Goal(loss, record.step), record.seconds


def _seconds_until(bench: Bench, loss: float) -> tuple[float, float]:
    """Of training and validating with our defaults until a validation is as good as ``loss``, and that validation."""
    with training(bench.home, bench.text.corpus, "standard", sample_every=0, device=bench.device) as (folder, watch):
        while True:
            snapshot = watch.poll()
            for point in snapshot.validation:
                if point.low <= loss:
                    return point.seconds, point.low
            if not snapshot.summary.state.live:
                raise RuntimeError(f"The run {folder.name} never reached {loss:.3f}: {snapshot.summary.best_val_loss}")
            time.sleep(0.5)


def _notebook_speed(bench: Bench, recipe: TrainingConfig) -> float:
    """Characters a second with its validations."""
    text = bench.text.encoded
    speed: float = in_child(
        "notebook", "train_speed", ids=str(text.path), item=text.item, distinct=bench.text.distinct,
        kind=recipe.model, lanes=recipe.batch_size, seq_length=recipe.seq_length, warm_up=WARM_UP, steps=TIMED,
        device=bench.device,
    )["with_validation"]  # fmt: skip
    return speed
