"""``models`` and ``models show``."""

from __future__ import annotations

from typing import Any

import click

from tui_textgen.cli.command import Group, Invocation, invocation_of, pass_invocation
from tui_textgen.cli.output import UNKNOWN, bpc, count, loss, print_facts, print_json, print_table
from tui_textgen.models.library import ModelEntry, list_models
from tui_textgen.visible import visible_line


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
    from tui_textgen.models.card import read_card
    from tui_textgen.models.library import find_model
    from tui_textgen.plan import count_parameters

    card = read_card(find_model(invocation.home, model))
    facts: dict[str, Any] = {
        "name": model,
        "path": str(card.path),
        **card.shape.model_dump(),
        "parameters": count_parameters(card.shape, len(card.vocabulary)),
        "corpus": card.corpus,
        "corpus_sha256": card.corpus_sha256,
        "val_loss": card.val_loss,
        "bits_per_char": None if card.val_loss is None else bpc(card.val_loss),
        "step": card.step,
        "epoch": card.epoch,
        "vocabulary": card.vocabulary,
        "training": card.training,
        "package_version": card.package_version,
    }
    if as_json:
        print_json(facts)
        return
    training = facts.pop("training") or {}
    print_facts({name: UNKNOWN if value is None else visible_line(str(value)) for name, value in facts.items()})
    print()
    print_facts({name: UNKNOWN if value is None else str(value) for name, value in training.items()})
