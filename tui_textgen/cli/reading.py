"""Reading the text that a command was given: standard input, and how far the encoding is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tui_textgen.cli.output import say
from tui_textgen.cli.progress import PLAIN_SECONDS
from tui_textgen.paths import Home


@contextmanager
def with_stdin(home: Home, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """``names`` with a file in place of ``-``, there for as long as the block lasts; raises CorpusError."""
    from tui_textgen.corpus.standard_input import STDIN, taken_in

    if STDIN in names and sys.stdin.isatty():
        say("Reading the text from standard input; Ctrl-D on an empty line ends it.")
    with taken_in(home, names, sys.stdin.buffer) as paths:
        yield paths


@contextmanager
def encoding_told() -> Iterator[Callable[[float], None]]:
    """Takes the share of a text that is encoded: a bar on a terminal, plain lines of a long text elsewhere."""
    if not sys.stderr.isatty():
        yield _plainly(time.monotonic)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the text", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _plainly(clock: Callable[[], float]) -> Callable[[float], None]:
    told = clock()

    def tell(share: float) -> None:
        nonlocal told
        if clock() - told >= PLAIN_SECONDS:
            told = clock()
            say(f"reading the text: {share:.0%}")

    return tell
