"""What a writer does with model files as such: foreign ones in, ours out."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from tui_textgen.models.card import card_metadata
from tui_textgen.models.header import is_pickled
from tui_textgen.network.checkpoint import load_model, save_model
from tui_textgen.network.legacy import read_net, write_net
from tui_textgen.network.tensor_file import write_tensors
from tui_textgen.workers.serving import Request


def import_model(request: Request) -> None:
    """``path``, a file of the notebook's or of ours, to ``target`` → ``notes``: what was odd about it."""
    path, target = (Path(request.arguments[name]) for name in ("path", "target"))
    if is_pickled(path):
        imported = read_net(path)
        save_model(target, imported.model.network, imported.model.card)
        request.emit({"notes": imported.notes})
    else:
        model = load_model(path)
        save_model(target, model.network, model.card)
        request.emit({"notes": ()})


def export_model(request: Request) -> None:
    """``path``, a model of ours, to ``target``, the notebook's format or ours by its suffix → ``notes``.

    With ``half``, weights in 16 bits.
    """
    model, target = load_model(Path(request.arguments["path"])), Path(request.arguments["target"])
    if target.suffix == ".net":
        request.emit({"notes": write_net(target, model)})
        return
    weights = model.network.state_dict()
    if request.arguments["half"]:
        weights = {name: halved(weight) for name, weight in weights.items()}
    write_tensors(target, weights, card_metadata(model.card))
    request.emit({"notes": ()})


def halved(weight: Tensor) -> Tensor:
    """In fp16, which keeps 11 bits of a weight; in bf16, which keeps 8, where fp16 has no number so large."""
    fits = bool(weight.abs().amax() < torch.finfo(torch.float16).max)
    return weight.to(torch.float16 if fits else torch.bfloat16)
