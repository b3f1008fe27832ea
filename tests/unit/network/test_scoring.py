"""Scores against loops that anybody would believe."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch.nn.functional import cross_entropy

from tests.unit.network.making import KINDS, model
from tui_textgen.errors import CorpusError
from tui_textgen.models.score import Score
from tui_textgen.network import chunks
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.scoring import score_lanes, score_stream

TEXT = "hello world\nhow low\n" * 5


@torch.inference_mode()
def naive_losses(loaded: LoadedModel, text: str) -> list[float]:
    """The loss of every character but the first, one at a time."""
    ids, state, losses = loaded.vocabulary.encode(text), loaded.network.zero_state(1), []
    for current, following in pairwise(ids):
        logits, state = loaded.network(torch.tensor([[current]]), state)
        losses.append(float(cross_entropy(logits[0], torch.tensor([following]))))
    return losses


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_is_predicted_character_by_character(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MOST", 4)
    loaded = model(kind)
    text = "".join(character for character in TEXT if character in loaded.vocabulary.characters)
    losses = naive_losses(loaded, text)
    score = score_stream(loaded, text)
    assert score.characters == len(text) - 1 == len(losses)
    assert score.nats_per_char == pytest.approx(math.fsum(losses) / len(losses), rel=1e-5)
    assert score.bits_per_char == pytest.approx(score.nats_per_char / math.log(2))
    assert score.perplexity == pytest.approx(math.exp(score.nats_per_char))
    assert Score(1, 1000.0).perplexity == math.inf  # no number is so large


def test_lanes_are_the_mean_of_their_streams() -> None:
    loaded = model()
    text = ("hello world\n" * 9)[:101]
    score = score_lanes(loaded, text, lanes=4, window=5)
    lanes = [naive_losses(loaded, text[begin : begin + 26]) for begin in range(0, 100, 25)]
    assert score.characters == 100
    assert score.nats_per_char == pytest.approx(sum(map(sum, lanes)) / 100, rel=1e-5)


def test_progress_ends_at_the_whole_and_may_end_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MOST", 8)
    shares: list[float] = []
    score_stream(model(), "hello world\n" * 3, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def interrupt(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        score_stream(model(), "hello world\n" * 3, interrupt)


@pytest.mark.parametrize(("text", "words"), [("", "at least 2"), ("h", "at least 2"), ("hello Z\x1b", "‘Z’, ‘␛’")])
def test_what_cannot_be_scored_is_refused(text: str, words: str) -> None:
    with pytest.raises(CorpusError, match=words):
        score_stream(model(), text)
    with pytest.raises(CorpusError, match=words):
        score_lanes(model(), text, 2, 4)
