"""What is predicted along a text, against PyTorch's own modules, and what is kept of it, against reading anew."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.network.making import KINDS, model
from tests.unit.network.plain import plain_pass
from tui_textgen.config import ModelConfig, build
from tui_textgen.network import chunks, predictions
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.chunks import FLOATS, MOST, WORK, chunk_size
from tui_textgen.network.predictions import Piece, Predictions

TEXT = "hello world\nhow low\nhold\n" * 4
LETTERS = "hello world\n"


def never() -> None:
    """A check that lets everything go on."""


def ids_of(text: str) -> list[int]:
    return model().vocabulary.encode("".join(character for character in text if character in LETTERS))


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_those_of_pytorchs_own_modules(
    kind: str, residual: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "MOST", 8)
    network, ids = model(kind, residual=residual).network, ids_of(TEXT)
    told = list(Predictions(network).along(ids, never))
    assert len(told) > 3
    chances = torch.log_softmax(plain_pass(network, ids).logits, -1)
    nats = torch.tensor([one for piece in told for one in piece.nats])
    assert torch.allclose(nats, -chances[:-1].gather(1, torch.tensor(ids[1:]).unsqueeze(1)).squeeze(1), atol=1e-4)
    best = chances.sort(descending=True).values[:, : predictions.RANKED]
    assert torch.allclose(torch.cat([piece.chances for piece in told]), best, atol=1e-4)
    likeliest = torch.cat([piece.likeliest for piece in told])
    assert torch.allclose(chances.gather(1, likeliest.long()), best, atol=1e-4)
    ranks = [rank for piece in told for rank in piece.ranks]
    for place, rank in enumerate(ranks):
        if rank <= predictions.RANKED:
            assert likeliest[place, rank - 1] == ids[place + 1]
        assert 1 <= rank <= network.distinct


texts = st.lists(st.tuples(st.integers(0, 60), st.text(LETTERS, max_size=40)), min_size=1, max_size=5)


@given(texts, st.sampled_from(KINDS), st.sampled_from((1, 10**4, 10**6)))
@settings(max_examples=40)
def test_what_is_kept_of_another_text_is_what_reading_anew_gives(
    edits: list[tuple[int, str]], kind: str, floats: int
) -> None:
    """Whatever is read one after the other: texts that go on, are cut, or differ in the middle."""
    network, text = model(kind).network, "hello world\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "MOST", 4)
        patch.setattr(predictions, "FLOATS", floats)  # few: hardly a state is kept
        kept = Predictions(network)
        for place, more in edits:
            text = text[:place] + more + text[place + len(more) :]
            ids = ids_of(text)
            anew = Predictions(network)
            assert list(map(shown, kept.along(ids, never))) == list(map(shown, anew.along(ids, never)))
            behind = kept.behind(ids[:place], never)
            assert all(map(torch.equal, behind, Predictions(network).behind(ids[:place], never)))


def shown(piece: Piece) -> tuple[object, ...]:
    return piece.ids, piece.nats, piece.ranks, piece.likeliest.tolist(), piece.chances.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_behind_a_text_is_the_networks_own(kind: str) -> None:
    network, ids = model(kind).network, ids_of(TEXT)
    with torch.inference_mode():
        _, state = network(torch.tensor(ids).unsqueeze(1), network.zero_state(1))
    behind = Predictions(network).behind(ids, never)
    assert all(torch.allclose(ours, theirs, atol=1e-5) for ours, theirs in zip(behind, state, strict=True))
    nothing = Predictions(network).behind([], never)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(nothing, network.zero_state(1), strict=True))


def test_what_was_read_before_a_cancellation_is_right_and_the_rest_can_be_read_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "MOST", 4)
    network, ids, looks = model().network, ids_of(TEXT), iter(range(3))

    def third() -> None:
        if next(looks) == 2:
            raise InterruptedError

    kept = Predictions(network)
    with pytest.raises(InterruptedError):
        list(kept.along(ids, third))
    anew = Predictions(network).along(ids, never)
    assert list(map(shown, kept.along(ids, never))) == list(map(shown, anew))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_hidden", [1, 64, 512, 2048])
@pytest.mark.parametrize("distinct", [4, 83, 20_000])
def test_a_call_is_short_and_small_whatever_the_network(kind: str, n_hidden: int, distinct: int) -> None:
    """What decides how long somebody waits who cancels, and how much memory is taken meanwhile."""
    with torch.device("meta"):
        network = CharRNN(build(ModelConfig, {"model": kind, "n_hidden": n_hidden, "n_layers": 3}), distinct)
    size = chunk_size(network)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert 1 <= size <= MOST
    assert size == 1 or (size * parameters <= WORK and size * distinct * 4 <= FLOATS)
    if size < MOST:
        floats = 4 * distinct + 24 * n_hidden
        assert 2 * size * parameters > WORK or 2 * size * floats > FLOATS
