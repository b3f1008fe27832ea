"""The notebook's checkpoints: ``torch.save({"n_hidden", "n_layers", "state_dict", "tokens"})``, in and out."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tui_textgen import __version__
from tui_textgen.config import ModelConfig, build
from tui_textgen.corpus.atomic import whole_file
from tui_textgen.corpus.vocabulary import Vocabulary, named
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.models.card import ModelCard, tensor_shapes
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.pickled import read_pickled
from tui_textgen.plan import GATES
from tui_textgen.visible import visible_line

DROP_PROB = 0.5
"""The notebook's own default; its files do not tell what it was."""
_RECURRENT = re.compile(r"(?:.*\.)?((?:weight|bias)_(?:ih|hh)_l\d+)")
_OUTPUT = re.compile(r"(?:.*\.)?(weight|bias)")


@dataclass(frozen=True)
class Imported:
    """A model from the notebook."""

    model: LoadedModel
    notes: tuple[str, ...]
    """What was odd about its file, in sentences."""


def read_net(path: Path) -> Imported:
    """The model in the notebook's file ``path``, in fp32 on the CPU; raises ModelFileError.

    The characters keep their ids. Whether it is an LSTM, a GRU or an RNN, and its sizes, are told by the shapes.
    """
    try:
        return _imported(read_pickled(path))
    except (ValueError, SettingsError) as error:
        raise ModelFileError(
            f"{visible_line(str(path))} is no checkpoint that can be taken over: {visible_line(str(error))}"
        ) from error


def write_net(path: Path, model: LoadedModel) -> tuple[str, ...]:
    """Replace ``path`` by ``model`` as the notebook saves it; what is to be known of it, in sentences.

    Raises ModelFileError for a network that the notebook has no arithmetic for.
    """
    shape = model.card.shape
    if shape.residual and shape.n_layers > 1:
        raise ModelFileError(
            "In this model each layer above the first adds what it read to what it says (residual), which the "
            "notebook's network cannot; export it as .safetensors, or train one with --residual no."
        )
    if model.vocabulary.unit != "char" or model.vocabulary.placeholder is not None:
        raise ModelFileError(
            "This model reads bytes, or a placeholder for rare characters, and the notebook's network only characters; "
            "export it as .safetensors."
        )
    weights = model.network.state_dict().items()
    state = OrderedDict((re.sub("^rnn", shape.model, name), weight.detach().cpu().clone()) for name, weight in weights)
    net = {"n_hidden": shape.n_hidden, "n_layers": shape.n_layers, "state_dict": state,
           "tokens": tuple(model.vocabulary.characters)}  # fmt: skip
    with whole_file(path) as file:
        torch.save(net, file)
    if shape.model == "lstm":
        return ()
    module = {"gru": "nn.GRU", "rnn": "nn.RNN"}[shape.model]
    return (f"To load it, the notebook's class needs an {module} named {shape.model} in place of its nn.LSTM.",)


def _imported(saved: object) -> Imported:
    """The model that ``saved`` describes; raises ValueError and SettingsError."""
    if not isinstance(saved, Mapping) or not isinstance(saved.get("state_dict"), Mapping):
        raise ValueError("it has no state_dict; in the notebook, save n_hidden, n_layers, state_dict and tokens.")
    vocabulary, notes = _vocabulary(saved.get("tokens")), list[str]()
    weights = _weights(saved["state_dict"], notes)
    shape = _shape(weights)
    for name in ("n_hidden", "n_layers"):
        if name not in saved:
            notes.append(f"It does not say its {name}; by its weights it is {getattr(shape, name)}.")
        elif not isinstance(saved[name], int) or saved[name] != getattr(shape, name):
            raise ValueError(f"it says {name} {saved[name]!r}, and its weights are for {getattr(shape, name)}.")
    _settle_biases(weights, shape, len(vocabulary), notes)
    _check_shapes(weights, shape, len(vocabulary))
    if more := [str(key) for key in saved if key not in ("n_hidden", "n_layers", "state_dict", "tokens")]:
        notes.append(f"Left out what a model is not made of: {', '.join(more)}.")
    if shape.model == "rnn":
        notes.append("An RNN's file does not tell tanh from ReLU; it is taken for tanh.")
    if not all(bool(weight.isfinite().all()) for weight in weights.values()):
        notes.append("Some of its weights are no numbers: what it writes will make no sense.")
    network = CharRNN(shape, len(vocabulary))
    network.load_state_dict(weights)
    card = ModelCard(
        shape=shape, vocabulary=vocabulary.characters, training=None, corpus=None, corpus_sha256=None, step=None,
        epoch=None, val_loss=None, package_version=__version__,
    )  # fmt: skip
    return Imported(LoadedModel(network.eval(), card, vocabulary), tuple(notes))


