"""A checkpoint to resume from that somebody or something has been at: a sentence before the first step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.unit.network.making import resumed, run_folder, session
from tui_textgen.errors import ModelFileError
from tui_textgen.network.resume import FORMAT_VERSION, KEY
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.tensor_file import read_tensors
from tui_textgen.runs.folder import RunFolder

Saved = tuple[TrainingSession, RunFolder, dict[str, Tensor], dict[str, Any]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A session two steps in, its folder, and what its checkpoint holds."""
    folder = run_folder(tmp_path_factory.mktemp("resume"))
    training = session(folder.path.parent, optimizer="muon")
    training.advance()
    training.advance()
    training.save(folder, best=False)
    tensors, metadata = read_tensors(folder.resume)
    return training, folder, tensors, json.loads(metadata[KEY])


def refused(saved: Saved, tensors: dict[str, Tensor], facts: object) -> str:
    training, folder, *_ = saved
    save_file(tensors, folder.resume, {KEY: facts if isinstance(facts, str) else json.dumps(facts)})
    with pytest.raises(ModelFileError) as caught:
        resumed(training, folder)
    return str(caught.value)


ONE_OF_EACH = ("network.fc.weight", "optimiser.0.momentum", "optimiser.3.exp_avg", "optimiser.3.step", "state.1",
               "generator")  # fmt: skip


def test_tensors_of_other_shapes_are_refused(saved: Saved) -> None:
    """The fused updates of torch would read beyond an optimiser's memory that is too short, and go on."""
    _, _, tensors, facts = saved
    for name in ONE_OF_EACH:
        tensor = tensors[name]
        for wrong in (torch.zeros(3), torch.zeros((7, *tensor.shape))):
            assert "checkpoint" in refused(saved, {**tensors, name: wrong}, facts), name
        if name != "optimiser.0.momentum":  # Muon makes itself one for a parameter that it has not updated yet
            assert "checkpoint" in refused(saved, {key: each for key, each in tensors.items() if key != name}, facts)


ODD: tuple[object, ...] = (None, -1, float("nan"), float("inf"), "x", [], {}, 10**400)


def test_facts_that_no_session_has_are_refused(saved: Saved) -> None:
    _, _, tensors, facts = saved
    for part in ("progress", "compute"):
        for name, told in facts[part].items():
            for odd in ODD:
                if told is None and (odd is None or isinstance(odd, float)):
                    continue
                assert "not a checkpoint" in refused(saved, tensors, {**facts, part: {**facts[part], name: odd}}), name
        for odd in ODD:
            refused(saved, tensors, {**facts, part: odd})
    for text in ("", "3", "[]", '"x"', "[" * 100_000):
        refused(saved, tensors, text)


def test_a_newer_version_is_refused_and_the_first_one_is_read(saved: Saved) -> None:
    training, folder, tensors, facts = saved
    assert "newer textgen-tui; update" in refused(saved, tensors, {**facts, "format_version": FORMAT_VERSION + 1})
    first = {name: value for name, value in facts.items() if name not in ("format_version", "optimizer")}
    one_row = {**tensors, "generator": tensors["generator"][0].clone()}
    save_file(one_row, folder.resume, {KEY: json.dumps(first)})
    again = resumed(training, folder)
    assert again.step == 2
    assert torch.equal(again.generator.get_state(), training.generator.get_state())


def test_a_checkpoint_cut_anywhere_is_refused(saved: Saved) -> None:
    training, folder, tensors, facts = saved
    save_file(tensors, folder.resume, {KEY: json.dumps(facts)})
    content = folder.resume.read_bytes()
    cut = Path(folder.resume)
    for length in [*range(0, 200, 7), *range(200, len(content), 997), len(content) - 1]:
        cut.write_bytes(content[:length])
        with pytest.raises(ModelFileError):
            resumed(training, folder)
