"""Getting a text of the catalogue, with a bar on a terminal and plain lines elsewhere, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui_textgen.cli.output import count, say
from tui_textgen.cli.progress import PLAIN_SECONDS
from tui_textgen.corpus.catalogue import CatalogueText, find
from tui_textgen.corpus.download import Progress, get
from tui_textgen.corpus.library import list_corpora
from tui_textgen.paths import Home
from tui_textgen.visible import visible_line


def get_missing(home: Home, names: Sequence[str]) -> None:
    """Get those of ``names`` that are texts of the catalogue and not here yet; raises what :func:`get_text` does."""
    away = {entry.name for entry in list_corpora(home) if entry.gettable}
    for name in dict.fromkeys(names):
        if name in away:
            say(f"‘{name}’ is not here yet.")
            get_text(home, name)


def get_text(home: Home, name: str) -> Path:
    """The file of a text, downloaded if it is not here. Raises TextgenError, CorpusError if there is no such text."""
    here = {entry.name: entry.path for entry in list_corpora(home) if entry.path and entry.available}
    if path := here.get(name):
        say(f"‘{name}’ is here already.")
        return path
    text = find(home, name)
    say(f"Getting ‘{name}’ from {text.url}")
    try:
        with _progress(text) as progress:
            path = get(home, text, progress)
    except KeyboardInterrupt:
        say("Cancelled; nothing was kept.")
        raise
    say(f"‘{name}’ is here: {count(path.stat().st_size)} bytes.")
    return path


@contextmanager
def _progress(text: CatalogueText) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield _plainly(time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(visible_line(text.name), total=text.bytes)
        yield lambda size, total: bar.update(task, completed=size, total=total or text.bytes)


def _plainly(clock: Callable[[], float]) -> Progress:
    """A line every few seconds."""
    told = clock()

    def tell(size: int, total: int | None) -> None:
        nonlocal told
        if clock() - told >= PLAIN_SECONDS:
            told = clock()
            say(f"{size:,} bytes" if total is None else f"{size:,} of {total:,} bytes, {size / max(total, 1):.0%}")

    return tell
