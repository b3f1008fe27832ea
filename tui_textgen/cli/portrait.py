"""What ``corpora show`` tells of a text, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tui_textgen.advice import Advice
from tui_textgen.cli.output import bpc, count, print_table
from tui_textgen.config import as_typed
from tui_textgen.corpus.baselines import Baselines
from tui_textgen.corpus.character_names import code_point, name_of
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.entry import CorpusEntry
from tui_textgen.corpus.makeup import Makeup
from tui_textgen.corpus.repeats import LONG, Repeats
from tui_textgen.corpus.split import Split
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home
from tui_textgen.visible import visible, visible_line
from tui_textgen.workers.portrait import Part, portrait

MEANING = {
    "uniform": "guessing among the distinct characters",
    "unigram": "the last tenth, told from how often each occurs before",
    "bigram": "the last tenth, told from one character each",
    "trigram": "the last tenth, told from two characters each",
    "xz": "the whole, packed by xz -9e",
}
LISTED = 120
"""Characters of the vocabulary that are listed in words, the most frequent ones."""
BAR = 24


def print_portrait(home: Home, name: str, entry: CorpusEntry) -> None:
    """Print each part of a text as soon as it is known, and the advice behind them; raises CorpusError."""
    text: EncodedText | None = None
    advice: Advice | CorpusError | None = None
    for part in _parts(home, name, entry):
        match part:
            case EncodedText():
                text = part
            case Split():
                _print_split(part)
            case Makeup() if text:
                _print_characters(part, text.vocabulary)
                _print_lines(part)
            case Repeats():
                _print_repeats(part)
            case Baselines():
                _print_baselines(part)
            case Advice() | CorpusError():
                advice = part
    if isinstance(advice, Advice):
        _print_advice(advice)
    else:
        print(f"\nadvice: {visible(str(advice))}")


def told_portrait(home: Home, name: str, entry: CorpusEntry) -> dict[str, Any]:
    """What scripts are promised of a text; ``advice`` is null for one that cannot be trained on. Raises CorpusError."""
    told: dict[str, Any] = {}
    text: EncodedText | None = None
    for part in _parts(home, name, entry):
        match part:
            case EncodedText():
                text = part
            case Split():
                told["split"] = asdict(part)
            case Makeup() if text:
                told["vocabulary"] = _characters_told(part, text.vocabulary)
                told["lines"] = _lines_told(part)
            case Repeats():
                told["repeats"] = asdict(part)
            case Baselines():
                told["baselines"] = _baselines_told(part)
            case Advice():
                told["advice"] = {**asdict(part), "values": dict(part.values)}
            case CorpusError():
                told["advice"] = None
    return told


def _parts(home: Home, name: str, entry: CorpusEntry) -> Iterator[Part]:
    """The parts of a text; on a terminal a bar tells how far the next one is, and is gone once it is there."""
    console = Console(stderr=True)
    encoding = str(entry.settings.get("encoding", "utf-8"))
    bar = Progress(console=console)

    def progress(doing: str, share: float) -> None:
        bar.update(bar.task_ids[0], description=doing, completed=share)

    with closing(portrait(home, name, encoding, entry.settings, progress)) as parts:
        while True:
            bar = Progress(console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal)
            bar.add_task("reading", total=1.0)
            with bar:
                part = next(parts, None)
            if part is None:
                return
            yield part


# In words


def _print_advice(advice: Advice) -> None:
    """What to train, how long it takes, and why."""
    print(f"\nadvice: {advice.settings} · {advice.time}")
    for reason in advice.reasons:
        print(f"  {visible_line(reason)}")
    options = " ".join(f"--{name.replace('_', '-')} {as_typed(value)}" for name, value in advice.values.items())
    print(f"  As options of train: {options}")


def _print_split(split: Split) -> None:
    held_out = split.characters - split.trained
    if not held_out:
        print("\nNothing is held out to validate.")
        return
    print(f"\ntraining ends behind {count(split.trained)} characters, {count(held_out)} are held out:")
    print(f"  …{visible_line(split.before)} ┃ {visible_line(split.after)}…")


def _print_characters(makeup: Makeup, vocabulary: Vocabulary) -> None:
    total = sum(makeup.counts)
    known = sorted(zip(makeup.counts, vocabulary.characters, strict=True), key=lambda each: (-each[0], each[1]))
    rows = [
        (one.strip(" \t"), code_point(one), count(number), f"{number / total:.4%}", name_of(one))
        for number, one in known[:LISTED]
    ]
    print()
    print_table(("character", "code point", "count>", "share>", "name"), rows)
    if len(known) > LISTED:
        print(f"and {count(len(known) - LISTED)} more; --json tells them all.")


def _print_lines(makeup: Makeup) -> None:
    lengths = makeup.lengths
    print(
        f"\nlines: {count(lengths.lines)}, half of them up to {count(lengths.median)} characters, nine of ten up to "
        f"{count(lengths.quantile(0.9))}, the longest {count(lengths.longest)}"
    )
    most = max(lengths.classes().values(), default=0)
    for name, lines in lengths.classes().items():
        print(f"  {name:>9} {'█' * round(BAR * lines / max(1, most)):<{BAR}} {count(lines):>12}")


def _print_repeats(repeats: Repeats) -> None:
    if not repeats.passages:
        print(f"\nrepeats: nothing of {LONG} characters or more stands in it twice")
    else:
        print(f"\nrepeats: {repeats.share:.2%} of it repeats earlier passages of {LONG} characters or more")
        print(f"  of its last tenth {repeats.held_out_share:.2%}, which a network may know by heart")
        longest, place = count(repeats.longest), count(repeats.place)
        print(f"  the longest of {count(repeats.passages)}: {longest} characters at {place},")
        print(f"  which stand at {count(repeats.earlier)} too: {visible_line(repeats.example)}…")
    if not repeats.whole:
        print(f"  Looked for in its first {count(repeats.characters)} characters.")


def _print_baselines(measured: Baselines) -> None:
    print()
    rows = [(name, f"{nats:.4f}", f"{bpc(nats):.4f}", MEANING[name]) for name, nats in measured.named().items()]
    print_table(("baseline", "nats>", "bpc>", "of"), rows)
    if not measured.whole:
        print(f"Measured on {count(measured.characters)} of its characters.")


# As JSON


def _characters_told(makeup: Makeup, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    return [
        {"character": one, "code_point": code_point(one), "name": name_of(one), "count": number}
        for one, number in zip(vocabulary.characters, makeup.counts, strict=True)
    ]


def _lines_told(makeup: Makeup) -> dict[str, Any]:
    lengths = makeup.lengths
    return {
        "lines": lengths.lines, "median": lengths.median, "longest": lengths.longest, "classes": lengths.classes(),
    }  # fmt: skip


def _baselines_told(measured: Baselines) -> dict[str, Any]:
    losses = {name: {"nats_per_char": loss, "bits_per_char": bpc(loss)} for name, loss in measured.named().items()}
    return {**losses, "characters": measured.characters, "whole": measured.whole}
