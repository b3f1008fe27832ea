"""Scripted services: what the app would get from disk, processes and hardware, told by a script instead."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tui_textgen.advice import advise, val_frac_of
from tui_textgen.config import ModelConfig, SamplingConfig, training_config
from tui_textgen.corpus import makeup, repeats
from tui_textgen.corpus.baselines import Baselines, measure
from tui_textgen.corpus.encoded import EncodedText, encode
from tui_textgen.corpus.features import FEATURES
from tui_textgen.corpus.library import CorpusEntry
from tui_textgen.corpus.matches import Copies, matches
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.corpus.source import Part as SourcePart
from tui_textgen.corpus.split import split_at
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import CorpusError, RunError, TextgenError, WorkCancelledError
from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.models.card import ModelCard
from tui_textgen.models.library import ModelEntry
from tui_textgen.paths import Home
from tui_textgen.plan import trained_characters
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import LogLine, Point, RunSnapshot, RunState, RunSummary, Sample, StepRecord, Stretch
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.services import CorpusDescription, Services
from tui_textgen.workers.portrait import Part
from tui_textgen.workers.protocol import (
    Beside,
    Finished,
    Found,
    Likeliest,
    LookEvent,
    Score,
    Seen,
    Skipped,
    Unit,
    WriterEvent,
    Wrote,
)  # fmt: skip

NOW = 1_800_000_000.0
VOCABULARY = "\n !',-.?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STRETCH_POINTS = 1000
PASSAGE = (
    "“I don’t want to talk of it,” said Levin, and he went into the drawing room.\nThe princess was silent, "
    "and with the same expression of her face he saw the children and the carriage of the position. "
)


def summary(name: str = "levin", state: RunState = RunState.RUNNING, **changes: Any) -> RunSummary:
    """A run about a third of the way through."""
    facts = RunSummary(
        name=name, state=state, corpus="anna-karenina", step=840, steps=2232, epoch=3.01, epochs=8,
        train_loss=1.512, val_loss=1.467, best_val_loss=1.467, chars_per_second=31_200.0, parameters=3_366_483,
        device="cuda:0", precision="bf16", seconds=252.0, message=None, pid=4242 if state.live else None,
        resumed_from=None, created=NOW - 300, config=training_config("standard", {}).model_dump(),
    )  # fmt: skip
    return replace(facts, **changes)


def curve(steps: int, of: int = 400) -> tuple[Point, ...]:
    """A loss that falls from ln 83 as losses do, with the noise of a sine, in at most ``of`` bins."""
    wide = max(1, steps // of)
    means = ((step, 1.3 + 3.1 * math.exp(-step / 240) + 0.05 * math.sin(step * 1.7)) for step in range(1, steps, wide))
    return tuple(Point(step, step / 279, step * 0.3, mean, mean - 0.06, mean + 0.07) for step, mean in means)


def validations(steps: int, every: int = 120) -> tuple[Point, ...]:
    """The validation loss of the same run."""
    losses = ((step, 1.38 + 3.0 * math.exp(-step / 240)) for step in range(every, steps + 1, every))
    return tuple(Point(step, step / 279, step * 0.3, loss, loss, loss) for step, loss in losses)


def sample(index: int, text: str = PASSAGE, step: int | None = None) -> Sample:
    """The sample of step ``100 * index``."""
    return Sample(100 * index if step is None else step, index / 2.8, "The ", text, seed=7, temperature=0.8)


def snapshot(facts: RunSummary | None = None, **changes: Any) -> RunSnapshot:
    """A run with curves, samples and a checkpoint."""
    facts = facts or summary()
    count = facts.step // 100 + 1
    seen = RunSnapshot(
        summary=facts, distinct=83, characters=1_985_223, steps_per_epoch=279,
        train=curve(facts.step), validation=validations(facts.step), samples=count,
        newest_sample=sample(count - 1), saved_at=NOW - 12,
        log=(LogLine(NOW - 250, "info", "Training with 64 × 100."),),
    )  # fmt: skip
    return replace(seen, **changes)


@dataclass
class FakeWatch:
    """One open run: every poll tells the next snapshot of the script, the last one for ever."""

    script: list[RunSnapshot]
    sent: list[Command] = field(default_factory=list)
    error: TextgenError | None = None
    closed: bool = False
    texts: Mapping[int, str] = field(default_factory=dict)
    parts: list[tuple[int, int]] = field(default_factory=list)
    """The parts of the run that were asked for."""

    def poll(self) -> RunSnapshot:
        if self.error:
            raise self.error
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def sample(self, index: int) -> Sample:
        return sample(index, self.texts.get(index, f"Sample number {index}. " + PASSAGE))

    def series(self, first: int, last: int) -> Stretch:
        """The same curve, as fine as a real one is."""
        self.parts.append((first, last))
        now = self.script[-1]
        step = min(last, now.summary.step)
        fine = curve(step + 1, (step + 1) * STRETCH_POINTS // (last - first + 1))
        return Stretch(
            first, last, train=tuple(point for point in fine if first <= point.step <= last),
            validation=tuple(point for point in now.validation if first <= point.step <= last),
        )  # fmt: skip

    def metrics(self) -> Iterator[tuple[StepRecord, float | None]]:
        for point in self.script[-1].train:
            yield StepRecord(point.step, point.epoch, 64, point.seconds, point.mean, 1e-3, 0.5, 3e4), None

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(VOCABULARY)

    def send(self, command: Command) -> None:
        if self.error:
            raise self.error
        self.sent.append(command)
        state = {CommandKind.PAUSE: RunState.PAUSED, CommandKind.CONTINUE: RunState.RUNNING,
                 CommandKind.STOP: RunState.STOPPED}.get(command.kind)  # fmt: skip
        if state:
            now = self.script[-1]
            self.script = [replace(now, summary=replace(now.summary, state=state))]

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeRuns:
    """All runs, by name; ``started`` and ``resumed`` tell what was asked for."""

    watches: dict[str, FakeWatch] = field(default_factory=dict)
    started: list[tuple[tuple[str, ...], str, dict[str, Any], str | None]] = field(default_factory=list)
    begun_from: list[str | None] = field(default_factory=list)
    """Which model each of ``started`` was asked to begin with."""
    resumed: list[str] = field(default_factory=list)
    epochs: list[int | None] = field(default_factory=list)
    """To how many each of ``resumed`` was asked to go on."""
    forked: list[tuple[str, dict[str, Any], str | None, bool]] = field(default_factory=list)
    error: TextgenError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    """A text is being encoded while it is closed, which it isn't from the start."""

    def __post_init__(self) -> None:
        self.gate.set()

    def summaries(self) -> list[RunSummary]:
        if self.error:
            raise self.error
        return [watch.script[0].summary for watch in self.watches.values()]

    def watch(self, name: str) -> FakeWatch:
        if name not in self.watches:
            raise RunError(f"There is no run {name!r}; press Esc to see those there are.")
        return self.watches[name]

    def start(
        self,
        corpora: Sequence[str],
        preset: str,
        values: Mapping[str, Any],
        name: str | None,
        progress: Callable[[float], None],
        init_from: str | None = None,
    ) -> str:
        progress(0.43)
        while not self.gate.wait(0.01):
            progress(0.43)
        if self.error:
            raise self.error
        self.started.append((tuple(corpora), preset, dict(values), name))
        self.begun_from.append(init_from)
        name = name or "new-run"
        self.watches[name] = FakeWatch([fresh(name)])
        return name

    def resume(self, name: str, epochs: int | None = None) -> None:
        if self.error:
            raise self.error
        self.resumed.append(name)
        self.epochs.append(epochs)
        watch = self.watches[name]
        watch.script = [replace(watch.script[-1], summary=summary(name, RunState.RUNNING))]

    def delete(self, name: str) -> None:
        if self.error:
            raise self.error
        del self.watches[name]

    def rename(self, name: str, new: str) -> None:
        if self.error:
            raise self.error
        if new in self.watches:
            raise RunError(f"There is a run {new!r} already; choose another name.")
        now = self.watches.pop(name).script[-1]
        self.watches[new] = FakeWatch([replace(now, summary=replace(now.summary, name=new))])

    def fork(self, source: str, values: Mapping[str, Any], name: str | None, best: bool) -> str:
        if self.error:
            raise self.error
        self.forked.append((source, dict(values), name, best))
        name = name or f"{source}-fork"
        self.watches[name] = FakeWatch([fresh(name)])
        return name


