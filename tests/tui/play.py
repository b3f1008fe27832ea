"""The app on scripted services, to look at: ``python -m tests.tui.play [empty]``."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace

from tests.tui.fakes import (
    NOW,
    FakeRuns,
    FakeServices,
    FakeWatch,
    curve,
    sample,
    snapshot,
    summary,
    validations,
)
from tui_textgen.runs.snapshot import RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp

STEPS_PER_SECOND = 20


@dataclass
class LiveWatch(FakeWatch):
    """A run that learns as the wall clock goes."""

    began: float = field(default_factory=time.monotonic)

    def poll(self) -> RunSnapshot:
        facts = self.script[0].summary
        step = min(2232, int((time.monotonic() - self.began) * STEPS_PER_SECOND))
        train, validation = curve(step), validations(step)
        now = replace(
            facts, step=step, epoch=step / 279, seconds=step * 0.3,
            train_loss=train[-1].mean if train else None, val_loss=validation[-1].mean if validation else None,
            best_val_loss=validation[-1].mean if validation else None,
        )  # fmt: skip
        return snapshot(
            now, train=train, validation=validation, saved_at=NOW - 12 if step > 100 else None, samples=step // 100 + 1,
            newest_sample=sample(step // 100),
        )  # fmt: skip


def main(empty: bool) -> None:
    """Open the app; ``empty`` without any run."""
    runs = {
        "levin": LiveWatch([snapshot(summary("levin"))]),
        "broken": FakeWatch([snapshot(summary("broken", RunState.FAILED, message="The loss is not a number any more; "
                                              "resume with a lower learning rate.", created=NOW - 9_000))]),
        "old": FakeWatch([snapshot(summary("old", RunState.FINISHED, step=2232, created=NOW - 90_000))]),
    }  # fmt: skip
    TextgenApp(FakeServices(runs=FakeRuns({} if empty else runs)).services, pane="training").run()


if __name__ == "__main__":
    main("empty" in sys.argv)
