"""A text that is out to harm, learned and shown on a real terminal: nothing of it acts there, whatever the command."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
import pytest

from tests.integration.conftest import TINY, CommandLine
from tui_textgen.paths import Home
from tui_textgen.visible import visible

HOSTILE = "a\x1b]52;c;aGk=\x07\x9b2J\u202e\u200b\ufeffe\u0301"
OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\t]")
"""What a progress bar sends: colours, and ways of the cursor; what erases or moves stands in no text here."""


def shown(command: CommandLine, *words: str | Path) -> str:
    """All that a command sends to its terminal."""
    terminal = command.in_terminal(*words)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0, terminal.before
    return str(terminal.before)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[CommandLine, Path, str]:
    """A run on such a text of such a name, and what ``train`` showed of it."""
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    command = CommandLine(Home(home, home / "cache", home / "config"))
    text = folder / f"{HOSTILE}.txt"
    text.write_text(HOSTILE * 60)
    words = ("train", text, *TINY, "--epochs", "1", "--name", "hostile", "--sample-prime", HOSTILE)
    return command, text, shown(command, *words)


def test_following_a_training_lets_nothing_through(hostile: tuple[CommandLine, Path, str]) -> None:
    told = OWN.sub("", hostile[2])
    assert "finished hostile" in told
    assert visible(told) == told


@pytest.mark.parametrize(
    "words",
    [
        ("runs",),
        ("runs", "show", "hostile"),
        ("models", "show", "hostile"),
        ("corpora", "show", "{text}"),
    ],
)
def test_no_command_lets_anything_through(hostile: tuple[CommandLine, Path, str], words: tuple[str, ...]) -> None:
    command, text, _ = hostile
    told = OWN.sub("", shown(command, *(str(text) if word == "{text}" else word for word in words)))
    assert "␛" in told
    assert visible(told) == told


def test_a_run_that_would_leave_its_folder_is_refused_harmlessly(hostile: tuple[CommandLine, Path, str]) -> None:
    command, text, _ = hostile
    refused = command("train", text, "--name", f"../{HOSTILE}")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "name" in refused.stderr
    assert visible(refused.stderr) == refused.stderr