def fresh(name: str) -> RunSnapshot:
    """A run whose trainer has just been started: nothing is known yet."""
    facts = summary(name, RunState.STARTING, step=0, epoch=0.0, train_loss=None, val_loss=None, best_val_loss=None,
                    chars_per_second=None, device=None, precision=None, seconds=0.0)  # fmt: skip
    return RunSnapshot(facts, distinct=83, steps_per_epoch=279)


ENTRIES = (
    CorpusEntry("hello", "The worked example", "shipped", Path("hello.txt"), 2000, 2000, 4, True, {"val_frac": 0.0}),
    CorpusEntry("python-reference", "The Python reference", "embedded", None, None, None, None, True, {}),
    CorpusEntry("my-novel", "my-novel", "yours", Path("my-novel.txt"), 640_000, None, None, True, {}),
)


@dataclass
class FakeCorpora:
    """A library; describing takes until ``gate`` opens (open from the start)."""

    listed: Sequence[CorpusEntry] = ENTRIES
    previews: Mapping[str, str] = field(default_factory=dict)
    error: TextgenError | None = None
    described: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    cancels: int = 0
    folder: Path = Path("texts")
    complained: Sequence[str] = ()
    way: threading.Event = field(default_factory=threading.Event)
    """A download stays at 43 % until it is set, as it is not from the start."""
    failure: TextgenError | None = None
    """What a download comes to."""

    def __post_init__(self) -> None:
        self.gate.set()

    def cancel(self) -> None:
        self.cancels += 1

    def entries(self) -> list[CorpusEntry]:
        if self.error:
            raise self.error
        return list(self.listed)

    def complaints(self) -> Sequence[str]:
        return self.complained

    def get(self, name: str, progress: Callable[[int, int | None], None]) -> None:
        progress(0, None)
        while not self.way.wait(0.1):
            progress(860_000, 2_000_000)
        if self.failure:
            raise self.failure
        self.listed = [replace(entry, path=Path(f"{name}.txt"), available=True) if entry.name == name else entry
                       for entry in self.listed]  # fmt: skip

    def describe(
        self, name: str, encoding: str = "utf-8", progress: Callable[[float], None] | None = None
    ) -> CorpusDescription:
        self.described.append(name)
        if progress:
            progress(0.43)
        self.gate.wait(10)
        entry = next((entry for entry in self.listed if entry.name == name), None)
        if self.error or entry is None:
            raise self.error or CorpusError(f"There is no text {name!r}; type the path of a file.")
        preview = self.previews.get(name, PASSAGE * 3)[:500]
        return CorpusDescription(replace(entry, bytes=464_000, characters=463_800, distinct=97), preview)

    def beginning(self, name: str, characters: int) -> str:
        if self.error or name not in [entry.name for entry in self.listed]:
            raise self.error or CorpusError(f"There is no text {name!r}; type the path of a file.")
        return self.previews.get(name, PASSAGE * 3)[:characters]


