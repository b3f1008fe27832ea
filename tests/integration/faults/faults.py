"""The faults: each takes a run through one of its kind, and leaves it finished."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable

from tests.integration.faults import saboteur
from tests.integration.faults.ground import Trial, kill, wait
from tests.integration.faults.truth import assert_the_same, assert_tidy, assert_whole, undisturbed
from tui_textgen.network.resume import read_resume
from tui_textgen.network.setbacks import MOST, SEVERAL
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunState

WHOLE_LIFE = 0.8
"""Seconds that a trainer of these runs lives, about."""
Fault = Callable[[Trial], int]
"""Returns how many steps had to be trained again."""


def killed(trial: Trial) -> int:
    """SIGKILL at a random moment, up to three times."""
    pid, again = trial.start(), 0
    for _ in range(trial.random.randint(1, 3)):
        trial.pause(WHOLE_LIFE)
        kill(pid)
        again += _dead(trial)
        pid = trial.resume()
    assert wait(pid).status == 0
    return again + _finished_as_ever(trial)


def killed_while_saving(trial: Trial) -> int:
    """SIGKILL right before or after a file is synced, or takes another's place."""
    number, after = trial.random.randint(1, 60), trial.random.random() < 0.5
    ended = wait(trial.start(lambda: saboteur.killed_while_saving(number, after)))
    assert ended.status in (-signal.SIGKILL, 0)
    again = _dead(trial)
    assert trial.finish().status == 0
    return again + _finished_as_ever(trial)


def terminated(trial: Trial) -> int:
    """SIGTERM at a random moment: it saves before it leaves."""
    pid = trial.start()
    trial.pause(WHOLE_LIFE)
    os.kill(pid, signal.SIGTERM)
    ended = wait(pid)
    assert ended.status in (0, -signal.SIGTERM)  # the latter before it could say a word
    if ended.status == 0:
        seen = trial.seen()
        assert seen.state in (RunState.STOPPED, RunState.FINISHED)
        assert_whole(trial.folder)
        assert_tidy(trial.folder)
        assert trial.finish().status == 0
        assert seen.state is RunState.FINISHED or trial.seen().resumed_from == seen.step, "nothing is lost"
        return _finished_as_ever(trial)
    assert trial.finish().status == 0
    return _finished_as_ever(trial)


def crashed(trial: Trial) -> int:
    """An exception that nobody thought of."""
    return _failed(trial, saboteur.crash, "something that nobody thought of")


def out_of_memory(trial: Trial) -> int:
    """The process's memory is limited, and more is asked for."""
    return _failed(trial, saboteur.exhaust_memory, "memory")


def disk_full_for_a_while(trial: Trial) -> int:
    """No file grows between two steps; the training catches up by itself."""
    return _caught_up(trial, saboteur.fill_disk, saboteur.free_disk)


def folder_closed_for_a_while(trial: Trial) -> int:
    """The checkpoints' folder may not be written between two steps."""
    return _caught_up(trial, saboteur.close_folder(trial.folder), saboteur.open_folder(trial.folder))


def disk_full_to_the_end(trial: Trial) -> int:
    """No file grows from some step on; a signal still stops the training, even while it waits for the disk."""
    step = _some_step(trial)
    pid = trial.start(lambda: saboteur.at_step(step, saboteur.fill_disk))
    trial.pause(2 * WHOLE_LIFE)
    os.kill(pid, signal.SIGTERM)
    wait(pid, patience=20)
    again = _dead(trial)
    assert trial.finish().status == 0
    return again + _finished_as_ever(trial)


def file_removed(trial: Trial) -> int:
    """A file of the run, or the checkpoints' folder, is removed beneath the trainer."""
    pid, folder = trial.start(), trial.folder
    trial.pause(WHOLE_LIFE)
    what = trial.random.choice(["store", "lock", "latest", "resume", "start"])
    if what == "start":
        for path in folder.checkpoints.glob(".*.part"):
            path.unlink(missing_ok=True)
    elif what == "store":
        for path in folder.path.glob("run.sqlite*"):
            path.unlink(missing_ok=True)
    else:
        getattr(folder, what).unlink(missing_ok=True)
    wait(pid)
    assert trial.seen().state is RunState.FINISHED
    if what in ("latest", "resume"):  # removed behind the last save, they are the user's loss: the best is there
        for path in (folder.latest, folder.resume):
            if not path.exists():
                assert_whole(folder)
                return 0
    return _finished_as_ever(trial)


def run_removed(trial: Trial) -> int:
    """The whole run is removed: the trainer ends."""
    pid = trial.start()
    trial.pause(WHOLE_LIFE)
    shutil.rmtree(trial.folder.path, ignore_errors=True)
    wait(pid, patience=20)
    return 0


def one_loss_no_number(trial: Trial) -> int:
    """A single update is left out."""
    step = _some_step(trial)
    assert wait(trial.start(lambda: saboteur.at_step(step, saboteur.spoil))).status == 0
    seen = trial.seen()
    assert (seen.state, seen.rate_factor) == (RunState.FINISHED, 1.0)
    assert_whole(trial.folder)
    return 0


