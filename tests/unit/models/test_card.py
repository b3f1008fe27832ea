from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from tests.unit.models.making import CARD, card_with, header_of, write_file, write_model
from tui_textgen.config import ModelConfig
from tui_textgen.errors import ModelFileError
from tui_textgen.models.card import FORMAT_VERSION, ModelCard, card_metadata, read_card, tensor_shapes
from tui_textgen.models.header import LONGEST, read_header
from tui_textgen.plan import count_parameters
from tui_textgen.visible import visible_line

any_character = st.characters(exclude_categories=())
optional_numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
cards = st.builds(
    ModelCard,
    shape=st.builds(
        ModelConfig, model=st.sampled_from(["lstm", "gru", "rnn"]), n_hidden=st.integers(1, 8),
        n_layers=st.integers(1, 3), drop_prob=st.floats(0, 0.9),
    ),
    vocabulary=st.lists(any_character, min_size=1, max_size=20, unique=True).map("".join),
    training=st.none() | st.dictionaries(st.text(), st.integers() | st.text()),
    corpus=st.none() | st.text(any_character),
    corpus_sha256=st.none() | st.just("ab" * 32),
    step=st.none() | st.integers(0, 10**12),
    epoch=optional_numbers,
    val_loss=optional_numbers,
    package_version=st.just("0.1.0"),
)  # fmt: skip


def refused(path: Path) -> str:
    """The sentence that a file is refused with: one line, safe to print."""
    with pytest.raises(ModelFileError) as caught:
        read_card(path)
    assert visible_line(str(caught.value)) == str(caught.value)
    return str(caught.value)


@given(cards)
def test_a_card_comes_back_as_it_was(card: ModelCard) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_model(Path(folder) / "m.safetensors", card)
        found = read_card(path)
    surrogates_are_pairs_in_json = replace(card, corpus=found.corpus, training=found.training, path=path)
    assert found == surrogates_are_pairs_in_json
    assert found.vocabulary == card.vocabulary


@pytest.mark.parametrize("length", [0x280, 0x380, 0x480, 0x580])
def test_a_header_whose_length_looks_like_a_pickle_is_none(tmp_path: Path, length: int) -> None:
    """Headers of 640 bytes and some more begin with the two bytes that a pickle begins with."""
    unpadded = len(json.dumps({"__metadata__": {"padding": ""}}))
    path = write_file(tmp_path / "m.safetensors", {"__metadata__": {"padding": "x" * (length - unpadded)}})
    assert path.read_bytes()[0] == 0x80
    assert len(read_header(path).metadata["padding"]) == length - unpadded


def test_the_library_of_the_format_reads_our_metadata(tmp_path: Path) -> None:
    with safe_open(write_model(tmp_path / "m.safetensors"), framework="np") as file:
        assert file.metadata() == card_metadata(CARD)


def test_a_card_knows_its_file(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors")
    assert read_card(path) == card_with(path=path)


@pytest.mark.parametrize("model", ["lstm", "gru", "rnn"])
def test_tensors_have_as_many_numbers_as_the_plan_counts(model: Any) -> None:
    shape = ModelConfig(model=model, n_hidden=7, n_layers=3, drop_prob=0)
    numbers = [tuple_size(size) for size in tensor_shapes(shape, 11).values()]
    assert sum(numbers) == count_parameters(shape, 11)


def tuple_size(shape: tuple[int, ...]) -> int:
    return shape[0] * (shape[1] if len(shape) == 2 else 1)


def test_half_precision_is_a_model_too(tmp_path: Path) -> None:
    path = write_file(tmp_path / "m.safetensors", header_of(dtype="F16", size=2))
    assert read_card(path).shape == CARD.shape


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    assert "There is no model file" in refused(tmp_path / "missing.safetensors")
    assert "not a file" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in refused(tmp_path / "pipe")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x80\x02}q\x00", b"\x80\x05\x95"])