MODELS = (
    ModelEntry("levin", "run", Path("levin/best.safetensors"), "lstm", 512, 2, 3_366_483, "anna-karenina", 1.467, 840),
    ModelEntry("hello", "shipped", Path("hello.safetensors"), "rnn", 16, 1, 500, "hello", None, 300),
)
CARD = ModelCard(
    ModelConfig(model="gru", n_hidden=96, n_layers=3, residual=False),
    VOCABULARY, None, "anna-karenina", None, 840, 3.0, 1.467, "0.1",
)  # fmt: skip
"""What a model that a run may begin with says about itself."""


@dataclass
class FakeCards:
    """Every model has the same card, read when ``gate`` is open, as it is from the start."""

    card: ModelCard = CARD
    error: TextgenError | None = None
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(self, name: str) -> ModelCard:
        self.asked.append(name)
        self.gate.wait(10)
        if self.error:
            raise self.error
        return self.card


def likely(character: str) -> float:
    """The probability that the scripted writer gives a character, wherever it stands: from 0.9 down to 0.01."""
    return round(0.9 / (1 + ord(character) % 90), 4)


@dataclass
class FakeWriter:
    """Writes ``text`` a few characters at a time; goes on for as long as ``gate`` lets it."""

    text: str = PASSAGE * 4
    error: TextgenError | None = None
    loaded: list[Path] = field(default_factory=list)
    asked: list[tuple[str, SamplingConfig]] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    def load(self, path: Path) -> ModelCard:
        if self.error:
            raise self.error
        self.loaded.append(path)
        return ModelCard(
            training_config("standard", {}).shape,
            VOCABULARY,
            None,
            "anna-karenina",
            None,
            840,
            3.0,
            1.467,
            "0.1",
            "H",
            path=path,
        )

    def generate(self, prime: str, sampling: SamplingConfig, strict: bool = False) -> Iterator[WriterEvent]:
        if self.error:
            raise self.error
        self.asked.append((prime, sampling))
        self.cancelled.clear()
        written = 0
        while written < sampling.length and not self.cancelled.is_set():
            while not self.gate.wait(0.01) and not self.cancelled.is_set():
                pass
            piece = self.text[written : min(written + 7, sampling.length)] or "."
            written += len(piece)
            yield Wrote(piece, tuple(map(likely, piece)))
        yield Finished(4711 if sampling.seed is None else sampling.seed, written, 0.1, self.cancelled.is_set())

    def generate_beside(
        self, prime: str, samplings: Sequence[SamplingConfig], strict: bool = False
    ) -> Iterator[Beside]:
        passages = {column: self.generate(prime, sampling, strict) for column, sampling in enumerate(samplings)}
        while passages:
            for column, passage in list(passages.items()):
                if event := next(passage, None):
                    yield Beside(column, event)
                else:
                    del passages[column]

    def look(self, text: str) -> Iterator[LookEvent]:
        """Pieces of 100 characters, as the gate lets them go; unknown are those that VOCABULARY has not."""
        if self.error:
            raise self.error
        self.looked.append(text)
        self.cancelled.clear()
        if unknown := "".join(dict.fromkeys(one for one in text if one not in VOCABULARY)):
            yield Skipped(unknown)
        first = next((place for place, one in enumerate(text) if one in VOCABULARY), len(text))
        values = [None if place == first or one not in VOCABULARY else likely(one) for place, one in enumerate(text)]
        for begin in range(0, len(text), 100):
            self._wait()
            piece = values[begin : begin + 100]
            yield Seen(tuple(piece), tuple(None if one is None else math.ceil(1 / one) for one in piece))
        losses = [-math.log(value) for value in values if value]
        yield Score(len(losses), math.fsum(losses) / len(losses) if losses else 0.0)

    def alternatives(self, text: str, begin: int, end: int | None = None, count: int = 10) -> tuple[Likeliest, ...]:
        """The letters in turn, beginning with the one that stands there."""
        if self.error:
            raise self.error
        letters = VOCABULARY[-26:]
        places = range(begin, begin + 1 if end is None else end)
        starts = [letters.find(text[place]) if 0 < place < len(text) else 0 for place in places]
        return tuple(
            Likeliest((letters * 2)[max(start, 0) :][:count], tuple(0.5 / 2**rank for rank in range(count)))
            if place > 0 else Likeliest("", ()) for place, start in zip(places, starts, strict=True)
        )  # fmt: skip

    def activations(
        self, text: str, units: Sequence[Unit], progress: Callable[[float], None] | None = None
    ) -> tuple[tuple[float | None, ...], ...]:
        """Waves, of another length for each unit."""
        self._wait()
        return tuple(
            tuple(
                round(math.sin(place / (unit.layer + unit.index + 2)), 3) if one in VOCABULARY else None
                for place, one in enumerate(text)
            )
            for unit in units
        )

    def units(self, text: str, progress: Callable[[float], None] | None = None) -> Mapping[str, tuple[Found, ...]]:
        """Ten for each feature but for digits, which the text has none of."""
        self._wait()
        found = tuple(Found(Unit(rank % 2, 7 * rank, "hc"[rank % 2]), round(0.9 - rank / 20, 3)) for rank in range(10))  # type: ignore[arg-type]
        return {feature.name: () if feature.name == "digits" else found for feature in FEATURES}

    def _wait(self) -> None:
        """Until the gate is open; cancelling ends it as it ends the writer's work."""
        if self.error:
            raise self.error
        while not self.gate.wait(0.01):
            if self.cancelled.is_set():
                raise WorkCancelledError("Cancelled; nothing was kept.")

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.closed = True
        self.cancelled.set()


