"""What a network learned about characters goes along with them, to whatever place they have in another vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.unit.network.making import KINDS, PANGRAMS, model, run_folder, session
from tui_textgen.models.card import card_metadata
from tui_textgen.network.checkpoint import load_model, save_model
from tui_textgen.network.scoring import score_stream
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.tensor_file import write_tensors
from tui_textgen.runs.folder import RunFolder


def begun(folder: RunFolder, text: str, kind: str = "lstm") -> TrainingSession:
    """A session over ``text`` that begins with ``folder.start``."""
    there = session(folder.path, text, model=kind, n_hidden=12, n_layers=2)
    return TrainingSession.fork(there.config, there.text, there.plan, folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_that_begins_with_a_model_of_its_text_is_that_model(kind: str, tmp_path: Path) -> None:
    """In half precision too, as models are shipped."""
    before, folder = model(kind, PANGRAMS), run_folder(tmp_path)
    halves = {name: weight.half() for name, weight in before.network.state_dict().items()}
    write_tensors(folder.start, halves, card_metadata(before.card))
    after = begun(folder, PANGRAMS, kind)
    for name, weight in after.network.state_dict().items():
        assert torch.equal(weight, halves[name].float())
    after.advance()
    after.save(folder, best=True)
    assert load_model(folder.best).card.weights == "fp32"


def test_shared_characters_are_predicted_as_before_wherever_they_stand(tmp_path: Path) -> None:
    before, folder = model("lstm", "zyxwvu \n"), run_folder(tmp_path)
    save_model(folder.start, before.network, before.card)
    text = "abc\nuv wx yz " * 60
    after = begun(folder, text)
    told = {one: index for index, one in enumerate(before.vocabulary.characters)}
    ours = after.text.vocabulary
    shared = [one for one in ours.characters if one in told]
    ids = torch.tensor([shared.index(one) for one in "zy xw\nuv"])
    here = torch.tensor([ours.encode(one)[0] for one in shared])
    there = torch.tensor([told[one] for one in shared])
    logits, _ = after.network(here[ids].unsqueeze(1), after.network.zero_state(1))
    expected, _ = before.network(there[ids].unsqueeze(1), before.network.zero_state(1))
    torch.testing.assert_close(logits[:, 0, here], expected[:, 0, there])
    fresh = session(tmp_path, text, n_hidden=12, n_layers=2).network
    new = ours.encode("abc")
    assert torch.equal(after.network.fc.weight[new], fresh.fc.weight[new])
    assert torch.equal(after.network.rnn.weights(0)[0][:, new], fresh.rnn.weights(0)[0][:, new])


def test_what_was_learned_of_one_text_helps_with_the_next(tmp_path: Path) -> None:
    teacher = session(tmp_path, n_hidden=16, n_layers=1, drop_prob=0, lr=0.02, optimizer="adamw")
    for _ in range(120):
        teacher.advance()
    folder = run_folder(tmp_path)
    save_model(folder.start, teacher.network, teacher.card())
    pupil = session(folder.path, PANGRAMS.replace("z", "é"), n_hidden=16, n_layers=1)
    begun_with_it = TrainingSession.fork(pupil.config, pupil.text, pupil.plan, folder)
    assert begun_with_it.validate() < pupil.validate() - 0.5


def test_a_model_in_half_precision_scores_and_loads_as_any_other(tmp_path: Path) -> None:
    whole = model("gru", PANGRAMS)
    halves = {name: weight.bfloat16() for name, weight in whole.network.state_dict().items()}
    write_tensors(path := tmp_path / "half.safetensors", halves, card_metadata(whole.card))
    assert load_model(path).card.weights == "bf16"
    loss = score_stream(load_model(path), PANGRAMS[:200]).nats_per_char
    assert loss == pytest.approx(score_stream(whole, PANGRAMS[:200]).nats_per_char, abs=0.05)
