"""What is done to a trainer from inside its own process."""

from __future__ import annotations

import math
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tui_textgen.network.learner import StepResult
from tui_textgen.network.session import TrainingSession
from tui_textgen.runs.folder import RunFolder

Deed = Callable[[TrainingSession], None]


def at_step(step: int, deed: Deed, once: bool = True) -> None:
    """Do ``deed`` before the update behind ``step``, or before each from there on."""
    advance, done = TrainingSession.advance, False

    def sabotaged(session: TrainingSession) -> StepResult:
        nonlocal done
        if session.step == step or (session.step > step and not once):
            if not (once and done):
                deed(session)
            done = True
        return advance(session)

    TrainingSession.advance = sabotaged  # type: ignore[assignment, method-assign]


def killed_while_saving(number: int, after: bool) -> None:
    """Die at the ``number``-th time that a file is synced or takes another's place, right before or after that."""
    calls = 0

    def deadly(act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **values: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = act(*arguments, **values)
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    os.fsync = deadly(os.fsync)
    Path.replace = deadly(Path.replace)  # type: ignore[method-assign]


def crash(_: TrainingSession) -> None:
    raise ZeroDivisionError("something that nobody thought of")


def exhaust_memory(_: TrainingSession) -> None:
    """Leave less memory than the next thing takes."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + (64 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    torch.zeros(1 << 28)


def fill_disk(_: TrainingSession) -> None:
    """From here on no file grows."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def free_disk(_: TrainingSession) -> None:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def close_folder(folder: RunFolder) -> Deed:
    """Nobody may write into the checkpoints' folder; root becomes somebody, who is not exempt."""

    def deed(_: TrainingSession) -> None:
        folder.checkpoints.chmod(0o500)
        if os.getuid() == 0:
            os.seteuid(65534)

    return deed


def open_folder(folder: RunFolder) -> Deed:
    def deed(_: TrainingSession) -> None:
        os.seteuid(os.getuid())
        folder.checkpoints.chmod(0o700)

    return deed


def spoil(session: TrainingSession) -> None:
    """The next loss is no number; the weights are good again right behind it."""
    bias, advance = session.network.fc.bias.data, session._learner.learn
    good = bias.clone()

    def learn(*arguments: Any) -> Any:
        session._learner.learn = advance  # type: ignore[method-assign]
        bias.fill_(math.nan)
        learned = advance(*arguments)
        bias.copy_(good)
        return learned

    session._learner.learn = learn  # type: ignore[assignment, method-assign]