NO_BASELINES = Baselines(None, None, None, None, None, 0, True)


@dataclass
class FakePortraits:
    """Looks through ``text`` as if it were the one that was asked for; waits before the baselines for ``gate``."""

    text: str = PASSAGE * 20
    error: TextgenError | None = None
    asked: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    given_up: int = 0
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(
        self, name: str, encoding: str, own: Mapping[str, Any], progress: Callable[[str, float], None]
    ) -> Generator[Part, None, None]:
        self.asked.append((name, encoding, own))
        if self.error:
            raise self.error
        with TemporaryDirectory() as folder:
            text = encoded_in(Path(folder), self.text)
            yield text
            yield advise(1_985_223, 83, own, [], gpu=False)
            yield split_at(text, trained_characters(text.characters, val_frac_of(own)))
            yield makeup.count(text)
            yield repeats.find(text)
            try:
                while not self.gate.wait(0.1):
                    progress("measuring baselines", 0.43)
            except WorkCancelledError:
                self.given_up += 1
                raise
            yield measure(text)


def encoded_in(folder: Path, text: str) -> EncodedText:
    """``text`` as a reader would encode it."""
    (folder / "text.txt").write_text(text, "utf-8", newline="")
    return encode(CorpusSource("text", (SourcePart(folder / "text.txt"),)), Home(folder, folder, folder))


