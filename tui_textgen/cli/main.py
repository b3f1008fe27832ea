"""The root of the command line, and the one place where an error becomes a sentence and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from tui_textgen import __version__
from tui_textgen.cli.command import Invocation, LazyGroup, OpenApp, invocation_of
from tui_textgen.errors import InputError, TextgenError
from tui_textgen.paths import HOME_VARIABLE
from tui_textgen.visible import visible, visible_line

PROGRAM = "textgen-tui"
FILES = {
    "train": ("tui_textgen.cli.train:train", "Learn a text, and follow the run."),
    "resume": ("tui_textgen.cli.train:resume", "Go on with a run where its last checkpoint left it."),
    "stop": ("tui_textgen.cli.control:stop", "Stop a run after a checkpoint."),
    "pause": ("tui_textgen.cli.control:pause", "Pause a run."),
    "continue": ("tui_textgen.cli.control:continue_", "Let a paused run go on."),
    "rate": ("tui_textgen.cli.control:rate", "Multiply the learning rate of a run that is trained."),
    "extend": ("tui_textgen.cli.control:extend", "Let a run that is trained go on to more epochs."),
    "fork": ("tui_textgen.cli.train:fork", "Begin a run with what another one has learned."),
    "runs": ("tui_textgen.cli.runs:runs", "List, show, rename and delete runs; their metrics."),
    "generate": ("tui_textgen.cli.generate:generate", "Write with a model, to standard output."),
    "score": ("tui_textgen.cli.score:score", "Measure how well a model predicts a text."),
    "corpora": ("tui_textgen.cli.corpora:corpora", "List, get and show the texts to learn from."),
    "models": ("tui_textgen.cli.models:models", "List, show, import and export models."),
}


@click.group(
    name=PROGRAM, cls=LazyGroup, files=FILES, invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a command, the app opens: it needs a terminal.",
)  # fmt: skip
@click.option("--run", "run_name", metavar="RUN", help="Open the app at this run.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.version_option(__version__, prog_name=PROGRAM)
@click.pass_context
def cli(context: click.Context, run_name: str | None, no_mouse: bool) -> None:
    """Watch a character-level network learn to write like a text, live in your terminal, and talk to it."""
    if context.invoked_subcommand is None:
        context.exit(invocation_of(context).open_app(run_name, not no_mouse))
    if run_name is not None or no_mouse:
        raise click.UsageError("--run and --no-mouse belong to the app, not to a command.")


def run(argv: Sequence[str], open_app: OpenApp) -> int:
    """Carry out one command line; returns its exit status."""
    invocation = Invocation(open_app)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # lone surrogates cannot be encoded
    try:
        status = _invoke(list(argv), invocation)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. What is still buffered must not be written when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # the last place
        return told(error, invocation.debug)
    return status


def told(error: Exception, debug: bool = False) -> int:
    """Tell in a sentence what ended the program; its exit status."""
    if isinstance(error.__cause__, KeyboardInterrupt):  # until Python 3.12, within the making of a class
        raise error.__cause__
    match error:
        case TextgenError():
            sentence, status = str(error), error.exit_status
        case OSError():
            sentence, status = _refused(error), 1
        case _:  # a defect of ours, told without a traceback too
            sentence, status = f"Something went wrong inside: {type(error).__name__}: {error} (--debug shows where)", 1
    if debug:
        print(visible("".join(traceback.format_exception(error))), file=sys.stderr)
    print(f"{PROGRAM}: {visible_line(sentence)}", file=sys.stderr)
    return status


def _refused(error: OSError) -> str:
    """What the system would not do: most often, a folder belongs to somebody else, or a disk is full."""
    if error.filename is None:
        return f"The system refuses: {error.strerror or error} (--debug shows where)"
    return (
        f"‘{error.filename}’ cannot be used: {error.strerror}; mend that, or move everything to another "
        f"place with {HOME_VARIABLE} (--debug shows where)"
    )


def _invoke(argv: list[str], invocation: Invocation) -> int:
    """Parse and call. Not click's own ``main``, which ends with status 1 where a pipe was closed."""
    try:
        with cli.make_context(PROGRAM, argv, obj=invocation) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else PROGRAM
        raise InputError(f"{error.format_message().rstrip('.')} ({command} --help lists what it takes)") from error
    return result if isinstance(result, int) else 0
