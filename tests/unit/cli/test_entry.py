"""What opens the app and what is a command; how errors leave."""

from __future__ import annotations

import sys

import click
import pytest

from tui_textgen.__main__ import main, opening_words
from tui_textgen.cli.command import Invocation, pass_invocation
from tui_textgen.cli.main import cli
from tui_textgen.errors import CorpusError, WorkerError


@pytest.mark.parametrize(
    ("words", "opening"),
    [
        ([], (None, True)),
        (["--no-mouse"], (None, False)),
        (["--run", "levin"], ("levin", True)),
        (["--run=levin", "--no-mouse"], ("levin", False)),
        (["--run"], None),
        (["--run="], None),
        (["--run", "--no-mouse"], None),
        (["runs"], None),
        (["--help"], None),
        (["--run", "levin", "runs"], None),
    ],
)
def test_only_what_opens_the_app_takes_the_short_way(words: list[str], opening: tuple[str | None, bool] | None) -> None:
    assert opening_words(words) == opening


@pytest.mark.parametrize("words", [[], ["--run", "levin"], ["--no-mouse"], ["--debug"]])
def test_without_a_terminal_the_app_says_so(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "needs a terminal" in err


@pytest.mark.parametrize(
    "words",
    [
        ["nope"],
        ["train"],
        ["--run"],
        ["runs", "--run", "levin"],
        ["--no-mouse", "runs"],
        ["train", "x", "--model", "transformer"],
        ["generate"],
        ["score", "model", "file", "--lanes", "3"],
        ["score", "model", "file", "--lanes", "0", "--window", "3"],
        ["score", "model", "file", "--per-character", "--json"],
        ["score", "model", "file", "--per-character", "--lanes", "3", "--window", "3"],
    ],
)
def test_wrong_usage_is_one_line_and_status_2(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("textgen-tui: ")
    assert "--help" in err


@pytest.mark.parametrize("command", ["", *cli.list_commands(click.Context(cli))])
def test_every_command_has_help(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"] if command else ["--help"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("Usage: textgen-tui " + command)
    assert "--debug" in out
    assert err == ""


class Raising:
    """Puts a command that raises in place of ``runs``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, error: BaseException) -> None:
        from tui_textgen.cli.command import Command

        @click.command(cls=Command)
        @pass_invocation
        def failing(_: Invocation) -> None:
            raise error

        self._monkeypatch.setattr("tui_textgen.cli.runs.runs", failing)


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Raising:
    return Raising(monkeypatch)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CorpusError("The file is empty."), 2),
        (WorkerError("The writer ended."), 1),
        (ZeroDivisionError("division by zero"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_is_a_sentence_and_a_status(
    raising: Raising, error: BaseException, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    raising(error)
    assert main(["runs"]) == status
    out, err = capfd.readouterr()
    assert out == ""
    assert str(error) in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback_wherever_it_stands(raising: Raising, capfd: pytest.CaptureFixture[str]) -> None:
    raising(CorpusError("The file is empty."))
    for words in (["runs", "--debug"], ["--debug", "runs"]):
        assert main(words) == 2
        assert "Traceback" in capfd.readouterr().err


def test_text_in_an_error_cannot_act_on_the_terminal(raising: Raising, capfd: pytest.CaptureFixture[str]) -> None:
    raising(CorpusError("There is no text '\x1b]52;c;aGk=\x07'."))
    main(["runs"])
    assert "\x1b" not in capfd.readouterr().err


def test_what_the_system_refuses_is_no_defect(raising: Raising, capfd: pytest.CaptureFixture[str]) -> None:
    """A folder of somebody else's, after one call by sudo say, was told as something wrong inside."""
    raising(PermissionError(13, "Permission denied", "/home/me/\x1b[2J"))
    assert main(["runs"]) == 1
    said = capfd.readouterr().err
    assert said.startswith("textgen-tui: ‘/home/me/␛[2J’ cannot be used: Permission denied; ")
    assert "TEXTGEN_TUI_HOME" in said


@pytest.mark.parametrize("words", [[], ["runs"]])
def test_a_home_that_leads_nowhere_is_a_sentence(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("TEXTGEN_TUI_HOME", "~no-such-user/here")
    assert main(words) == 2
    said = capfd.readouterr().err
    assert said.startswith("textgen-tui: TEXTGEN_TUI_HOME is ‘~no-such-user/here’, which leads nowhere")


def test_closed_streams_lead_nowhere(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """``textgen-tui train … --detach <&- >&-``, as from a daemon, was a traceback."""
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr("sys.stdout", None)
    assert main([]) == 2
    assert main(["runs", "--help"]) == 0
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_an_interrupt_while_the_app_starts_is_none_of_its_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_run: str | None, _mouse: bool) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_textgen.__main__.open_app", interrupted)
    assert main([]) == 130


def test_an_interrupt_while_a_class_is_made_is_one(raising: Raising, capfd: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C while modules were imported was told as something wrong inside: Python wraps what comes then."""
    wrapped = RuntimeError("Error calling __set_name__")
    wrapped.__cause__ = KeyboardInterrupt()
    raising(wrapped)
    assert main(["runs"]) == 130
    assert capfd.readouterr() == ("", "")
