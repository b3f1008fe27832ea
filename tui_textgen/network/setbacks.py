"""When a training whose numbers fail goes back, how far its rate is lowered, and when that helps no more."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tui_textgen.errors import DivergedError
from tui_textgen.runs.snapshot import StepRecord

SEVERAL = 5
"""Updates left out in a row, after which a training goes back. A single one is passed over."""
MOST = 3
"""Times it goes back; the next trouble ends the run."""
LOWER = 0.5
"""What the learning rate is multiplied with each time."""
RECOVERED = 1000
"""Steps beyond the last trouble, after which the count begins anew: a run of weeks may meet more than three."""


class Setbacks:
    """What a training could not learn from."""

    def __init__(self) -> None:
        self.in_row = 0
        """Updates left out since the last one that counted."""
        self.why: str | None = None
        """Set where the training has to go back."""
        self._times = 0
        self._latest = 0

    def take(self, records: Iterable[StepRecord]) -> None:
        """Look at what some more steps measured."""
        for record in records:
            if math.isfinite(record.train_loss) and math.isfinite(record.grad_norm):
                self.in_row = 0
                if record.step > self._latest + RECOVERED:
                    self._times = 0
                continue
            self.in_row += 1
            if self.in_row == SEVERAL:
                self.call(
                    record.step,
                    f"{SEVERAL} updates in a row were left out; in the last one the loss was {record.train_loss:g} and "
                    f"the gradient's norm {record.grad_norm:g}",
                )

    def call(self, step: int, why: str) -> None:
        """Have the training go back because of what happened at ``step``."""
        self._times, self._latest = self._times + 1, step
        self.why = f"at step {step:,}, {why}"

    def check(self) -> None:
        """Raises DivergedError where going back once more would not help."""
        if self._times > MOST:
            raise DivergedError(
                f"The training diverged: {self.why}, after it had gone back {MOST} times. The last checkpoint is "
                "whole; try a lower learning rate (--lr) or a longer warm-up (--warmup-steps)."
            )

    def settled(self) -> None:
        """The training has gone back."""
        self.in_row, self.why = 0, None
