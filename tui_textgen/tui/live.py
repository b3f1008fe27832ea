"""The real services: this user's runs, texts and models, and the processes that work on them.

Everything is imported where it is first needed: the first paint waits for none of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.services import CorpusDescription, Services, Watch, Writer

if TYPE_CHECKING:
    from tui_textgen.config import TrainingConfig
    from tui_textgen.corpus.baselines import Baselines
    from tui_textgen.corpus.entry import CorpusEntry
    from tui_textgen.corpus.matches import Copies
    from tui_textgen.hardware import HardwareReader, HardwareReading
    from tui_textgen.models.card import ModelCard
    from tui_textgen.models.library import ModelEntry
    from tui_textgen.paths import Home
    from tui_textgen.runs.listing import RunListing
    from tui_textgen.runs.snapshot import RunSummary
    from tui_textgen.workers.portrait import Part
    from tui_textgen.workers.reader_client import ReaderClient


class LiveRuns:
    """The runs in the home's folder, and trainers for them."""

    def __init__(self, home: Home, corpora: LiveCorpora) -> None:
        self._home, self._corpora = home, corpora
        self._listing: RunListing | None = None

    def summaries(self) -> list[RunSummary]:
        from tui_textgen.runs.listing import RunListing

        if self._listing is None:
            self._listing = RunListing(self._home)
        return self._listing.summaries()

    def watch(self, name: str) -> Watch:
        from tui_textgen.runs.folder import run_folder
        from tui_textgen.runs.watch import RunWatch

        return RunWatch(run_folder(self._home, name))

    def start(
        self,
        corpora: Sequence[str],
        preset: str,
        values: Mapping[str, Any],
        name: str | None,
        progress: Callable[[float], None],
        init_from: str | None = None,
    ) -> str:
        """Encodes in the reader first, so that the app's own process only finds the result.

        A model that cannot be begun with is refused before that.
        """
        from tui_textgen.config import training_config
        from tui_textgen.workers.inheriting import inherited
        from tui_textgen.workers.launch import start_run

        with inherited(self._home, init_from, training_config(preset, values), values) as before:
            config = training_config(preset, {**values, **before.settings})
        self._corpora.encode(corpora, config, progress)
        return start_run(self._home, corpora, preset, values, name, lambda _: progress(1.0), init_from=init_from)

    def resume(self, name: str, epochs: int | None = None) -> None:
        from tui_textgen.workers.launch import resume_run

        resume_run(self._home, name, epochs)

    def delete(self, name: str) -> None:
        from tui_textgen.runs.folder import delete_run

        delete_run(self._home, name)

    def rename(self, name: str, new: str) -> None:
        from tui_textgen.runs.folder import rename_run

        rename_run(self._home, name, new)

    def fork(self, source: str, values: Mapping[str, Any], name: str | None, best: bool) -> str:
        from tui_textgen.workers.forking import fork_run

        return fork_run(self._home, source, values, name, best=best)


