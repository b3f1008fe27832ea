"""``generate``: a passage on standard output, as it is written."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from tui_textgen.cli.command import Command, Invocation, pass_invocation
from tui_textgen.cli.options import given, settings_options
from tui_textgen.cli.output import say
from tui_textgen.config import SamplingConfig, build
from tui_textgen.visible import visible
from tui_textgen.workers.protocol import Finished, Skipped, WriterEvent, Wrote


@click.command(cls=Command)
@click.argument("model", metavar="MODEL")
@click.option("--prime", default="", metavar="TEXT", help="Text to go on from; without it, as the corpus begins.")
@settings_options(SamplingConfig)
@click.option("--strict", is_flag=True, help="Refuse characters in the prime that the model never saw.")
@pass_invocation
def generate(invocation: Invocation, /, model: str, prime: str, strict: bool, **settings: Any) -> None:
    """Write with MODEL: a model file, a run's name (its best checkpoint), or a shipped or imported model.

    Standard output gets the prime, then exactly as many characters as asked for, and one newline.
    """
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model
    from tui_textgen.workers.writer_client import WriterClient

    sampling = build(SamplingConfig, given(SamplingConfig, settings))
    path = find_model(invocation.home, model)
    read_card(path)  # what is no model is refused before a process loads torch for it
    with WriterClient() as writer:
        writer.load(path)
        _print_passage(prime, writer.generate(prime, sampling, strict))


def _print_passage(prime: str, events: Iterable[WriterEvent]) -> None:
    """The prime as the model read it, the characters as they come, one newline; the seed to a person alone."""
    unwritten = prime
    for event in events:
        match event:
            case Skipped(characters, instead):
                unwritten = event.as_read(prime)
                what = f"Read as {instead!r}" if instead else "Left out of the prime"
                say(f"{what}, since the model never saw them: {' '.join(map(repr, characters))}")
            case Wrote(text):
                _write(unwritten + text)
                unwritten = ""
            case Finished(seed):
                _write(unwritten + "\n")
                if sys.stdout.isatty():
                    say(f"seed {seed}")


def _write(text: str) -> None:
    """Raw where a program reads; made safe where a terminal would act on it."""
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()
