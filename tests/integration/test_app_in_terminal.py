"""The app in a real terminal, on real runs: open, watch, ask, leave, hang up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pexpect
import psutil
import pyte
import pytest

from tests.integration.conftest import PATIENCE, CommandLine, TrainedRun


@dataclass
class Terminal:
    """What a person would see of a program, and the keys they would press."""

    program: pexpect.spawn[str]
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(100, 30))

    def __post_init__(self) -> None:
        self.program.setwinsize(self.screen.lines, self.screen.columns)
        self._stream = pyte.Stream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def see(self, *words: str) -> None:
        """Wait until all of the words are on the screen."""
        self.wait(lambda: all(word in self.text for word in words), f"{words} did not come")

    def wait(self, arrived: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self._stream.feed(self.program.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF as error:
                raise AssertionError(f"the app ended; its screen was\n{self.text}") from error
            if arrived():
                return
        raise AssertionError(f"{otherwise}; the screen was\n{self.text}")

    def press(self, keys: str) -> None:
        self.program.send(keys)

    def drop(self) -> None:
        """Have the line drop; how long the program takes over its end is its own affair."""
        os.close(self.program.child_fd)
        self.program.child_fd = -1
        self.program.closed = True

    def ended(self) -> int | None:
        """The exit status, once the program has ended."""
        self.program.expect(pexpect.EOF)
        self.program.close()
        status: int | None = self.program.exitstatus
        return status


def opened(command: CommandLine, *words: str) -> Terminal:
    return Terminal(command.in_terminal(*words))


def test_a_fresh_home_opens_on_the_texts_and_q_leaves(command: CommandLine) -> None:
    terminal = opened(command)
    terminal.see("1 Corpora", "hello", "python-reference")
    terminal.press("2")
    terminal.see("No runs yet.")
    terminal.press("q")
    assert terminal.ended() == 0


def test_a_finished_run_opens_like_a_live_one(trained: TrainedRun) -> None:
    terminal = opened(trained.command, "--run", trained.name)
    terminal.see("✓ finished", "100%", "loss, nats per character", "○ validation", "sample at step")
    terminal.press("q")
    assert terminal.ended() == 0


def test_a_run_is_watched_paused_left_and_found_again(training: tuple[CommandLine, str]) -> None:
    command, name = training
    terminal = opened(command)
    terminal.see("● running", name, "sample at step")
    terminal.press(" ")
    terminal.see("‖ paused")
    terminal.press(" ")
    terminal.see("● running")
    terminal.press("q")
    terminal.see("Training goes on without this window")
    terminal.press("l")
    assert terminal.ended() == 0
    assert command.show(name)["state"] == "running"

    again = opened(command)
    again.see("● running", name)
    again.press("q")
    again.see("Training goes on without this window")
    again.press("x")
    assert again.ended() == 0
    assert command.wait_for(name, lambda run: run["pid"] is None)["state"] == "stopped"


def test_when_the_line_drops_the_app_ends_and_the_training_goes_on(training: tuple[CommandLine, str]) -> None:
    command, name = training
    terminal = opened(command, "--run", name)
    terminal.see("● running")
    terminal.drop()
    terminal.program.wait()
    step = command.show(name)["step"]
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > step)


def test_two_apps_on_one_run_agree_and_leave_nothing_behind_when_killed(training: tuple[CommandLine, str]) -> None:
    """One is killed at its console, beside a writer; the line of the other drops. The trainer notices neither."""
    command, name = training
    first, second = opened(command, "--run", name), opened(command, "--run", name)
    for terminal in (first, second):
        terminal.see("● running", "sample at step")
    first.press(" ")
    second.see("‖ paused")
    second.press(" ")
    first.see("● running")

    first.press("3")
    first.see("Type a prime below")
    first.press("\r")
    app, other = psutil.Process(first.program.pid), psutil.Process(second.program.pid)
    first.wait(lambda: bool(app.children(recursive=True)), "no writer was started")
    children = app.children(recursive=True)
    app.kill()
    second.drop()
    _, left = psutil.wait_procs([*children, other], timeout=PATIENCE)
    assert not left
    step = command.show(name)["step"]
    command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > step)
    first.program.close(force=True)


def test_a_run_that_was_killed_can_go_on_from_the_app(training: tuple[CommandLine, str]) -> None:
    command, name = training
    terminal = opened(command, "--run", name)
    terminal.see("● running")
    os.kill(command.show(name)["pid"], 9)
    terminal.see("! interrupted")
    terminal.press("r")
    terminal.see("● running")
    terminal.press("x")
    terminal.see("■ stopped")
    terminal.press("q")
    assert terminal.ended() == 0


@pytest.mark.parametrize("size", [(10, 40), (50, 200)])
def test_the_app_follows_the_size_of_its_terminal(
    trained: TrainedRun, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell that exported COLUMNS and LINES once froze the app at that size."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    terminal = opened(trained.command, "--run", trained.name)
    terminal.see("✓ finished")
    terminal.program.setwinsize(*size)
    terminal.screen.resize(*size)
    terminal.screen.reset()
    terminal.see("✓ finished", "sample at step")
    terminal.program.setwinsize(30, 100)
    terminal.screen.resize(30, 100)
    terminal.screen.reset()
    terminal.see("✓ finished", "loss, nats per character")
    terminal.press("q")
    assert terminal.ended() == 0
