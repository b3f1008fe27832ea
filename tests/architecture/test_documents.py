"""The documents tell the truth about what can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tui_textgen.cli.main import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "models" / "README.md"]


def commands_in(document: Path) -> list[str]:
    """Every ``textgen-tui …`` and ``make …`` line of the document's code blocks and inline code."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"```(?:sh|console|bash)\n(.*?)```", text, re.DOTALL)
    lines = [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`((?:textgen-tui|make) [^`\n]+)`", text)
    return [line for line in lines + inline if line.startswith(("textgen-tui", "make "))]


ALL = [(document.name, line) for document in DOCUMENTS for line in commands_in(document)]


def test_the_readme_shows_commands() -> None:
    assert any(name == "README.md" and line.startswith("textgen-tui train") for name, line in ALL)


@pytest.mark.parametrize(("document", "line"), ALL)
def test_every_command_exists(document: str, line: str) -> None:
    line = re.split(r"\s[|>#&]|;", line)[0]
    program, *words = shlex.split(line)
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert words[0] in targets
        return
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        following = command.get_command(click.Context(command), words[0])
        if following is None:
            break
        command = following
        words = words[1:]
    assert not (isinstance(command, click.Group) and words and not words[0].startswith("-")), f"no command: {line}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= known | {"--help"}, line
