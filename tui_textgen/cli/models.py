"""``models``: list, show, import and export them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.output import UNKNOWN, count, loss, print_json, print_table, say
from tui_textgen.errors import InputError
from tui_textgen.models.library import ModelEntry, list_models
from tui_textgen.visible import visible_line

FORMATS = (".net", ".safetensors")


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One array of all models.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the models to write with: what ships, what was imported, and the runs' checkpoints."""
    if context.invoked_subcommand is not None:
        return
    found = list_models(invocation_of(context).home)
    if as_json:
        print_json([entry_json(entry) for entry in found])
    elif not found:
        print("No models yet. Train one with: textgen-tui train python-reference --preset quick")
    else:
        headers = ("name", "from", "model", "parameters>", "corpus", "val loss>", "step>", "file")
        print_table(headers, [_row(entry) for entry in found])


def entry_json(entry: ModelEntry) -> dict[str, Any]:
    """What scripts are promised of a model."""
    return {
        "name": entry.name, "path": str(entry.path), "model": entry.model, "n_hidden": entry.n_hidden,
        "n_layers": entry.n_layers, "parameters": entry.parameters, "corpus": entry.corpus,
        "val_loss": entry.val_loss, "step": entry.step,
    }  # fmt: skip


def _row(entry: ModelEntry) -> tuple[str, ...]:
    shape = f"{entry.model} {entry.n_layers}×{entry.n_hidden}"
    return (
        entry.name, entry.source, shape, count(entry.parameters), entry.corpus or UNKNOWN,
        loss(entry.val_loss), count(entry.step), entry.path.name,
    )  # fmt: skip


@models.command()
@click.argument("model", metavar="MODEL")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_invocation
def show(invocation: Invocation, model: str, as_json: bool) -> None:
    """Show what MODEL's file says about itself."""
    from tui_textgen.cli.model_card import card_json, print_card
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model

    card = read_card(find_model(invocation.home, model))
    if as_json:
        print_json(card_json(model, card))
    else:
        print_card(model, card)


@models.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What the model is called; without it, as FILE is.")
@pass_invocation
def import_(invocation: Invocation, file: Path, name: str | None) -> None:
    """Take a model over from FILE.

    FILE is a checkpoint of the notebook's (rnn_30_epoch.net), or a model file (.safetensors).

    Nothing in it is run. What is odd about it is told, and the model's name printed.
    """
    from tui_textgen.models.library import place_for
    from tui_textgen.runs.names import name_from
    from tui_textgen.workers.writer_client import WriterClient

    path = place_for(invocation.home, name_from(file.stem) if name is None else name)
    with WriterClient() as writer:
        for note in writer.import_model(file, path):
            say(note)
    print(path.stem)
    say(f"Write with it: textgen-tui generate {path.stem}")


@models.command()
@click.argument("model", metavar="MODEL")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--half", is_flag=True, help="Store the weights of a .safetensors file in 16 bits: half the size.")
@pass_invocation
def export(invocation: Invocation, model: str, file: Path, half: bool) -> None:
    """Write MODEL to FILE, for the notebook or as a model file.

    The end of FILE says which: .net is the notebook's, .safetensors a model file.
    """
    if file.suffix not in FORMATS:
        raise InputError(f"FILE ends in {' or '.join(FORMATS)}, which says what is written; {str(file)!r} does not.")
    if half and file.suffix == ".net":
        raise click.UsageError("--half is for .safetensors: the notebook computes with what its file holds.")
    if os.path.lexists(file):
        raise InputError(f"{file} is there already; choose another name, or remove it first.")
    from tui_textgen.models.library import find_model
    from tui_textgen.workers.writer_client import WriterClient

    path = find_model(invocation.home, model)
    with WriterClient() as writer:
        for note in writer.export_model(path, file, half):
            say(note)
    print(visible_line(str(file)))
    say(f"{count(file.stat().st_size)} bytes")
