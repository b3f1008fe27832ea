"""What the app needs from outside, so that a test can pass in a script of it.

Every method may block, and is called from a thread of the app's own; none of them is called twice at once on one object
unless it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tui_textgen.corpus.entry import CorpusDescription as CorpusDescription
from tui_textgen.tui.preferences import Preferences

if TYPE_CHECKING:  # pydantic and the rest are loaded when a pane first needs them
    from tui_textgen.config import SamplingConfig
    from tui_textgen.corpus.baselines import Baselines
    from tui_textgen.corpus.entry import CorpusEntry
    from tui_textgen.corpus.matches import Copies
    from tui_textgen.corpus.vocabulary import Vocabulary
    from tui_textgen.hardware import HardwareReading
    from tui_textgen.models.card import ModelCard
    from tui_textgen.models.library import ModelEntry
    from tui_textgen.runs.commands import Command
    from tui_textgen.runs.snapshot import RunSnapshot, RunSummary, Sample, StepRecord, Stretch
    from tui_textgen.workers.portrait import Part
    from tui_textgen.workers.protocol import Beside, Found, Likeliest, LookEvent, Unit, WriterEvent


class Watch(Protocol):
    """One open run. Raises RunError where the run is gone or its store cannot be read."""

    def poll(self) -> RunSnapshot: ...
    def sample(self, index: int) -> Sample: ...
    def vocabulary(self) -> Vocabulary:
        """What the run's model reads by. Raises TextgenError."""
        ...

    def series(self, first: int, last: int) -> Stretch: ...
    def metrics(self) -> Iterator[tuple[StepRecord, float | None]]:
        """Each step, and the validation loss that was measured at it, if any."""
        ...

    def send(self, command: Command) -> None: ...
    def close(self) -> None: ...


class Runs(Protocol):
    """All runs of the home, and how they come to be."""

    def summaries(self) -> list[RunSummary]: ...
    def watch(self, name: str) -> Watch: ...
    def start(
        self,
        corpora: Sequence[str],
        preset: str,
        values: Mapping[str, Any],
        name: str | None,
        progress: Callable[[float], None],
        init_from: str | None = None,
    ) -> str:
        """Encode, create and launch; the run's name. Raises InputError with the sentence to show.

        ``progress`` is told the share of the text that is encoded; what it raises ends the work, and nothing is kept.
        ``init_from`` names a model to begin with, by a name or a path; ``values`` may not contradict it.
        """
        ...

    def resume(self, name: str, epochs: int | None = None) -> None: ...
    def delete(self, name: str) -> None: ...
    def rename(self, name: str, new: str) -> None: ...
    def fork(self, source: str, values: Mapping[str, Any], name: str | None, best: bool) -> str:
        """Begin a run with the last or the best checkpoint of ``source``, ``values`` over its settings; its name."""
        ...


class Corpora(Protocol):
    """The library of texts. Raises CorpusError."""

    @property
    def folder(self) -> Path:
        """Where the user's own ``*.txt`` go; it need not exist."""
        ...

    def entries(self) -> list[CorpusEntry]: ...
    def complaints(self) -> Sequence[str]:
        """A sentence for each entry of the user's catalogue that cannot be used."""
        ...

    def get(self, name: str, progress: Callable[[int, int | None], None]) -> None:
        """Download a text of the catalogue into the library. Raises DownloadError too.

        ``progress`` is told the bytes that are here, and of how many where that is known; what it raises ends the work.
        """
        ...

    def describe(
        self, name: str, encoding: str = "utf-8", progress: Callable[[float], None] | None = None
    ) -> CorpusDescription:
        """Read and count a corpus, by library name or path; may take seconds: ``progress`` is told the share."""
        ...

    def beginning(self, name: str, characters: int) -> str:
        """The first ``characters`` of a text, by library name or path, as it is."""
        ...

    def cancel(self) -> None:
        """End the running description at once, if there is one; safe from any thread."""
        ...


class Portraits(Protocol):
    """Looks texts through. Raises TextgenError."""

    def __call__(
        self, name: str, encoding: str, own: Mapping[str, Any], progress: Callable[[str, float], None]
    ) -> Generator[Part, None, None]:
        """The parts of a text as :func:`tui_textgen.workers.portrait.portrait` gives them; may take minutes."""
        ...


class RunBaselines(Protocol):
    """Losses to hold runs against. Raises TextgenError."""

    def of_run(self, name: str, progress: Callable[[float], None]) -> Baselines:
        """Those of the run's own text; at once if they are known, else it may take minutes.

        ``progress`` is told the share that is done; what it raises ends the work.
        """
        ...


class Primes(Protocol):
    """The primes that were written from, kept from one start to the next. Raises TextgenError."""

    def load(self) -> list[str]:
        """Oldest first."""
        ...

    def add(self, prime: str) -> None: ...


class Writer(Protocol):
    """A process that holds one model; as :class:`tui_textgen.workers.writer_client.WriterClient` describes it."""

    def load(self, path: Path) -> ModelCard: ...
    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]: ...
    def generate_beside(
        self, prime: str, samplings: Sequence[SamplingConfig], strict: bool = False
    ) -> Iterator[Beside]:
        """A passage for each of ``samplings``, all at once."""
        ...

    def look(self, text: str) -> Iterator[LookEvent]:
        """How likely each character was, in pieces as they are computed."""
        ...

    def alternatives(self, text: str, begin: int, end: int | None = None, count: int = 10) -> tuple[Likeliest, ...]:
        """What was expected at the places from ``begin`` to before ``end`` (None: at ``begin`` alone)."""
        ...

    def activations(
        self, text: str, units: Sequence[Unit], progress: Callable[[float], None] | None = None
    ) -> tuple[tuple[float | None, ...], ...]:
        """For each unit its value after each character."""
        ...

    def units(self, text: str, progress: Callable[[float], None] | None = None) -> Mapping[str, tuple[Found, ...]]:
        """For each of ``corpus.features.FEATURES``, by name, the units that go with it best."""
        ...

    def cancel(self) -> None:
        """End the running request at once; safe from any thread."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Services:
    """Everything the app takes from outside."""

    runs: Runs
    corpora: Corpora
    portraits: Portraits
    baselines: RunBaselines
    models: Callable[[], list[ModelEntry]]
    model_card: Callable[[str], ModelCard]
    """What the model of a name or a path says about itself; raises ModelFileError."""
    writer: Callable[[], Writer]
    """Starts a writer process."""
    copies: Callable[[Path, str, Callable[[float], None]], Copies]
    """What of a passage stands in the text that the model of a file learned from; raises TextgenError.

    The function is told the share that is done; what it raises ends the work.
    """
    primes: Primes
    preferences: Preferences
    hardware: Callable[[], HardwareReading]
    clock: Callable[[], float]
    """Seconds since 1970."""
