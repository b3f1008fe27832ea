"""How a network writes: logits to probabilities, probabilities to a choice, choices to text."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice

import torch
from torch import Tensor

from tui_textgen.config import SamplingConfig
from tui_textgen.corpus.vocabulary import Vocabulary, unknown_sentence
from tui_textgen.errors import PrimeError
from tui_textgen.network.blocks import BLOCK, Blocks
from tui_textgen.network.char_rnn import CharRNN, State
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.stepper import Stepper


@dataclass(frozen=True, slots=True)
class Character:
    """One written character, and the probability that the model gave it (at temperature 1, nothing cut)."""

    text: str
    probability: float


def probabilities(logits: Tensor, sampling: SamplingConfig) -> Tensor:
    """What to draw from, fp64: ``logits`` (…, distinct) at the temperature, cut to top_k, then to top_p.

    Cuts go by rank, lower ids first among equals, so that ties never let more than k through.
    """
    below_best = logits.double() - logits.amax(-1, keepdim=True)  # so that a temperature near 0 divides 0
    weights = torch.softmax(below_best / (sampling.temperature or 1), -1)
    top_k = sampling.top_k if sampling.temperature else 1
    if top_k is None and sampling.top_p is None:
        return weights
    order = torch.sort(logits, dim=-1, descending=True, stable=True).indices[..., :top_k]
    ranked = weights.gather(-1, order)
    if sampling.top_p is not None:
        ranked /= ranked.sum(-1, keepdim=True)
        before = ranked.cumsum(-1) - ranked
        ranked *= before < sampling.top_p
    return torch.zeros_like(weights).scatter_(-1, order, ranked / ranked.sum(-1, keepdim=True))


def choose(weights: Tensor, draws: Tensor) -> Tensor:
    """For each row of ``weights`` (streams, distinct), fp64, an index drawn with probability proportional to them.

    ``draws`` (streams,), fp64, decide: numbers from 0 up to 1, all of them as likely.
    """
    edges = weights.cumsum(-1)
    chosen = torch.searchsorted(edges, draws.unsqueeze(1) * edges[:, -1:], right=True).squeeze(1)
    return chosen.clamp_(max=weights.shape[1] - 1)


def draw(generators: Sequence[torch.Generator], length: int) -> Tensor:
    """The next ``length`` numbers of each generator, (length, streams), fp64; the same, if drawn one at a time."""
    return torch.stack([torch.rand(length, dtype=torch.float64, generator=generator) for generator in generators], 1)


def known_prime(vocabulary: Vocabulary, prime: str, strict: bool) -> tuple[str, str]:
    """``prime`` as the model reads it, and the characters it never saw; ``strict`` raises PrimeError for them.

    They are left out, or the vocabulary's placeholder stands for them.
    """
    strange = vocabulary.strange(prime)
    if strict and strange:
        raise PrimeError(unknown_sentence(strange))
    return vocabulary.as_read(prime), strange


def with_seed(sampling: SamplingConfig) -> SamplingConfig:
    """``sampling`` with a new seed, if it has none."""
    return sampling if sampling.seed is not None else sampling.model_copy(update={"seed": secrets.randbelow(2**31)})


def generate(
    model: LoadedModel, prime: str, sampling: SamplingConfig, behind: State | None = None
) -> Iterator[Character]:
    """Write ``sampling.length`` characters after ``prime``; raises PrimeError for unknown characters in it.

    The same model, prime and settings with a seed give the same text. ``behind`` is the state behind all but the last
    of :func:`start_ids`, where it is known.
    """
    ids = start_ids(model, prime)
    for text, probability in continue_text(model.network, model.vocabulary, ids, with_seed(sampling), behind):
        yield Character(text, probability)


def start_ids(model: LoadedModel, prime: str) -> list[int]:
    """The ids to write after: the prime's, or where the text began; with neither known, a line's end."""
    if begin := prime or model.card.first_character:
        return model.vocabulary.encode(begin)
    return [max(0, model.vocabulary.characters.find("\n"))]


def continue_text(
    network: CharRNN, vocabulary: Vocabulary, ids: list[int], sampling: SamplingConfig, behind: State | None = None
) -> Iterator[tuple[str, float]]:
    """``sampling.length`` characters after ``ids`` and the probability of each; ``sampling`` has a seed."""
    enough = sampling.model_copy(update={"length": sampling.length * vocabulary.longest})
    return islice(vocabulary.spell(continue_ids(network, ids, enough, behind)), sampling.length)


def continue_ids(
    network: CharRNN, ids: list[int], sampling: SamplingConfig, behind: State | None = None
) -> Iterator[tuple[int, float]]:
    """Ids after ``ids`` (at least one) and the probability of each; ``sampling`` has a seed."""
    assert sampling.seed is not None
    for written in continue_streams(network, ids, sampling, [sampling.seed], behind):
        yield written[0]


@torch.inference_mode()
def continue_streams(
    network: CharRNN, ids: list[int], sampling: SamplingConfig, seeds: Sequence[int], behind: State | None = None
) -> Iterator[list[tuple[int, float]]]:
    """For each of ``seeds`` a continuation of ``ids`` (at least one): the next id and its probability, of all at once.

    ``behind`` is the state of one lane that has read all of ``ids`` but the last; without it they are read first.
    What a stream writes depends on its own seed, not on those of the others; on their number it may (rounding).
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    stepper, place = Stepper(network, len(seeds)), network.fc.weight.device
    if behind is None:
        stepper.read(ids[:-1])
    else:
        stepper.begin(behind)
    current = torch.full((len(seeds),), ids[-1])
    if place.type == "cuda":
        blocks = Blocks(stepper, partial(_write_one, stepper, sampling), current.to(place))
        yield from islice(_in_blocks(blocks, generators), sampling.length)
        return
    rows = (row for _ in count() for row in draw(generators, BLOCK))
    for draws in islice(rows, sampling.length):
        current, likely = _write_one(stepper, sampling, current.to(place), draws)
        yield list(zip(current.tolist(), likely.tolist(), strict=True))


def _in_blocks(
    blocks: Blocks, generators: Sequence[torch.Generator], length: int = BLOCK
) -> Iterator[list[tuple[int, float]]]:
    """What all streams write, without end."""
    while True:
        for indices, likely in zip(*blocks.write(draw(generators, length)), strict=True):
            yield list(zip(indices, likely, strict=True))


def _write_one(stepper: Stepper, sampling: SamplingConfig, ids: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
    """The next ids after ``ids`` (streams,), and the probability of each; where ``draws`` are, since they need fp64."""
    logits = stepper.step(ids).to(draws.device)
    chosen = choose(probabilities(logits, sampling), draws)
    return chosen, torch.softmax(logits, -1).gather(-1, chosen.unsqueeze(-1)).squeeze(-1)
