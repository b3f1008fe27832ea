"""``train``, ``resume`` and ``fork``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.cli.options import given, settings_options
from tui_textgen.cli.output import say
from tui_textgen.config import DEFAULT_PRESET, PRESET_HELP, TrainingConfig
from tui_textgen.workers.forking import KEPT

F = TypeVar("F", bound=Callable[..., Any])

HELP = """Learn CORPUS: a library name, a file, a folder, a pattern ('src/**/*.py'), or - for standard input.

Several are joined in the order given, those of a folder or a pattern in order of their paths: each under a line
==> NAME <==. What is hidden, binary, empty or a linked folder is left out, and told.

Follows the run until it ends. Ctrl-C stops it after a checkpoint; closing the terminal leaves it going.

\b
Presets:
""" + "\n".join(f"  {name:9} {summary}" for name, summary in PRESET_HELP.items())


def nproc_option(default: str) -> Callable[[F], F]:
    """How many processes train; ``default`` says in words what happens without it."""
    text = "Processes that share the lanes, each on its own GPU if there are any."
    return click.option("--nproc", type=click.IntRange(min=1), metavar="N", help=text, show_default=default)


@click.command(cls=Command, help=HELP, epilog="Defaults are those of the standard preset; a text may bring its own.")
@click.argument("corpora", nargs=-1, required=True, metavar="CORPUS...")
@click.option("--preset", default=DEFAULT_PRESET, show_default=True, type=click.Choice(list(PRESET_HELP)),
              help="Settings to begin with.")  # fmt: skip
@click.option("--name", metavar="RUN", help="The run's name; without it, made from corpus and preset.")
@click.option("--init-from", metavar="MODEL", help="Begin with what MODEL, of any text, has learned; its sizes stay.")
@nproc_option("1")
@click.option("--detach", is_flag=True, help="Print the run's name and leave it going.")
@settings_options(TrainingConfig)
@pass_invocation
def train(
    invocation: Invocation,
    /,
    corpora: tuple[str, ...],
    preset: str,
    name: str | None,
    init_from: str | None,
    nproc: int | None,
    detach: bool,
    **settings: Any,
) -> int:
    from tui_textgen.cli.getting import get_missing
    from tui_textgen.cli.reading import encoding_told, with_stdin
    from tui_textgen.workers.launch import start_run

    home, values = invocation.home, given(TrainingConfig, settings)
    get_missing(home, corpora)
    with with_stdin(home, corpora) as names, encoding_told() as progress:
        name = start_run(home, names, preset, values, name, progress, nproc or 1, init_from=init_from, tell=say)
    if detach:
        _say_what_changed(invocation, name)
    return _leave_or_follow(invocation, name, detach)


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@click.option("--epochs", metavar="E", help="Epochs in all, those before among them; without it, as many as before.")
@nproc_option("as the last time")
@click.option("--detach", is_flag=True, help="Leave the run going.")
@pass_invocation
def resume(invocation: Invocation, run: str, epochs: str | None, nproc: int | None, detach: bool) -> int:
    """Go on with RUN where its last checkpoint left it."""
    from tui_textgen.workers.launch import resume_run

    resume_run(invocation.home, run, None if epochs is None else _whole(epochs), nproc)
    return _leave_or_follow(invocation, run, detach)


@click.command(cls=Command, epilog="Defaults are the settings of RUN.")
@click.argument("run", metavar="RUN")
@click.option("--best", is_flag=True, help="Begin with the best checkpoint instead of the last one.")
@click.option("--name", metavar="FORK", help="The new run's name; without it, made from RUN's.")
@nproc_option("1")
@click.option("--detach", is_flag=True, help="Print the new run's name and leave it going.")
@settings_options(TrainingConfig, defaults=False, hidden=KEPT)
@pass_invocation
def fork(
    invocation: Invocation, /, run: str, best: bool, name: str | None, nproc: int | None, detach: bool, **settings: Any
) -> int:
    """Begin a run with what RUN has learned by its last checkpoint, under other settings.

    The last one holds what the optimiser remembers too; the best one is for a run that got worse. The network and the
    text stay; steps and epochs count from the start. RUN may be in training.
    """
    from tui_textgen.workers.forking import fork_run

    made = fork_run(invocation.home, run, given(TrainingConfig, settings), name, nproc or 1, best)
    return _leave_or_follow(invocation, made, detach)


def _whole(epochs: str) -> int:
    from tui_textgen.config import build

    whole = build(TrainingConfig, {"epochs": epochs}).epochs
    assert whole is not None  # which no text means
    return whole


def _say_what_changed(invocation: Invocation, name: str) -> None:
    """What else the model that a run begins with will know; who follows the run reads it in its log."""
    from tui_textgen.runs.summary import summarise

    for note in (summarise(invocation.home, name).begun_from or {}).get("notes", ()):
        say(note)


def _leave_or_follow(invocation: Invocation, name: str, detach: bool) -> int:
    if detach:
        print(name)
        say(f"Watch it with: textgen-tui --run {name}")
        say(f"Stop it with:  textgen-tui stop {name}")
        return 0
    from tui_textgen.cli.follow import follow

    return follow(invocation.home, name)
