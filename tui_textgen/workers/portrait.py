"""All that is told of a text, part by part as it becomes known; a reader does the work."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from tui_textgen.advice import Advice, advise, val_frac_of
from tui_textgen.corpus.baselines import Baselines
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.makeup import Makeup
from tui_textgen.corpus.repeats import Repeats
from tui_textgen.corpus.split import Split, split_at
from tui_textgen.errors import CorpusError
from tui_textgen.hardware import HardwareReader
from tui_textgen.paths import Home
from tui_textgen.plan import trained_characters
from tui_textgen.runs.summary import list_runs
from tui_textgen.workers.reader_client import ReaderClient

Part = EncodedText | Split | Makeup | Repeats | Baselines | Advice | CorpusError
"""The error says why there is no advice."""
Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is done, 0 to 1; what it raises ends the work."""


def portrait(
    home: Home, name: str, encoding: str, own: Mapping[str, Any], progress: Progress
) -> Generator[Part, None, None]:
    """The parts of the text ``name``, of the library or a path, what is quickly known first.

    ``own`` are training settings that come with the text. There is advice at the beginning, and again when it is known
    what repeats. Closing the iterator ends the work. Raises CorpusError, and WorkerError if the reader dies.
    """
    with closing(ReaderClient(home)) as reader:
        text = reader.encode([name], encoding, partial(progress, "reading"))
        yield text
        yield _advice(home, text, own)
        yield split_at(text, trained_characters(text.characters, val_frac_of(own)))
        yield reader.makeup(text, partial(progress, "counting characters"))
        repeats = reader.repeats(text, partial(progress, "looking for repeats"))
        yield repeats
        yield _advice(home, text, own, repeats.share)
        yield reader.baselines(text, partial(progress, "measuring baselines"))


def _advice(home: Home, text: EncodedText, own: Mapping[str, Any], repeated: float = 0.0) -> Advice | CorpusError:
    gpu = bool(HardwareReader(home.runs).read().gpus)
    try:
        return advise(text.characters, len(text.vocabulary), own, list_runs(home), gpu, repeated)
    except CorpusError as error:
        return error