@dataclass
class FakeBaselines:
    """The same for every run; measured while ``gate`` is closed, which it isn't from the start."""

    found: Baselines = NO_BASELINES
    error: TextgenError | None = None
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def of_run(self, name: str, progress: Callable[[float], None]) -> Baselines:
        self.asked.append(name)
        while not self.gate.wait(0.01):
            progress(0.5)
        if self.error:
            raise self.error
        return self.found


LEARNED = (
    "She did not want to talk of it. “So be it,” said Levin, and he went into the drawing room, where nobody was. "
    "Then the princess was silent, and with the same expression of dismay looked up."
)
"""What stands in the text of the scripted model."""


@dataclass
class FakeCopies:
    """Looks passages up in ``text``; is at it while ``gate`` is closed, which it isn't from the start."""

    text: str = LEARNED
    error: TextgenError | None = None
    asked: list[tuple[Path, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(self, model: Path, passage: str, progress: Callable[[float], None]) -> Copies:
        self.asked.append((model, passage))
        while not self.gate.wait(0.1):
            progress(0.5)
        if self.error:
            raise self.error
        found = [
            replace(
                match,
                before=self.text[max(0, match.place - 60) : match.place],
                after=self.text[match.place + match.length :][:60],
            )
            for match in matches([self.text], passage)
        ]
        return Copies("anna-karenina", len(passage), len(self.text), tuple(found))


@dataclass
class FakePrimes:
    """A history of primes in memory."""

    primes: list[str] = field(default_factory=list)

    def load(self) -> list[str]:
        return list(self.primes)

    def add(self, prime: str) -> None:
        self.primes.append(prime)


GPU = GpuReading(0, "NVIDIA H200", 0.61, 2_100_000_000, 139_000_000_000, 58.0, 412.0, 700.0)
MACHINE = HardwareReading((GPU,), 0.34, 3_100_000_000, 128_000_000_000, 80_000_000_000)


@dataclass
class FakeServices:
    """The scripted services, kept apart so that a test can look into each."""

    runs: FakeRuns = field(default_factory=FakeRuns)
    corpora: FakeCorpora = field(default_factory=FakeCorpora)
    portraits: FakePortraits = field(default_factory=FakePortraits)
    baselines: FakeBaselines = field(default_factory=FakeBaselines)
    models: Sequence[ModelEntry] = MODELS
    cards: FakeCards = field(default_factory=FakeCards)
    writer: FakeWriter = field(default_factory=FakeWriter)
    copies: FakeCopies = field(default_factory=FakeCopies)
    primes: FakePrimes = field(default_factory=FakePrimes)
    preferences: Preferences = field(default_factory=Preferences)
    hardware: HardwareReading = MACHINE

    @property
    def services(self) -> Services:
        """What the app gets."""
        return Services(
            runs=self.runs,
            corpora=self.corpora,
            portraits=self.portraits,
            baselines=self.baselines,
            models=lambda: list(self.models),
            model_card=self.cards,
            writer=lambda: self.writer,
            copies=self.copies,
            primes=self.primes,
            preferences=self.preferences,
            hardware=lambda: self.hardware,
            clock=lambda: NOW,
        )


def with_runs(*snapshots: RunSnapshot) -> FakeServices:
    """Services with one run for each snapshot."""
    return FakeServices(runs=FakeRuns({each.summary.name: FakeWatch([each]) for each in snapshots}))