def several_losses_no_numbers(trial: Trial) -> int:
    """The training goes back to its last checkpoint, and on at half the rate; killed behind that, it still does."""
    step, left = _some_step(trial), SEVERAL

    def spoil_several(session: object) -> None:
        nonlocal left
        if left:
            left -= 1
            saboteur.spoil(session)  # type: ignore[arg-type]

    assert wait(trial.start(lambda: saboteur.at_step(step, spoil_several, once=False))).status == 0
    seen = trial.seen()
    assert (seen.state, seen.rate_factor) == (RunState.FINISHED, 0.5)
    assert_whole(trial.folder)
    return 0


def no_loss_a_number(trial: Trial) -> int:
    """From some step on, again and again: the run fails, and what it had learned can be resumed."""
    step = _some_step(trial)
    assert wait(trial.start(lambda: saboteur.at_step(step, saboteur.spoil, once=False))).status == 1
    seen = trial.seen()
    assert seen.state is RunState.FAILED
    assert f"gone back {MOST} times" in (seen.message or "")
    assert_whole(trial.folder)
    assert trial.finish().status == 0
    assert trial.seen().state is RunState.FINISHED
    assert_whole(trial.folder)
    return 0


def second_trainer(trial: Trial) -> int:
    """Another trainer begins while the first is at work, or starts itself."""
    pid = trial.start()
    trial.pause(WHOLE_LIFE / 2)
    other = trial.resume() if trial.random.random() < 0.5 else trial.start()
    statuses = sorted((wait(pid).status, wait(other).status))
    assert statuses in ([0, 2], [0, 0])  # both, where the first had finished when the other came
    return _finished_as_ever(trial) if statuses == [0, 2] else 0


def changed_and_killed(trial: Trial) -> int:
    """The rate and the epochs are changed while it trains; killed behind that, it forgets neither."""
    pid = trial.start()
    trial.pause(WHOLE_LIFE / 4)
    asked = [Command(CommandKind.RATE, {"factor": 0.5}), Command(CommandKind.EXTEND, {"epochs": 9})]
    changes: list[tuple[int, Command]] = []
    for command in asked:
        step = trial.ask(command) if trial.seen().state.live else None
        changes += [] if step is None else [(step, command)]
    trial.pause(WHOLE_LIFE / 2)
    kill(pid)
    again = _dead(trial)
    assert trial.finish().status == 0
    assert_the_same(trial.folder, undisturbed(trial.folder, changes))
    return again


FAULTS: tuple[Fault, ...] = (
    killed, killed_while_saving, terminated, crashed, out_of_memory, disk_full_for_a_while, disk_full_to_the_end,
    folder_closed_for_a_while, file_removed, run_removed, one_loss_no_number, several_losses_no_numbers,
    no_loss_a_number, second_trainer, changed_and_killed,
)  # fmt: skip


def _some_step(trial: Trial) -> int:
    return trial.random.randint(0, (trial.seen().steps or 0) - 2 * SEVERAL)


def _dead(trial: Trial) -> int:
    """What is true as soon as a trainer is gone; the steps behind its last checkpoint, which are trained again."""
    assert_whole(trial.folder)
    seen = trial.seen()
    assert seen.pid is None
    wordless = "launched" not in trial.facts()  # no trainer had said anything: it may still be on its way
    ended = (RunState.INTERRUPTED, RunState.FINISHED, RunState.STOPPED)
    assert seen.state in ended or (wordless and seen.state is RunState.STARTING)
    return _behind(trial)


def _behind(trial: Trial) -> int:
    """The steps on record behind the last checkpoint."""
    seen = trial.seen()
    if not trial.folder.resume.exists():
        return seen.step
    return max(0, seen.step - read_resume(trial.folder.resume).progress.step)


def _failed(trial: Trial, deed: saboteur.Deed, message: str) -> int:
    step = _some_step(trial)
    assert wait(trial.start(lambda: saboteur.at_step(step, deed))).status == 1
    seen = trial.seen()
    assert seen.state is RunState.FAILED
    assert message in (seen.message or "")
    assert_whole(trial.folder)
    assert_tidy(trial.folder)
    again = _behind(trial)
    assert trial.finish().status == 0
    return again + _finished_as_ever(trial)


def _caught_up(trial: Trial, breaks: saboteur.Deed, mends: saboteur.Deed) -> int:
    first, last = sorted((_some_step(trial), _some_step(trial) + 1))

    def sabotage() -> None:
        saboteur.at_step(first, breaks)
        saboteur.at_step(max(last, first + 1), mends)

    assert wait(trial.start(sabotage)).status == 0
    return _finished_as_ever(trial)


def _finished_as_ever(trial: Trial) -> int:
    assert trial.seen().state is RunState.FINISHED
    assert_whole(trial.folder)
    assert_tidy(trial.folder)
    assert_the_same(trial.folder, undisturbed(trial.folder))
    return 0
