"""``corpora``, ``corpora get`` and ``corpora show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.output import UNKNOWN, bpc, count, print_facts, print_json, print_table, say
from tui_textgen.corpus.catalogue import catalogue
from tui_textgen.corpus.library import CorpusEntry, list_corpora
from tui_textgen.visible import visible

if TYPE_CHECKING:
    from tui_textgen.corpus.baselines import Baselines
    from tui_textgen.paths import Home

MEANING = {
    "uniform": "guessing among the distinct characters",
    "unigram": "the last tenth, told from how often each occurs before",
    "bigram": "the last tenth, told from one character each",
    "trigram": "the last tenth, told from two characters each",
    "xz": "the whole, packed by xz -9e",
}


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
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="The file's encoding.")
@pass_invocation
def show(invocation: Invocation, name: str, as_json: bool, encoding: str) -> None:
    """Read and count CORPUS, a library name or a path; show how it begins, and losses to hold a network's against."""
    from tui_textgen.corpus.library import describe

    description = describe(invocation.home, name, encoding)
    entry = description.entry
    if as_json:
        print_json({**entry_json(entry), "baselines": _baselines_json(_measured(invocation.home, name, encoding))})
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
    _print_baselines(_measured(invocation.home, name, encoding))


def _measured(home: Home, name: str, encoding: str) -> Baselines:
    """The baselines of the text, with a bar on a terminal: a long one takes a minute or two."""
    from rich.console import Console
    from rich.progress import Progress

    from tui_textgen.corpus.baselines import baselines
    from tui_textgen.corpus.encoded import encode
    from tui_textgen.corpus.library import find_corpus

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("measuring baselines", total=1.0)
        text = encode(find_corpus(home, [name], encoding), home)
        return baselines(text, home, lambda share: bar.update(task, completed=share))


def _baselines_json(measured: Baselines) -> dict[str, Any]:
    losses = {
        name: {"nats_per_char": loss, "bits_per_char": bpc(loss)} for name, loss in measured.named().items()
    }  # fmt: skip
    return {**losses, "characters": measured.characters, "whole": measured.whole}


def _print_baselines(measured: Baselines) -> None:
    print()
    rows = [(name, f"{nats:.4f}", f"{bpc(nats):.4f}", MEANING[name]) for name, nats in measured.named().items()]
    print_table(("baseline", "nats>", "bpc>", "of"), rows)
    if not measured.whole:
        print(f"Measured on {count(measured.characters)} of its characters.")