def test_a_pickle_is_named_and_left_alone(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "rnn.net"
    path.write_bytes(start + bytes(1000))
    assert "PyTorch checkpoint" in refused(path)


@pytest.mark.parametrize("content", [b"", b"1234567", bytes(100), b"\xff" * 100, b"Call me Ishmael. " * 50])
def test_another_kind_of_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    assert "damaged or not a safetensors file" in refused(path)


def test_a_model_of_something_else_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    header = header_of()
    header["__metadata__"] = {"format": "pt"}
    assert "safetensors file of something else" in refused(write_file(tmp_path / "m.safetensors", header))


def test_a_newer_format_asks_for_an_update(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors", card_with(format_version=FORMAT_VERSION + 1))
    assert "newer textgen-tui; update" in refused(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("vocabulary", []), ("vocabulary", ["a", "a"]), ("vocabulary", ["ab"]), ("vocabulary", "abc"), ("vocabulary", [1]),
     ("shape", {"n_hidden": 0}), ("shape", {"hidden": 3}), ("shape", None), ("shape", {"n_hidden": 8192}),
     ("format_version", None), ("format_version", "1"), ("format_version", 0), ("step", "many"), ("val_loss", [1]),
     ("epoch", 10**400), ("step", -1),
     ("training", 3), ("first_character", "x"), ("first_character", "\x1b")],
)  # fmt: skip
def test_a_damaged_description_is_a_sentence(tmp_path: Path, key: str, value: object) -> None:
    header = header_of()
    card = json.loads(header["__metadata__"]["textgen"])
    header["__metadata__"]["textgen"] = json.dumps({**card, key: value})
    assert "description" in refused(write_file(tmp_path / "m.safetensors", header))


@pytest.mark.parametrize(
    "card",
    ["", "[]", "null", "{", pytest.param("[" * 100_000, id="deep"), pytest.param("1" * 5000, id="long"), '"\x1b[31m"'],
)
def test_a_description_that_is_none_is_a_sentence(tmp_path: Path, card: str) -> None:
    header = header_of()
    header["__metadata__"]["textgen"] = card
    assert "description" in refused(write_file(tmp_path / "m.safetensors", header))


@pytest.mark.parametrize(
    "change",
    [{"dtype": "I64"}, {"dtype": "F8"}, {"shape": [3, 7]}, {"shape": [21]}, {"shape": [-7]}, {"shape": [True] * 7},
     {"shape": [10**30]}, {"shape": [0] * 9}, {"shape": "7"}, {"data_offsets": [0, 10**30]},
     {"data_offsets": [4, 32]}, {"data_offsets": [28, 0]}, {"data_offsets": [0]}, {"data_offsets": None}],
)  # fmt: skip
def test_tensors_that_do_not_fit_are_a_sentence(tmp_path: Path, change: dict[str, Any]) -> None:
    header = header_of()
    path = write_file(tmp_path / "m.safetensors", header)
    size = path.stat().st_size - 8 - len(json.dumps(header))
    header["fc.bias"] |= change
    refused(write_file(path, header, size))


def test_a_missing_or_a_strange_tensor_is_a_sentence(tmp_path: Path) -> None:
    header = header_of()
    last = max(header.keys() - {"__metadata__"}, key=lambda name: header[name]["data_offsets"])
    assert f"'{last}' is missing" in refused(write_file(tmp_path / "a.safetensors", without(header, last)))
    end = header[last]["data_offsets"][1]
    header["evil\x1b[31m"] = {"dtype": "F32", "shape": [1], "data_offsets": [end, end + 4]}
    assert "evil" in refused(write_file(tmp_path / "b.safetensors", header))


def without(header: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in header.items() if key != name}


def test_a_header_that_claims_too_much_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    with path.open("wb") as file:
        file.write((LONGEST + 1).to_bytes(8, "little"))
        file.truncate(LONGEST * 4)
    assert "header is too long" in refused(path)
    path.write_bytes((2**63).to_bytes(8, "little") + b"{}")
    assert "ends too early" in refused(path)


def test_a_file_cut_anywhere_is_a_sentence(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.safetensors")
    content = path.read_bytes()
    for length in range(len(content)):
        os.truncate(path, len(content) - 1 - length)
        refused(path)


@given(st.data())
@settings(max_examples=300)
def test_flipped_bytes_give_a_card_or_a_sentence(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_model(Path(folder) / "m.safetensors")
        content = bytearray(path.read_bytes())
        header = 8 + int.from_bytes(content[:8], "little")
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, header - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        try:
            assert len(read_card(path).vocabulary) == len(CARD.vocabulary)
        except ModelFileError:
            return
