"""Model files: whole, or refused with a sentence."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.unit.network.making import KINDS, model, sampling
from tui_textgen.errors import ModelFileError, TextgenError
from tui_textgen.models.card import card_metadata
from tui_textgen.network import checkpoint
from tui_textgen.network.checkpoint import load_model, save_model
from tui_textgen.network.sampling import generate
from tui_textgen.network.tensor_file import read_tensors


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_model_writes_the_same_text(kind: str, tmp_path: Path) -> None:
    loaded, path = model(kind), tmp_path / "model.safetensors"
    save_model(path, loaded.network, loaded.card)
    again = load_model(path)
    assert again.card.vocabulary == loaded.card.vocabulary
    assert again.card.shape == loaded.card.shape
    assert list(generate(again, "he", sampling(seed=1, length=30))) == list(
        generate(loaded, "he", sampling(seed=1, length=30))
    )


def test_half_precision_loads_as_fp32(tmp_path: Path) -> None:
    loaded, path = model(), tmp_path / "model.safetensors"
    tensors = {name: tensor.half() for name, tensor in loaded.network.state_dict().items()}
    save_file(tensors, path, card_metadata(loaded.card))
    assert all(parameter.dtype == torch.float32 for parameter in load_model(path).network.parameters())


def test_a_checkpoint_that_is_replaced_while_it_is_loaded_comes_with_its_own_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card of the one and the weights of the other once made a model that no step ever was."""
    older, newer, path = model(), model(), tmp_path / "model.safetensors"
    newer.network.fc.bias.data += 1
    save_model(path, older.network, replace(older.card, step=1))
    read = read_tensors

    def replaced(at: Path) -> object:
        monkeypatch.setattr(checkpoint, "read_tensors", read)
        save_model(path, newer.network, replace(newer.card, step=2))
        return read(at)

    monkeypatch.setattr(checkpoint, "read_tensors", replaced)
    loaded = load_model(path)
    assert loaded.card.step == 2
    assert loaded.card.saved_at == path.stat().st_mtime
    assert torch.equal(loaded.network.fc.bias, newer.network.fc.bias)


def test_is_private_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    loaded, path = model(), tmp_path / "model.safetensors"
    save_model(path, loaded.network, loaded.card)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_write_keeps_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, path = model(), tmp_path / "model.safetensors"
    save_model(path, loaded.network, loaded.card)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TextgenError, match="No space left"):
        save_model(path, loaded.network, loaded.card)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_truncated_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    loaded, path = model(), tmp_path / "model.safetensors"
    save_model(path, loaded.network, loaded.card)
    whole = path.read_bytes()
    for content in (b"", b"hello", whole[:40], whole[:-1], whole + b"\0", b"\xff" * 64, b"PK\x03\x04" + b"\0" * 60):
        path.write_bytes(content)
        with pytest.raises(ModelFileError):
            load_model(path)


def test_a_card_of_another_size_is_refused_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header may claim a network of any size."""
    loaded, path = model(), tmp_path / "model.safetensors"
    huge = loaded.card.shape.model_copy(update={"n_hidden": 8192, "n_layers": 16})
    metadata = card_metadata(model(n_hidden=12).card)["textgen"].replace(
        '"n_hidden": 12', f'"n_hidden": {huge.n_hidden}'
    )
    save_file(loaded.network.state_dict(), path, {"textgen": metadata})
    monkeypatch.setattr(checkpoint, "CharRNN", None)
    with pytest.raises(ModelFileError):
        load_model(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nothing-here"):
        load_model(tmp_path / "nothing-here.safetensors")
