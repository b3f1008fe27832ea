"""How a network writes: logits to probabilities, probabilities to a choice, choices to text."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from tui_textgen.config import SamplingConfig
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.stepper import Stepper


@dataclass(frozen=True, slots=True)
class Character:
    """One written character, and the probability that the model gave it (at temperature 1, nothing cut)."""

    text: str
    probability: float


def probabilities(logits: Tensor, sampling: SamplingConfig) -> Tensor:
    """What to draw from, fp64: ``logits`` (distinct,) at the temperature, cut to top_k, then to top_p.

    Cuts go by rank, lower ids first among equals, so that ties never let more than k through.
    """
    order = torch.sort(logits, descending=True, stable=True).indices
    if sampling.temperature == 0:
        order = order[:1]
    kept = order[: sampling.top_k]
    below_best = logits[kept].double() - logits[order[0]]  # so that a temperature near 0 divides 0, not infinities
    ranked = torch.softmax(below_best / (sampling.temperature or 1), 0)
    if sampling.top_p is not None:
        before = ranked.cumsum(0) - ranked
        ranked = ranked * (before < sampling.top_p)
    result = torch.zeros_like(logits, dtype=torch.float64)
    result[kept] = ranked / ranked.sum()
    return result


def choose(weights: Tensor, generator: torch.Generator) -> int:
    """An index drawn with probability proportional to ``weights`` (fp64); one draw of ``generator`` each."""
    edges = weights.cumsum(0)
    point = torch.rand((), dtype=torch.float64, generator=generator) * edges[-1]
    return min(int(torch.searchsorted(edges, point, right=True)), weights.numel() - 1)


def known_prime(vocabulary: Vocabulary, prime: str, strict: bool) -> tuple[str, str]:
    """``prime`` without the characters that the model never saw, and these; ``strict`` raises PrimeError instead."""
    if strict:
        vocabulary.encode(prime)
    unknown = vocabulary.unknown(prime)
    return "".join(character for character in prime if character not in unknown), unknown


def with_seed(sampling: SamplingConfig) -> SamplingConfig:
    """``sampling`` with a new seed, if it has none."""
    return sampling if sampling.seed is not None else sampling.model_copy(update={"seed": secrets.randbelow(2**31)})


def generate(model: LoadedModel, prime: str, sampling: SamplingConfig) -> Iterator[Character]:
    """Write ``sampling.length`` characters after ``prime``; raises PrimeError for unknown characters in it.

    The same model, prime and settings with a seed give the same text.
    """
    vocabulary = model.vocabulary
    for index, probability in continue_ids(model.network, start_ids(model, prime), with_seed(sampling)):
        yield Character(vocabulary.characters[index], probability)


def start_ids(model: LoadedModel, prime: str) -> list[int]:
    """The ids to write after: the prime's, or where the text began; with neither known, a line's end."""
    characters = model.vocabulary.characters
    first = model.card.first_character or ("\n" if "\n" in characters else characters[0])
    return model.vocabulary.encode(prime or first)


@torch.inference_mode()
def continue_ids(network: CharRNN, ids: list[int], sampling: SamplingConfig) -> Iterator[tuple[int, float]]:
    """Ids after ``ids`` (at least one) and the probability of each; ``sampling`` has a seed."""
    assert sampling.seed is not None
    generator = torch.Generator().manual_seed(sampling.seed)
    stepper = Stepper(network)
    stepper.read(ids[:-1])
    current, device = ids[-1], network.fc.weight.device
    for _ in range(sampling.length):
        logits = stepper.step(torch.tensor([current], device=device))[0].cpu()
        current = choose(probabilities(logits, sampling), generator)
        yield current, float(torch.softmax(logits, 0)[current])
