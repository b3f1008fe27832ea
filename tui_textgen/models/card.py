"""What a model file says about itself, read from its header alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui_textgen.config import ModelConfig, build
from tui_textgen.corpus.vocabulary import Unit, Vocabulary
from tui_textgen.errors import ModelFileError, SettingsError
from tui_textgen.models.header import Tensor, read_header
from tui_textgen.plan import GATES
from tui_textgen.runs.facts import is_whole
from tui_textgen.visible import visible_line

FORMAT_VERSION = 1
KEY = "textgen"
FLOATS = {"F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16"}
"""The dtypes a parameter may have, and what settings call them."""


@dataclass(frozen=True)
class ModelCard:
    """The metadata of a model. It is one JSON object under the key ``textgen`` of a safetensors header."""

    shape: ModelConfig
    vocabulary: str
    """The characters in order of their ids."""
    training: Mapping[str, Any] | None
    corpus: str | None
    corpus_sha256: str | None
    step: int | None
    epoch: float | None
    val_loss: float | None
    """Nats per character."""
    package_version: str
    first_character: str | None = None
    """The corpus's first character: where writing without a prime starts."""
    unit: Unit = "char"
    """What the vocabulary consists of."""
    placeholder: str | None = None
    """The one of its characters that stands for all others."""
    format_version: int = FORMAT_VERSION
    path: Path | None = None
    """Where it was read from; not part of the metadata."""
    saved_at: float | None = field(default=None, compare=False)
    """When that file was written, in seconds since 1970; not part of the metadata either, and nothing of the model."""
    weights: str | None = field(default=None, compare=False)
    """What its weights are stored as, ``fp32``, ``fp16``, …; not part of the metadata either."""

    def as_vocabulary(self) -> Vocabulary:
        """What texts are read and written by; raises ValueError where there can be no such vocabulary."""
        return Vocabulary(self.vocabulary, self.unit, self.placeholder)


def card_metadata(card: ModelCard) -> dict[str, str]:
    """The card as safetensors metadata."""
    values = {
        "format_version": card.format_version,
        "shape": card.shape.model_dump(mode="json"),
        **card.as_vocabulary().facts(),
        "vocabulary": list(card.vocabulary),  # as one string, JSON would join lone surrogates to pairs
        **{name: getattr(card, name) for name in _OPTIONAL},
        "training": None if card.training is None else dict(card.training),
        "package_version": card.package_version,
    }
    return {KEY: json.dumps(values)}


def read_card(path: Path) -> ModelCard:
    """The card of the model file ``path``, held against its tensors; raises ModelFileError. Reads no tensor."""
    header = read_header(path)
    shown = visible_line(str(path))
    if KEY not in header.metadata:
        raise ModelFileError(f"{shown} is a safetensors file of something else; pick a model of textgen-tui.")
    try:
        values = json.loads(header.metadata[KEY])
        _check_version(values, shown)
        card = replace(_card(values, path), saved_at=header.saved_at)
        _check_tensors(card, header.tensors)
        card = replace(card, weights=" and ".join(sorted({FLOATS[one.dtype] for one in header.tensors.values()})))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SettingsError) as error:
        raise ModelFileError(
            f"The description in the model file {shown} is damaged ({visible_line(str(error).splitlines()[0])}); "
            "get it anew, or pick another."
        ) from error
    return card


def tensor_shapes(shape: ModelConfig, distinct: int) -> dict[str, tuple[int, ...]]:
    """The parameters of a network, by the names they have in the file."""
    rows, hidden = GATES[shape.model] * shape.n_hidden, shape.n_hidden
    shapes: dict[str, tuple[int, ...]] = {"fc.weight": (distinct, hidden), "fc.bias": (distinct,)}
    for layer in range(shape.n_layers):
        shapes[f"rnn.weight_ih_l{layer}"] = (rows, hidden if layer else distinct)
        shapes[f"rnn.weight_hh_l{layer}"] = (rows, hidden)
        shapes[f"rnn.bias_ih_l{layer}"] = shapes[f"rnn.bias_hh_l{layer}"] = (rows,)
    return shapes


_OPTIONAL: Mapping[str, tuple[type, ...]] = {
    "corpus": (str,),
    "corpus_sha256": (str,),
    "step": (int,),
    "epoch": (float, int),
    "val_loss": (float, int),
    "first_character": (str,),
}
"""What may be null, and its types."""


def _check_version(values: Mapping[str, Any], shown: str) -> None:
    version = values["format_version"]
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"format version {version!r}")
    if version > FORMAT_VERSION:
        raise ModelFileError(f"The model file {shown} was written by a newer textgen-tui; update to load it.")


def _card(values: Mapping[str, Any], path: Path) -> ModelCard:
    vocabulary = values["vocabulary"]
    single = isinstance(vocabulary, list) and all(isinstance(one, str) and len(one) == 1 for one in vocabulary)
    if not single or not vocabulary or len(set(vocabulary)) != len(vocabulary):
        raise ValueError("its vocabulary is not a list of distinct characters")
    known = Vocabulary.from_facts(values)
    optional = {name: values.get(name) for name in _OPTIONAL}
    for name, value in optional.items():
        if value is not None and (not isinstance(value, _OPTIONAL[name]) or isinstance(value, bool)):
            raise ValueError(f"{name} is {value!r}")
        if isinstance(value, int) and not is_whole(value):  # nor could it be told as a fraction
            raise ValueError(f"{name} is out of bounds")
    first = optional["first_character"]
    if first is not None and (len(first) != 1 or known.unknown(first)):
        raise ValueError("its first character is not in its vocabulary")
    training = values.get("training")
    return ModelCard(
        shape=build(ModelConfig, values["shape"]),
        vocabulary=known.characters,
        unit=known.unit,
        placeholder=known.placeholder,
        training=None if training is None else dict(training),
        package_version=str(values["package_version"]),
        format_version=values["format_version"],
        path=path,
        **optional,
    )


def _check_tensors(card: ModelCard, tensors: Mapping[str, Tensor]) -> None:
    expected = tensor_shapes(card.shape, len(card.vocabulary))
    if missing := expected.keys() - tensors.keys():
        raise ValueError(f"tensor {min(missing)!r} is missing")
    for name, tensor in tensors.items():
        if tensor.dtype not in FLOATS:
            raise ValueError(f"tensor {name!r} is {tensor.dtype}")
        if tensor.shape != expected.get(name):
            raise ValueError(f"tensor {name!r} has shape {tensor.shape}, not {expected.get(name)}")
