"""The commands' common ground: what each is passed, ``--debug`` on each, and files loaded only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import click

from tui_textgen.paths import Home

OpenApp = Callable[[str | None, bool], int]
"""Opens the app at a run, with or without the mouse; returns the exit status."""


@dataclass
class Invocation:
    """One call of the program."""

    open_app: OpenApp
    debug: bool = False

    @cached_property
    def home(self) -> Home:
        return Home.locate()


pass_invocation = click.make_pass_decorator(Invocation)


def invocation_of(context: click.Context) -> Invocation:
    found = context.find_object(Invocation)
    assert found is not None
    return found


def _set_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        invocation_of(context).debug = True


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"], is_flag=True, expose_value=False, is_eager=True, callback=_set_debug,
        help="Show the traceback of an error.",
    )  # fmt: skip


class Command(click.Command):
    """A command that knows ``--debug``, so that it can be added where the error was seen: at the end of the line."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params.append(_debug_option())


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params.append(_debug_option())


class LazyGroup(Group):
    """A group that imports a command's file when the command is called.

    ``files`` maps a command's name to ``module:attribute`` and its line of help; a list of all commands then
    costs no import either.
    """

    def __init__(self, *args: Any, files: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._files = files

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._files:
            return None
        module, _, attribute = self._files[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._files.items()])
