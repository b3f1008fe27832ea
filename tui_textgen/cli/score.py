"""``score``: how well a model predicts a text."""

from __future__ import annotations

from pathlib import Path

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.cli.output import print_facts, print_json


@click.command(cls=Command)
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option("--lanes", type=click.IntRange(min=1), metavar="N", help="Cut the text into so many lanes …")
@click.option("--window", type=click.IntRange(min=1), metavar="N", help="… of windows this long: a mean of batches.")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="The file's encoding.")
@pass_invocation
def score(
    invocation: Invocation, model: str, file: Path, as_json: bool, lanes: int | None, window: int | None, encoding: str
) -> None:
    """Measure how well MODEL predicts the text in FILE.

    The file is one stream: its first character is given, every later one predicted.
    """
    if (lanes is None) != (window is None):
        raise click.UsageError("--lanes and --window go together: give both, or neither.")
    from tui_textgen.models.library import find_model
    from tui_textgen.workers.writer_client import WriterClient

    path = find_model(invocation.home, model)
    with WriterClient() as writer:
        writer.load(path)
        result = writer.score(file, encoding, lanes, window)
    if as_json:
        print_json(
            {
                "characters": result.characters,
                "nats_per_char": result.nats_per_char,
                "bits_per_char": result.bits_per_char,
                "perplexity": result.perplexity,
            }
        )
        return
    print_facts(
        {
            "characters predicted": f"{result.characters:,}",
            "nats per character": f"{result.nats_per_char:.4f}",
            "bits per character": f"{result.bits_per_char:.4f}",
            "perplexity": f"{result.perplexity:.3f}",
        }
    )
