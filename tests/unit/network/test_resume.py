"""A run that was broken off and resumed is the run that was never broken off, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.unit.network.making import KINDS, Ticks, resumed, run_folder, session
from tui_textgen.errors import ModelFileError
from tui_textgen.models.card import read_card
from tui_textgen.network.events import CheckpointDue, SampleWritten, StepsCompleted, ValidationCompleted
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.training import train
from tui_textgen.runs.folder import RunFolder

Told = dict[tuple[str, int], object]


def told_by(
    training: TrainingSession, folder: RunFolder, save_at: int | None = None, end_at: int | None = None
) -> Told:
    """What a training measures, by kind and step; saved at step ``save_at`` alone, broken off at ``end_at``."""
    told: Told = {}
    for event in train(training, lambda: (), Ticks(step=1.0)):
        match event:
            case StepsCompleted(steps):
                told |= {("step", row.step): (row.train_loss, row.grad_norm, row.lr) for row in steps}
            case ValidationCompleted(step, _, loss, _):
                told["validation", step] = loss
            case SampleWritten(sample):
                told["sample", sample.step] = sample.text
            case CheckpointDue(step, best):
                if step == save_at:
                    training.save(folder, best)
                if step == end_at:
                    return told
    return told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", ["adamw", "rmsprop", "muon"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_resumes_bit_for_bit(kind: str, optimizer: str, precision: str, tmp_path: Path) -> None:
    """Saved in the middle of an epoch, right at a validation and a sample, and killed some steps later."""
    values: dict[str, Any] = {"model": kind, "optimizer": optimizer, "precision": precision}
    values |= {"drop_prob": 0.4, "sample_every": 5, "checkpoint_seconds": 1.0}
    folder = run_folder(tmp_path)
    straight = session(tmp_path, **values)
    whole = told_by(straight, folder)
    per_epoch = straight.plan.steps_per_epoch
    save_at = per_epoch + 5 - per_epoch % 5 + 5
    before = told_by(session(tmp_path, **values), folder, save_at, end_at=save_at + 3)
    again = resumed(straight, folder)
    assert again.step == save_at
    after = told_by(again, folder)
    assert {step for _, step in before if step > save_at}, "something was lost and is done again"
    kept = {key: value for key, value in before.items() if key[1] <= save_at}
    assert {**kept, **after} == whole
    assert not kept.keys() & after.keys(), "nothing happens twice"
    for ours, theirs in zip(again.network.parameters(), straight.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert again.progress.best_val_loss == straight.progress.best_val_loss


@pytest.mark.parametrize("save_at", [1, 2, 3])
def test_resumes_from_any_step(save_at: int, tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    whole = told_by(session(tmp_path, epochs=1, checkpoint_seconds=1.0), folder, save_at)
    after = told_by(resumed(session(tmp_path, epochs=1, checkpoint_seconds=1.0), folder), folder)
    assert after == {key: value for key, value in whole.items() if key[1] > save_at}


def test_seconds_go_on_counting(tmp_path: Path) -> None:
    folder, training = run_folder(tmp_path), session(tmp_path, checkpoint_seconds=1.0)
    told_by(training, folder, save_at=8, end_at=8)
    saved = training.progress.seconds
    again = resumed(training, folder)
    rows = [row for event in train(again, lambda: (), Ticks(step=0.5)) if isinstance(event, StepsCompleted)
            for row in event.steps]  # fmt: skip
    assert rows[0].step == 9
    assert saved < rows[0].seconds < saved + 10


def test_what_was_chosen_automatically_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resume on a machine with other abilities goes on as it began."""
    folder, training = run_folder(tmp_path), session(tmp_path, precision="auto", device="auto")
    training.save(folder, best=False)
    other = "fp32" if training.precision == "bf16" else "bf16"
    monkeypatch.setattr("tui_textgen.network.device._precision", lambda *_: other)
    monkeypatch.setattr("tui_textgen.network.device.physical_cores", lambda: 7)
    again = resumed(training, folder)
    assert again.compute == training.compute


def test_saving_writes_models_that_say_what_they_are(tmp_path: Path) -> None:
    folder, training = run_folder(tmp_path), session(tmp_path)
    told_by(training, folder, save_at=5, end_at=5)
    card = read_card(folder.best)
    assert (card.step, card.corpus, card.first_character) == (5, "a test", "t")
    assert card.val_loss == training.progress.val_loss
    assert card.vocabulary == training.text.vocabulary.characters
    assert card.training == training.config.model_dump(mode="json")
    assert read_card(folder.latest) == card.__class__(**{**card.__dict__, "path": folder.latest})


def test_the_best_stays_unless_asked_for(tmp_path: Path) -> None:
    folder, training = run_folder(tmp_path), session(tmp_path)
    training.save(folder, best=False)
    assert not folder.best.exists()
    assert folder.latest.exists()


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    folder, training = run_folder(tmp_path), session(tmp_path)
    training.save(folder, best=False)
    whole = folder.resume.read_bytes()
    for content in (b"", whole[:100], whole[:-5], folder.latest.read_bytes()):
        folder.resume.write_bytes(content)
        with pytest.raises(ModelFileError):
            resumed(training, folder)


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    folder, training = run_folder(tmp_path), session(tmp_path)
    session(tmp_path, n_hidden=8).save(folder, best=False)
    with pytest.raises(ModelFileError, match="another network"):
        resumed(training, folder)
    save_file({"network.fc.weight": torch.zeros(1)}, folder.resume, {"resume": "{}"})
    with pytest.raises(ModelFileError):
        resumed(training, folder)
