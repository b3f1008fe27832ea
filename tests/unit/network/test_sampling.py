"""From logits to text."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tests.unit.network.making import KINDS, model, sampling
from tui_textgen.errors import PrimeError
from tui_textgen.network import stepper
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.products import ByteProduct, FloatProduct, Product
from tui_textgen.network.sampling import (
    choose,
    continue_streams,
    draw,
    generate,
    known_prime,
    probabilities,
    with_seed,
)
from tui_textgen.network.stepper import Stepper

LOGITS = torch.tensor([1.0, 3.0, 2.0, 3.0, 0.0])


def written(kind: str = "lstm", prime: str = "hello", **settings: object) -> str:
    return "".join(character.text for character in generate(model(kind), prime, sampling(**settings)))


def test_plain_probabilities_are_the_softmax() -> None:
    torch.testing.assert_close(probabilities(LOGITS, sampling()), LOGITS.double().softmax(0))


def test_temperature_divides_the_logits() -> None:
    torch.testing.assert_close(probabilities(LOGITS, sampling(temperature=0.5)), (LOGITS.double() * 2).softmax(0))


def test_no_temperature_takes_the_likeliest() -> None:
    """Of equals the lower id, so that every machine takes the same."""
    assert probabilities(LOGITS, sampling(temperature=0)).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("k", [1, 2, 3, 5, 50])
def test_top_k_lets_no_more_than_k_through_at_ties(k: int) -> None:
    weights = probabilities(torch.zeros(6), sampling(top_k=k))
    assert weights.tolist() == pytest.approx([1 / min(k, 6)] * min(k, 6) + [0] * (6 - min(k, 6)))


def test_top_p_keeps_the_fewest_that_reach_it() -> None:
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    assert probabilities(logits, sampling(top_p=0.5)).tolist() == pytest.approx([1, 0, 0, 0])
    assert probabilities(logits, sampling(top_p=0.75)).tolist() == pytest.approx([0.625, 0.375, 0, 0])
    assert probabilities(logits, sampling(top_p=1.0)).tolist() == pytest.approx([0.5, 0.3, 0.15, 0.05])


def test_top_p_counts_within_top_k() -> None:
    logits = torch.tensor([0.4, 0.3, 0.2, 0.1]).log()
    assert probabilities(logits, sampling(top_k=2, top_p=0.55)).tolist() == pytest.approx([1, 0, 0, 0])


@given(
    st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=20),
    st.floats(0, 5),
    st.one_of(st.none(), st.integers(1, 25)),
    st.one_of(st.none(), st.floats(0.01, 1)),
)
def test_probabilities_always_sum_to_one(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None
) -> None:
    weights = probabilities(torch.tensor(logits), sampling(temperature=temperature, top_k=top_k, top_p=top_p))
    assert float(weights.sum()) == pytest.approx(1)
    assert 1 <= int((weights > 0).sum()) <= (top_k or len(logits))


def test_choices_follow_the_probabilities() -> None:
    weights = torch.tensor([[0.0, 0.2, 0.5, 0.0, 0.3, 0.0], [1.0, 0, 0, 0, 0, 0]], dtype=torch.float64)
    generators = [torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)]
    drawn = torch.stack([choose(weights, draws) for draws in draw(generators, 4000)])
    counts = torch.bincount(drawn[:, 0], minlength=6) / 4000
    assert counts.tolist() == pytest.approx(weights[0].tolist(), abs=0.03)
    assert counts[[0, 3, 5]].sum() == 0
    assert torch.equal(drawn[:, 1], torch.zeros(4000, dtype=torch.int64))


def test_numbers_are_the_same_however_many_are_drawn_at_once() -> None:
    def generators() -> list[torch.Generator]:
        return [torch.Generator().manual_seed(seed) for seed in (1, 2)]

    ones = generators()
    assert torch.equal(torch.cat([draw(ones, 1) for _ in range(40)]), draw(generators(), 40))


@given(st.lists(st.lists(st.floats(-9, 9, width=32), min_size=5, max_size=5), min_size=1, max_size=4))
def test_rows_are_cut_each_on_its_own(rows: list[list[float]]) -> None:
    settings = sampling(temperature=0.7, top_k=4, top_p=0.8)
    together = probabilities(torch.tensor(rows), settings)
    for row, weights in zip(rows, together, strict=True):
        torch.testing.assert_close(weights, probabilities(torch.tensor(row), settings))


FORMATS = pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float32, 1e-5), (torch.float16, 0.005), (torch.bfloat16, 0.05), (torch.int8, 0.3)],
)
"""Of 8 bits ten units, as here, tell less than hundreds; what they cost a trained network is in docs/performance.md."""


def stepper_of(network: CharRNN, dtype: torch.dtype, streams: int, monkeypatch: pytest.MonkeyPatch) -> Stepper:
    def made(weight: Tensor, bias: Tensor, _: int) -> Product:
        return ByteProduct(weight, bias) if dtype == torch.int8 else FloatProduct(weight, bias, dtype)

    monkeypatch.setattr(stepper, "product", made)
    return Stepper(network, streams)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("length", "residual"), [(1, False), (2, True), (3000, False)])
@FORMATS
@torch.inference_mode()
def test_stepping_equals_the_network(
    kind: str, length: int, residual: bool, dtype: torch.dtype, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After primes shorter and longer than one pass reads."""
    network = model(kind, n_layers=3, residual=residual).network
    ids = torch.randint(network.distinct, (length + 5,), generator=torch.Generator().manual_seed(2))
    expected, _ = network(ids.unsqueeze(1), network.zero_state(1))
    one = stepper_of(network, dtype, 1, monkeypatch)
    one.read(ids[:length].tolist())
    stepped = torch.cat([one.step(index) for index in torch.unbind(ids[length:].unsqueeze(1))])
    torch.testing.assert_close(stepped, expected[length:, 0], atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
@FORMATS
@torch.inference_mode()
def test_parallel_streams_are_like_one_each(
    kind: str, dtype: torch.dtype, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = model(kind).network
    together = stepper_of(network, dtype, 3, monkeypatch)
    alone = stepper_of(network, torch.float32, 1, monkeypatch)
    together.read([1, 2])
    steps = [together.step(ids) for ids in (torch.tensor([0, 3, 5]), torch.tensor([4, 4, 1]))]
    for stream, ids in enumerate(((0, 4), (3, 4), (5, 1))):
        alone.read([1, 2])
        for logits, index in zip(steps, ids, strict=True):
            expected = alone.step(torch.tensor([index]))[0]
            torch.testing.assert_close(logits[stream], expected, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_writes_the_same_alone_and_in_company_where_products_are_whole_numbers(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepper, "product", lambda weight, bias, _: ByteProduct(weight, bias))
    network, settings, seeds = model(kind, n_hidden=64, n_layers=2).network, sampling(length=200), range(9)
    together = list(zip(*continue_streams(network, [1, 2], settings, seeds), strict=True))
    for seed, stream in zip(seeds, together, strict=True):
        assert [index for index, _ in stream] == [
            index for ((index, _),) in continue_streams(network, [1, 2], settings, [seed])
        ]


def test_a_stream_depends_on_its_own_seed_alone() -> None:
    network, settings = model().network, sampling(length=50)
    first, second = (list(zip(*continue_streams(network, [1, 2], settings, seeds), strict=True))
                     for seeds in ([5, 6, 7], [9, 8, 7]))  # fmt: skip
    assert first[2] == second[2]
    assert len({tuple(index for index, _ in stream) for stream in [*first, *second]}) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_writes_the_same_text(kind: str) -> None:
    first, again, other = (written(kind, length=60, seed=seed) for seed in (7, 7, 8))
    assert first == again != other
    assert len(first) == 60


def test_the_global_generator_is_neither_read_nor_moved() -> None:
    loaded = model()
    texts = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        texts.append(list(generate(loaded, "h", sampling(length=30, seed=7))))
        assert torch.equal(torch.get_rng_state(), before)
    assert texts[0] == texts[1]


def test_characters_come_with_the_models_own_probability() -> None:
    """Whatever temperature and cuts made of it."""
    loaded = model()
    (character,) = generate(loaded, "h", sampling(length=1, temperature=0))
    with torch.inference_mode():
        logits, _ = loaded.network(torch.tensor([loaded.vocabulary.encode("h")]).t(), loaded.network.zero_state(1))
    assert character.probability == pytest.approx(logits.softmax(-1).max().item(), rel=1e-3)
    assert 0 < character.probability < 1


def test_an_empty_prime_starts_where_the_text_began() -> None:
    assert written(prime="", length=40, seed=3) == written(prime="h", length=40, seed=3)


def test_an_empty_prime_without_a_known_beginning_starts_after_a_lines_end() -> None:
    loaded = model()
    nameless = replace(loaded, card=replace(loaded.card, first_character=None))
    text = [character.text for character in generate(nameless, "", sampling(length=40, seed=3))]
    assert "".join(text) == written(prime="\n", length=40, seed=3)


def test_unknown_characters_of_a_prime() -> None:
    vocabulary = model().vocabulary
    assert known_prime(vocabulary, "hXelYXlo", strict=False) == ("hello", "XY")
    assert known_prime(vocabulary, "hello", strict=True) == ("hello", "")
    with pytest.raises(PrimeError, match="X"):
        known_prime(vocabulary, "hXello", strict=True)
    with pytest.raises(PrimeError, match="X"):
        next(generate(model(), "hXello", sampling(seed=1)))


def test_a_seed_is_drawn_only_where_none_is_given() -> None:
    assert with_seed(sampling(seed=0)).seed == 0
    drawn = {with_seed(sampling()).seed for _ in range(4)}
    assert len(drawn) > 1
    assert None not in drawn
