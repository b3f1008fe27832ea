"""How long until the model is as good: our default recipe against the notebook's."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.ours import trained, training
from benchmarks.report import Baseline, Case
from benchmarks.rounds import in_child, tell
from tui_textgen.config import TrainingConfig, training_config
from tui_textgen.plan import plan_run

EPOCHS = 10
"""Of the notebook's recipe, which set the loss to reach."""
WARM_UP, TIMED = 2, 10


@dataclass(frozen=True)
class Goal:
    """A validation loss, and what the notebook needs for it."""

    loss: float
    steps: int
    engine_seconds: float | None
    """What our engine took with the notebook's recipe, if it did that here."""


def run(bench: Bench) -> list[Case]:
    """The notebook's recipe is trained once, by our engine, to learn after how many of its steps it has which loss.

    Its own time for them is that number times its measured seconds a step, validations included: the curve is the
    recipe's, whoever computes it. A goal that is known beforehand is taken as it is. One round, since each is two whole
    trainings.
    """
    recipe = training_config("notebook", {})
    goal, described = _known_goal(bench, recipe) if bench.until else _found_goal(bench)
    tell(f"time_to_loss: our default recipe, until {goal.loss:.4f} nats per character")
    seconds, loss = _seconds_until(bench, goal.loss)
    tell("time_to_loss: the notebook's speed")
    notebook = goal.steps * recipe.batch_size * recipe.seq_length / _notebook_speed(bench, recipe)
    baselines = [Baseline("notebook", (notebook,))]
    if goal.engine_seconds is not None:
        baselines.append(Baseline("its recipe, our engine", (goal.engine_seconds,)))
    name = f"until {goal.loss:.4f} nats per character, {described}"
    return [
        Case(name, "s", (seconds,), tuple(baselines)),
        Case("validation loss then", "nats per character", (loss,), (Baseline("notebook's recipe", (goal.loss,)),)),
    ]


def _known_goal(bench: Bench, recipe: TrainingConfig) -> tuple[Goal, str]:
    """What ``--until`` says that the notebook's recipe reaches on this text."""
    assert bench.until is not None
    loss, epochs = bench.until
    text = bench.text.encoded
    plan = plan_run(recipe.model_copy(update={"epochs": epochs}), text.characters, bench.text.distinct)
    return Goal(loss, plan.steps, None), f"said of the notebook's recipe after {epochs} epochs"


def _found_goal(bench: Bench) -> tuple[Goal, str]:
    epochs = 3 if bench.quick else EPOCHS
    tell(f"time_to_loss: the notebook's recipe, {epochs} epochs by our engine")
    finished = trained(
        bench.home, bench.text.corpus, "notebook", epochs=epochs, sample_every=0, device=bench.device
    )  # fmt: skip
    record, loss = finished.rows[-1]
    assert loss is not None  # the last step of a run is validated
    return Goal(loss, record.step, record.seconds), f"the notebook's recipe after {epochs} epochs"


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
