"""``corpora``, ``corpora get`` and ``corpora show``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.options import given, setting_option
from tui_textgen.cli.output import UNKNOWN, count, print_facts, print_json, print_table, say
from tui_textgen.config import TrainingConfig, build
from tui_textgen.corpus.catalogue import catalogue
from tui_textgen.corpus.library import CorpusEntry, list_corpora
from tui_textgen.visible import visible


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One array of all texts.")
@click.pass_context
def corpora(context: click.Context, as_json: bool) -> None:
    """List the texts to learn from: what ships, what this Python carries, and your own."""
    if context.invoked_subcommand is not None:
        return
    home = invocation_of(context).home
    found = list_corpora(home)
    for complaint in catalogue(home).complaints:
        say(complaint)
    if as_json:
        print_json([entry_json(entry) for entry in found])
        return
    print_table(("name", "characters>", "distinct>", "bytes>", "from", "title"), [_row(entry) for entry in found])
    print()
    if away := [entry.name for entry in found if entry.gettable]:
        print(f"Not here yet: textgen-tui corpora get {away[0]} downloads it.")
    print(f"Your own: put *.txt files in {visible(str(home.corpora))}, or give a path.")


def entry_json(entry: CorpusEntry) -> dict[str, Any]:
    """What scripts are promised of a corpus."""
    return {
        "name": entry.name, "title": entry.title, "source": entry.source,
        "path": None if entry.path is None else str(entry.path), "bytes": entry.bytes,
        "characters": entry.characters, "distinct": entry.distinct, "available": entry.available,
    }  # fmt: skip


def _row(entry: CorpusEntry) -> tuple[str, ...]:
    origin = entry.source if entry.available else f"{entry.source}, not here"
    return (
        entry.name, count(entry.characters), count(entry.distinct), count(entry.bytes), origin, entry.title
    )  # fmt: skip


@corpora.command()
@click.argument("name", metavar="NAME")
@pass_invocation
def get(invocation: Invocation, name: str) -> None:
    """Download NAME, a text of the catalogue, into the library; print its path.

    Your own entries go into the file catalogue.toml of the data folder, each under [[text]]: name, url, sha256, and
    where wanted title, licence and member (of a zip archive).
    """
    from tui_textgen.cli.getting import get_text

    print(visible(str(get_text(invocation.home, name))))


@corpora.command()
@click.argument("name", metavar="CORPUS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@setting_option("encoding", TrainingConfig.model_fields["encoding"])
@setting_option("val_frac", TrainingConfig.model_fields["val_frac"])
@pass_invocation
def show(invocation: Invocation, /, name: str, as_json: bool, **settings: Any) -> None:
    """Read CORPUS, a library name or a path, and tell what there is to know of it.

    How it begins, where a training would end and validation begin, its characters and lines, what repeats in it, losses
    to hold a network's against, and which network suits it.
    """
    from tui_textgen.cli.portrait import print_portrait, told_portrait
    from tui_textgen.corpus.library import describe

    chosen = build(TrainingConfig, given(TrainingConfig, settings))
    description = describe(invocation.home, name, chosen.encoding)
    for note in description.notes:
        say(note)
    own = {**description.entry.settings, **{name: getattr(chosen, name) for name in chosen.model_fields_set}}
    entry = replace(description.entry, settings=own)
    if as_json:
        print_json({**entry_json(entry), **told_portrait(invocation.home, name, entry)})
        return
    print_facts(
        {
            "name": entry.name,
            "title": entry.title,
            "from": entry.source,
            "path": UNKNOWN if entry.path is None else str(entry.path),
            "bytes": count(entry.bytes),
            "characters": count(entry.characters),
            "distinct": count(entry.distinct),
        }
    )
    print(f"\n{visible(description.preview)}", flush=True)
    print_portrait(invocation.home, name, entry)
