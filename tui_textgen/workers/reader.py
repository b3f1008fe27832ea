"""The reader: heavy work on texts in a process of its own, so that the interface stays quick. No torch.

Run as ``python -m tui_textgen.workers.reader DATA CACHE CONFIG``; :class:`ReaderClient` talks to it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tui_textgen.corpus.baselines import baselines
from tui_textgen.corpus.catalogue import find
from tui_textgen.corpus.encoded import encode, open_encoded
from tui_textgen.corpus.library import describe, find_corpus
from tui_textgen.corpus.makeup import makeup
from tui_textgen.corpus.matches import copies
from tui_textgen.corpus.repeats import repeats
from tui_textgen.models.card import read_card
from tui_textgen.paths import Home
from tui_textgen.workers.learned_text import learned_text
from tui_textgen.workers.serving import Request, serve

PROGRESS_SECONDS = 0.1
"""Between two reports of progress."""


def main() -> None:
    """Answer until standard input closes."""
    home = Home(*map(Path, sys.argv[1:4]))
    serve(
        {
            "get": partial(_get, home),
            "describe": partial(_describe, home),
            "encode": partial(_encode, home),
            "makeup": partial(_makeup, home),
            "repeats": partial(_repeats, home),
            "baselines": partial(_baselines, home),
            "copies": partial(_copies, home),
        }
    )


def _get(home: Home, request: Request) -> None:
    """``name`` of a text of the catalogue → progress, the bytes and of how many, then its ``path``."""
    from tui_textgen.corpus.download import get

    report = _reporter(request)
    path = get(home, find(home, request.arguments["name"]), lambda size, total: report((size, total)))
    request.emit({"path": str(path)})


def _describe(home: Home, request: Request) -> None:
    """``name``, ``encoding`` → progress, then the fields of a CorpusDescription."""
    name, encoding = request.arguments["name"], request.arguments["encoding"]
    description = describe(home, name, encoding, _reporter(request))
    entry = asdict(description.entry)
    path = entry["path"] and str(entry["path"])
    request.emit({**vars(description), "entry": {**entry, "path": path}})


def _encode(home: Home, request: Request) -> None:
    """``names``, ``encoding``, ``unit``, ``min_count`` → progress, the `.ids` file's ``path`` and ``name``."""
    asked = request.arguments
    source = find_corpus(home, asked["names"], asked["encoding"]).taken(asked["unit"], asked["min_count"])
    text = encode(source, home, _reporter(request))
    request.emit({"path": str(text.path), "name": text.name})


def _makeup(home: Home, request: Request) -> None:
    """``path`` of an `.ids` file → progress, then the facts of its Makeup."""
    text = open_encoded(Path(request.arguments["path"]))
    request.emit(makeup(text, home, _reporter(request)).facts())


def _repeats(home: Home, request: Request) -> None:
    """``path`` of an `.ids` file → progress, then the fields of its Repeats."""
    text = open_encoded(Path(request.arguments["path"]))
    request.emit(asdict(repeats(text, home, _reporter(request))))


def _baselines(home: Home, request: Request) -> None:
    """``path`` of an `.ids` file → progress, then the fields of its Baselines.

    The process gives way to others from then on: a training may be at work, and a long text takes minutes.
    """
    os.nice(10)
    text = open_encoded(Path(request.arguments["path"]))
    request.emit(asdict(baselines(text, home, _reporter(request))))


def _copies(home: Home, request: Request) -> None:
    """``model``, a file, and ``passage`` → progress, then the fields of its Copies from the text of the model."""
    report = _reporter(request)
    text = learned_text(home, read_card(Path(request.arguments["model"])), report)
    request.emit(asdict(copies(text, request.arguments["passage"], report)))


def _reporter(request: Request) -> Callable[[object], None]:
    """Progress that tells the parent now and then, and ends the work when it is cancelled."""
    told = 0.0

    def report(progress: object) -> None:
        nonlocal told
        request.check()
        if progress == 1.0 or time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            request.emit({"progress": progress})

    return report


if __name__ == "__main__":
    main()