class LiveCorpora:
    """The library on disk; reading a text is a reader's work."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._reader: ReaderClient | None = None

    @property
    def folder(self) -> Path:
        return self._home.corpora

    def entries(self) -> list[CorpusEntry]:
        from tui_textgen.corpus.library import list_corpora

        return list_corpora(self._home)

    def complaints(self) -> Sequence[str]:
        from tui_textgen.corpus.catalogue import catalogue

        return catalogue(self._home).complaints

    def get(self, name: str, progress: Callable[[int, int | None], None]) -> None:
        """By a reader of its own, which looking at another text does not end."""
        from tui_textgen.workers.reader_client import ReaderClient

        with closing(ReaderClient(self._home)) as reader:
            reader.get(name, progress)

    def describe(
        self, name: str, encoding: str = "utf-8", progress: Callable[[float], None] | None = None
    ) -> CorpusDescription:
        return self._client().describe(name, encoding, progress)

    def beginning(self, name: str, characters: int) -> str:
        from tui_textgen.corpus.library import find_corpus

        parts: list[str] = []
        for chunk in find_corpus(self._home, [name]).read():
            parts.append(chunk)
            characters -= len(chunk)
            if characters <= 0:
                break
        text = "".join(parts)
        return text[:characters] if characters < 0 else text

    def encode(self, names: Sequence[str], config: TrainingConfig, progress: Callable[[float], None]) -> None:
        """Have the encoded text in the cache. Its reader is its own: looking at another text must not end it."""
        from tui_textgen.workers.reader_client import ReaderClient

        with closing(ReaderClient(self._home)) as reader:
            reader.encode(names, config.encoding, progress, config.unit, config.min_count)

    def cancel(self) -> None:
        if self._reader:
            self._reader.cancel()

    def close(self) -> None:
        """End the reader."""
        if self._reader:
            self._reader.close()

    def _client(self) -> ReaderClient:
        from tui_textgen.workers.reader_client import ReaderClient

        if self._reader is None:
            self._reader = ReaderClient(self._home)
        return self._reader


class LiveBaselines:
    """Measured by a reader of their own, which looking at a text does not end, and which ends when it is done."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def of_run(self, name: str, progress: Callable[[float], None]) -> Baselines:
        from tui_textgen.corpus.encoded import open_encoded
        from tui_textgen.runs.folder import run_folder
        from tui_textgen.workers.reader_client import ReaderClient

        text = open_encoded(run_folder(self._home, name).text)
        with closing(ReaderClient(self._home)) as reader:
            return reader.baselines(text, progress)


class LivePrimes:
    """The history of primes, in a file."""

    def __init__(self, home: Home) -> None:
        self._path = home.config / "primes"

    def load(self) -> list[str]:
        from tui_textgen.tui.prime_history import PrimeHistory

        return PrimeHistory(self._path).load()

    def add(self, prime: str) -> None:
        from tui_textgen.tui.prime_history import PrimeHistory

        PrimeHistory(self._path).add(prime)


class LiveHardware:
    """This machine, read from one thread."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._reader: HardwareReader | None = None

    def __call__(self) -> HardwareReading:
        from tui_textgen.hardware import HardwareReader

        if self._reader is None:
            self._reader = HardwareReader(self._home.runs)
        return self._reader.read()


@contextmanager
def live_services(home: Home) -> Iterator[Services]:
    """The services of this user's home; at the end the processes they started end too, but for trainers."""
    corpora = LiveCorpora(home)
    try:
        yield Services(
            runs=LiveRuns(home, corpora),
            corpora=corpora,
            portraits=partial(_portrait, home),
            baselines=LiveBaselines(home),
            models=partial(_models, home),
            model_card=partial(_model_card, home),
            writer=_writer,
            copies=partial(_copies, home),
            primes=LivePrimes(home),
            preferences=Preferences(home.config / "preferences.json"),
            hardware=LiveHardware(home),
            clock=time.time,
        )
    finally:
        corpora.close()


def _models(home: Home) -> list[ModelEntry]:
    from tui_textgen.models.library import list_models

    return list_models(home)


def _model_card(home: Home, name: str) -> ModelCard:
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model

    return read_card(find_model(home, name))


def _portrait(
    home: Home, name: str, encoding: str, own: Mapping[str, Any], progress: Callable[[str, float], None]
) -> Generator[Part, None, None]:
    """By a reader of its own, which looking at another text does not end, and which ends when it is done."""
    from tui_textgen.workers.portrait import portrait

    yield from portrait(home, name, encoding, own, progress)


def _copies(home: Home, model: Path, passage: str, progress: Callable[[float], None]) -> Copies:
    """Looked for by a reader that is there for as long as it takes."""
    from tui_textgen.workers.reader_client import ReaderClient

    with closing(ReaderClient(home)) as reader:
        return reader.copies(model, passage, progress)


def _writer() -> Writer:
    from tui_textgen.workers.writer_client import WriterClient

    return WriterClient()
