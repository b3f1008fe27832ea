"""What the app writes over the line: how much, and what it asks of the terminal."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.integration.conftest import CommandLine
from tests.integration.test_app_in_terminal import Terminal

SETTLING, WATCHING = 6.0, 8.0
"""Seconds until the first screen is drawn and settled, and seconds that are counted then."""
MOUSE = re.compile(r"\x1b\[\?(?:1000|1002|1003|1006|1015)h")
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m")
ROOT = Path(__file__).parents[2]


def written(program: pexpect.spawn[str], seconds: float) -> str:
    """What a program writes for so long."""
    parts, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            parts.append(program.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            continue
    return "".join(parts)


def test_watching_a_run_of_twenty_steps_a_second_takes_less_than_12_kib_a_second() -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    program = pexpect.spawn(sys.executable, ["-m", "tests.tui.play"], env=environment, cwd=str(ROOT), encoding="utf-8")
    program.setwinsize(36, 120)
    first = written(program, SETTLING)
    watched = written(program, WATCHING)
    program.close(force=True)
    assert "running" in first
    assert len(set(re.findall(r"\d+/2,232", watched))) > WATCHING, "the run must be seen to move"
    assert len(watched.encode()) / WATCHING < 12 * 1024


@pytest.mark.parametrize(("words", "asked"), [((), True), (("--no-mouse",), False)])
def test_the_mouse_is_left_to_the_terminal_where_that_is_wished(
    command: CommandLine, words: tuple[str, ...], asked: bool
) -> None:
    program = command.in_terminal(*words)
    seen = written(program, 0.1)
    deadline = time.monotonic() + 60
    while "Corpora" not in seen and time.monotonic() < deadline:
        seen += written(program, 0.3)
    program.send("q")
    program.expect(pexpect.EOF, timeout=60)
    seen += program.before or ""
    program.close(force=True)
    assert bool(MOUSE.search(seen)) is asked


def test_no_color_sends_no_colour_and_shows_where_one_is(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    program = command.in_terminal()
    seen = written(program, 0.1)
    deadline = time.monotonic() + 60
    while "python-reference" not in seen and time.monotonic() < deadline:
        seen += written(program, 0.3)
    program.close(force=True)
    assert "python-reference" in seen
    assert not COLOUR.search(seen)
    assert "\x1b[7m" in seen or "\x1b[1;7m" in seen


def test_the_tabs_can_be_clicked_in_a_terminal(command: CommandLine) -> None:
    terminal = Terminal(command.in_terminal())
    terminal.see("1 Corpora", "hello", "? Keys")
    column = terminal.screen.display[0].index("2 Training") + 3
    terminal.press(f"\x1b[<0;{column};1M\x1b[<0;{column};1m")
    terminal.see("No runs yet.")
    column = terminal.screen.display[-1].index("? Keys") + 2
    terminal.press(f"\x1b[<0;{column};{terminal.screen.lines}M\x1b[<0;{column};{terminal.screen.lines}m")
    terminal.see("Everywhere")
    terminal.press("\x1b")
    terminal.see("No runs yet.")
    terminal.press("q")
    assert terminal.ended() == 0
