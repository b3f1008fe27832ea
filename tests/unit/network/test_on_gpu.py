"""What only a GPU can show: that a recorded step, and a recorded block of text, are what they are unrecorded."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.unit.network.making import KINDS, PANGRAMS, model, resumed, run_folder, sampling, session
from tui_textgen.network.graphed import GraphedLearner
from tui_textgen.network.recording import VARIABLE, WARM_UPS
from tui_textgen.network.sampling import continue_streams
from tui_textgen.network.session import TrainingSession

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")

STEPS = WARM_UPS + 20
SHAPE: dict[str, Any] = {
    "n_hidden": 128,
    "n_layers": 2,
    "batch_size": 8,
    "drop_prob": 0.3,
    "device": "cuda",
    "epochs": 8,
}
"""One that cuDNN's persistent kernel takes."""


def losses(training: TrainingSession, steps: int = STEPS) -> list[float]:
    return torch.stack([training.advance().loss for _ in range(steps)]).tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "muon"])
@pytest.mark.parametrize("precision", ["auto", "fp32"])
def test_a_recorded_step_learns_what_its_calls_do(
    kind: str, optimizer: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same masks too: the graph moves the training's own generator."""
    values = {**SHAPE, "model": kind, "optimizer": optimizer, "precision": precision, "schedule": "linear"}
    recorded = session(tmp_path, **values)
    assert isinstance(recorded._learner, GraphedLearner)
    ours = losses(recorded)
    monkeypatch.setenv(VARIABLE, "0")
    plain = session(tmp_path, **values)
    assert not isinstance(plain._learner, GraphedLearner)
    assert ours == pytest.approx(losses(plain), rel=1e-3)
    assert ours[-1] < ours[0]
    assert torch.equal(recorded.generator.get_state(), plain.generator.get_state())


@pytest.mark.parametrize("kind", KINDS)
def test_cudnn_finds_its_weights_in_one_piece(kind: str, tmp_path: Path) -> None:
    """It warns where it has to copy them."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        losses(session(tmp_path, model=kind, precision="auto", **SHAPE), WARM_UPS)
    assert not [str(warning.message) for warning in told if "contiguous chunk" in str(warning.message)]


def test_a_run_goes_on_from_a_checkpoint(tmp_path: Path) -> None:
    training, folder = session(tmp_path, precision="auto", **SHAPE), run_folder(tmp_path)
    losses(training)
    training.save(folder, best=False)
    again = resumed(training, folder)
    assert losses(again) == pytest.approx(losses(training), rel=1e-3)


def test_the_text_lies_beside_the_network(tmp_path: Path) -> None:
    training = session(tmp_path, **SHAPE)
    assert training.notes[1:] == ("The text lies in the GPU's memory.",)
    assert training._lanes.window(0)[0].device == training._place
    assert len(training.write_sample().text) == training.config.sample_length


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cuts", [{}, {"top_k": 5, "top_p": 0.9}])
def test_a_recorded_block_writes_what_its_calls_do(
    kind: str, cuts: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, settings = model(kind, PANGRAMS, n_hidden=64).network.to("cuda"), sampling(length=300, **cuts)

    def written() -> list[list[int]]:
        return [[index for index, _ in row] for row in continue_streams(network, [1, 2, 3], settings, [5, 6, 7])]

    recorded = written()
    monkeypatch.setenv(VARIABLE, "0")
    assert written() == recorded


def test_samples_leave_no_memory_behind() -> None:
    """Each is a recording of its own, whose memory goes back once it is gone."""
    network, settings = model("lstm", PANGRAMS, n_hidden=512).network.to("cuda"), sampling(length=100)

    def reserved() -> int:
        for _ in range(5):
            list(continue_streams(network, [1, 2, 3], settings, [5]))
        return torch.cuda.memory_reserved()

    assert reserved() >= reserved()