def _vocabulary(tokens: object) -> Vocabulary:
    single = isinstance(tokens, list | tuple | str) and all(isinstance(each, str) and len(each) == 1 for each in tokens)
    if not single or not tokens:
        raise ValueError("its tokens are no list of single characters, in the order of their ids.")
    assert isinstance(tokens, list | tuple | str)
    if twice := [character for character, times in Counter(tokens).items() if times > 1]:
        raise ValueError(f"its tokens hold {named(''.join(twice))} more than once.")
    return Vocabulary("".join(tokens))


def _weights(state: Mapping[Any, Any], notes: list[str]) -> dict[str, Tensor]:
    """The parameters under our names, whatever the modules around them are called."""
    weights: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor) or tensor.layout != torch.strided:
            raise ValueError(f"its state_dict holds {name!r}, which is no plain tensor.")
        recurrent, output = _RECURRENT.fullmatch(name), _OUTPUT.fullmatch(name)
        ours = f"rnn.{recurrent[1]}" if recurrent else f"fc.{output[1]}" if output else None
        if ours is None or ours in weights:
            raise ValueError(f"{name!r} does not belong to recurrent layers in one direction and one linear output.")
        if not tensor.is_floating_point():
            raise ValueError(f"{name!r} holds {str(tensor.dtype).removeprefix('torch.')} instead of fractions.")
        weights[ours] = tensor
    if any(tensor.dtype == torch.float64 for tensor in weights.values()):
        notes.append("It was in double precision, and is kept in single.")
    return {name: tensor.float().contiguous() for name, tensor in weights.items()}


def _shape(weights: Mapping[str, Tensor]) -> ModelConfig:
    """What network these are the parameters of."""
    first = weights.get("rnn.weight_hh_l0")
    if first is None or first.ndim != 2 or not first.numel() or "fc.weight" not in weights:
        raise ValueError("its state_dict lacks recurrent layers, or a linear output.")
    rows, n_hidden = first.shape
    kind = next((kind for kind, gates in GATES.items() if rows == gates * n_hidden), None)
    if kind is None:
        raise ValueError(f"its recurrent weights are {rows} × {n_hidden}: those of no LSTM, GRU or RNN.")
    n_layers = sum(name.startswith("rnn.weight_hh_l") for name in weights)
    return build(
        ModelConfig,
        {"model": kind, "n_hidden": n_hidden, "n_layers": n_layers, "drop_prob": DROP_PROB, "residual": False},
    )


def _settle_biases(weights: dict[str, Tensor], shape: ModelConfig, distinct: int, notes: list[str]) -> None:
    """Zeros where layers were made without biases."""
    expected = tensor_shapes(shape, distinct)
    if missing := [name for name in expected if "bias" in name and name not in weights]:
        notes.append(f"It has no {', '.join(missing)}; zeros stand for them.")
        weights.update({name: torch.zeros(expected[name]) for name in missing})


def _check_shapes(weights: Mapping[str, Tensor], shape: ModelConfig, distinct: int) -> None:
    """Raises ValueError unless ``weights`` are all that the network has, each of its size."""
    expected = tensor_shapes(shape, distinct)
    if strangers := weights.keys() ^ expected.keys():
        raise ValueError(f"{min(strangers)!r} does not fit a network of {shape.n_layers} layers.")
    for name, size in expected.items():
        if tuple(weights[name].shape) != size:
            raise ValueError(
                f"{name!r} is {tuple(weights[name].shape)}, and {distinct} tokens with {shape.n_hidden} units ask for "
                f"{size}."
            )
