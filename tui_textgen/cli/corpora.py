"""``corpora`` and ``corpora show``."""

from __future__ import annotations

from typing import Any

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.output import UNKNOWN, count, print_facts, print_json, print_table
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
    if as_json:
        print_json([entry_json(entry) for entry in found])
        return
    print_table(("name", "characters>", "distinct>", "bytes>", "from", "title"), [_row(entry) for entry in found])
    print(f"\nYour own: put *.txt files in {visible(str(home.corpora))}, or give a path.")


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
@click.argument("name", metavar="CORPUS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="The file's encoding.")
@pass_invocation
def show(invocation: Invocation, name: str, as_json: bool, encoding: str) -> None:
    """Read and count CORPUS, a library name or a path, and show how it begins."""
    from tui_textgen.corpus.library import describe

    description = describe(invocation.home, name, encoding)
    entry = description.entry
    if as_json:
        print_json(entry_json(entry))
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
    print(f"\n{visible(description.preview)}")
