"""How a run in progress is printed: one line that moves on a terminal, lines of their own elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from tui_textgen.cli.output import UNKNOWN, count, duration, loss
from tui_textgen.runs.pace import seconds_left
from tui_textgen.runs.snapshot import RunSnapshot, RunState, RunSummary
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

ROOMY = 110
"""Columns from which the bar and the run's name have room."""
PLAIN_SECONDS = 5.0
"""Between two plain lines."""


class Progress(Protocol):
    """Shows snapshots as they come."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def update(self, snapshot: RunSnapshot) -> None: ...
    def note(self, text: str) -> None:
        """A line of the run's log."""
        ...


class PlainProgress:
    """A line for each state but the last, one for each validation, and one every few seconds between.

    Of a run that goes on, what was printed when it was trained before is not said again.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._printed_at = clock()
        self._state = ""
        self._validated = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def update(self, snapshot: RunSnapshot) -> None:
        run = snapshot.summary
        before = run.step if run.state is RunState.STARTING else run.resumed_from or 0
        for point in snapshot.validation:
            if point.step > max(self._validated, before):
                self._validated = point.step
                self._line(f"step {point.step:,}  epoch {point.epoch:.2f}  val loss {point.mean:.4f}")
        if run.state.live and run.state != self._state:
            self._state = run.state
            self._line(f"{run.state} {run.name} on {run.corpus}")
        if run.step > 0 and self._clock() - self._printed_at >= PLAIN_SECONDS:
            self._line(progress_words(run, _left(snapshot)))

    def note(self, text: str) -> None:
        self._line(text)

    def _line(self, text: str) -> None:
        self._printed_at = self._clock()
        print(visible_line(text), flush=True)


class LiveProgress:
    """A bar with the numbers beside it; in a narrow terminal the state and the numbers, which are one line so."""

    def __init__(self, console: Console | None = None) -> None:
        """``console`` None: standard output."""
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        words = TextColumn("{task.fields[words]}", markup=False, table_column=Column(no_wrap=False))
        self._bar = Bar(TextColumn("{task.description}", markup=False), BarColumn(bar_width=12), words, console=console)
        self._roomy = self._bar.console.width >= ROOMY
        if not self._roomy:
            self._bar.columns = (self._bar.columns[0], words)
        self._task: TaskID = self._bar.add_task("starting", total=None, words="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def update(self, snapshot: RunSnapshot) -> None:
        run = snapshot.summary
        self._bar.update(
            self._task, completed=run.step, total=run.steps, words=progress_words(run, _left(snapshot)),
            description=visible_line(f"{run.state} {run.name}") if self._roomy else run.state,
        )  # fmt: skip

    def note(self, text: str) -> None:
        self._bar.console.print(visible_line(text), markup=False, highlight=False)


def progress_words(run: RunSummary, left: float | None = None) -> str:
    """Step, losses, speed and the seconds that are left; at the pace of the whole run if they are not given."""
    left = remaining(run) if left is None else left
    return (
        f"step {run.step:,}/{count(run.steps)}  loss {loss(run.train_loss)}  val {loss(run.val_loss)}  "
        f"{UNKNOWN if run.chars_per_second is None else f'{run.chars_per_second:,.0f}'} chars/s  "
        f"{UNKNOWN if left is None else duration(left)} left"
    )


def remaining(run: RunSummary) -> float | None:
    """Seconds until the last step at the pace of the run as a whole; None while that is not known."""
    if not run.steps or run.step <= 0 or run.seconds <= 0:
        return None
    return run.seconds / run.step * max(0, run.steps - run.step)


def _left(snapshot: RunSnapshot) -> float | None:
    run = snapshot.summary
    return seconds_left(run.step, run.steps, run.seconds, snapshot.train, len(snapshot.validation))
