"""What is said of a run that cannot be asked for anything, since nobody trains it."""

from __future__ import annotations

import pytest

from tests.tui.fakes import summary
from tui_textgen.cli.control import going_on, not_live
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import RunState


@pytest.mark.parametrize(
    ("state", "kind", "remedy"),
    [
        (RunState.FINISHED, CommandKind.PAUSE, "it is finished; go on with: textgen-tui resume levin --epochs E"),
        (RunState.STOPPED, CommandKind.CONTINUE, "it is stopped; go on with: textgen-tui resume levin"),
        (RunState.STOPPED, CommandKind.EXTEND, "extend it with: textgen-tui resume levin --epochs E"),
    ],
)
def test_a_run_that_is_not_trained_names_the_command_that_helps(
    state: RunState, kind: CommandKind, remedy: str
) -> None:
    """A finished run was told without any remedy."""
    assert not_live(summary(state=state), kind).endswith(remedy)


def test_a_run_that_finished_while_it_was_asked_to_stop_goes_on_with_more_epochs() -> None:
    """The command that was named is refused for a finished run."""
    assert going_on(summary(state=RunState.FINISHED)) == "textgen-tui resume levin --epochs E"
