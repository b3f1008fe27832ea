"""All that is told of a text, part by part as it becomes known; a reader does the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

from tui_textgen.corpus.baselines import Baselines
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.makeup import Makeup
from tui_textgen.corpus.repeats import Repeats
from tui_textgen.corpus.split import Split, split_at
from tui_textgen.paths import Home
from tui_textgen.plan import trained_characters
from tui_textgen.workers.reader_client import ReaderClient

Part = EncodedText | Split | Makeup | Repeats | Baselines
Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is done, 0 to 1; what it raises ends the work."""


def portrait(home: Home, name: str, encoding: str, val_frac: float, progress: Progress) -> Iterator[Part]:
    """The parts of the text ``name``, of the library or a path, each once, what is quickly known first.

    Closing the iterator ends the work. Raises CorpusError, and WorkerError if the reader dies.
    """
    with closing(ReaderClient(home)) as reader:
        text = reader.encode([name], encoding, partial(progress, "reading"))
        yield text
        yield split_at(text, trained_characters(text.characters, val_frac))
        yield reader.makeup(text, partial(progress, "counting characters"))
        yield reader.repeats(text, partial(progress, "looking for repeats"))
        yield reader.baselines(text, partial(progress, "measuring baselines"))
