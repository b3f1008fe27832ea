"""``score``: how well a model predicts a text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.cli.output import print_facts, print_json, say
from tui_textgen.visible import visible_line
from tui_textgen.workers.protocol import LookEvent, Seen, Skipped


@click.command(cls=Command)
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option("--lanes", type=click.IntRange(min=1), metavar="N", help="Cut the text into so many lanes …")
@click.option("--window", type=click.IntRange(min=1), metavar="N", help="… of windows this long: a mean of batches.")
@click.option("--per-character", is_flag=True, help="A row for each character: itself, its probability, nats, rank.")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="The file's encoding.")
@pass_invocation
def score(
    invocation: Invocation,
    model: str,
    file: Path,
    as_json: bool,
    lanes: int | None,
    window: int | None,
    per_character: bool,
    encoding: str,
) -> None:
    """Measure how well MODEL predicts the text in FILE, or from standard input with -.

    The file is one stream: its first character is given, every later one predicted; a model of bytes predicts bytes,
    and its numbers, which say so, are per byte. With --per-character, the columns are separated by tabs, empty where
    nothing was predicted; special characters stand as in the app (⏎ for a newline), and up to 100,000 are read.
    """
    if (lanes is None) != (window is None):
        raise click.UsageError("--lanes and --window go together: give both, or neither.")
    if per_character and (as_json or lanes is not None):
        raise click.UsageError("--per-character prints rows of one stream: leave out --json, --lanes and --window.")
    from tui_textgen.cli.reading import with_stdin
    from tui_textgen.corpus.decoding import read_text
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model
    from tui_textgen.workers.writer_client import WriterClient

    path = find_model(invocation.home, model)
    read_card(path)  # what is no model is refused before a process loads torch for it
    with with_stdin(invocation.home, (str(file),)) as (name,), WriterClient() as writer:
        writer.load(path)
        if per_character:
            text = "".join(read_text(Path(name), encoding))
            _print_characters(text, writer.look(text))
            return
        result = writer.score(Path(name), encoding, lanes, window)
    if lanes and window and lanes * window > result.characters:
        say(f"The text is short for {lanes:,} lanes × {window:,}: it was cut into fewer or shorter ones.")
    if as_json:
        print_json(
            {
                "unit": result.unit,
                "characters": result.characters,
                "nats_per_char": result.nats_per_char,
                "bits_per_char": result.bits_per_char,
                "perplexity": result.perplexity,
            }
        )
        return
    print_facts(
        {
            f"{result.unit_name}s predicted": f"{result.characters:,}",
            f"nats per {result.unit_name}": f"{result.nats_per_char:.4f}",
            f"bits per {result.unit_name}": f"{result.bits_per_char:.4f}",
            "perplexity": f"{result.perplexity:.3f}",
        }
    )


def _print_characters(text: str, events: Iterable[LookEvent]) -> None:
    """A header, and a row for each character as soon as it is known."""
    print("character\tprobability\tnats\trank")
    characters = iter(text)
    for event in events:
        if isinstance(event, Skipped):
            say(f"The model never saw these, they were left out: {' '.join(map(repr, event.characters))}")
        elif isinstance(event, Seen):
            for probability, rank in zip(event.probabilities, event.ranks, strict=True):
                numbers = ("", "", "") if probability is None else (probability, f"{-math.log(probability):.4f}", rank)
                print(visible_line(next(characters)), *numbers, sep="\t")
