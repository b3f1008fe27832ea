"""A text from standard input: it is read twice, so it waits in a file until it is encoded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from tui_textgen.corpus.atomic import sweep, whole_file
from tui_textgen.corpus.decoding import CHUNK
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home

STDIN = "-"
"""How standard input is named among texts."""
FORGOTTEN_SECONDS = 86_400.0
"""After that much time a file here is one of a process that was killed."""


@contextmanager
def taken_in(home: Home, names: Sequence[str], stream: BinaryIO) -> Iterator[tuple[str, ...]]:
    """``names`` with the path of a file in place of ``-``, which holds all of ``stream`` while the block lasts.

    A ``-`` that comes twice or gives nothing is a CorpusError, a full disk a TextgenError.
    """
    if STDIN not in names:
        yield tuple(names)
        return
    if names.count(STDIN) > 1:
        raise CorpusError("Standard input can be read once: name - once.")
    folder = home.cache / "stdin" / os.urandom(8).hex()  # containers may share a cache, and have the same process ids
    sweep(folder.parent, "*", FORGOTTEN_SECONDS)
    path = folder / "stdin.txt"
    try:
        with whole_file(path) as file:
            shutil.copyfileobj(stream, file, CHUNK)
        if path.stat().st_size == 0:
            raise CorpusError("Standard input is empty; pipe a text into it, or name a file instead of -.")
        yield tuple(str(path) if name == STDIN else name for name in names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
