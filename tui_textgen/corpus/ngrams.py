"""How well the characters before it tell the next one: n-gram models, counted on one text and scored on another.

Interpolated Witten–Bell smoothing (Witten and Bell, 1991, method C): a context h that was followed N times, by T
different characters, gives c the probability (N(h, c) + T · p(c | h without its first character)) / (N + T), down to
the uniform distribution. A context that never occurred says what the shorter one says.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

Gram = tuple[int, ...]
"""Ids in their order; the last one is predicted from the others."""


class NgramModel:
    """Unigram, bigram and trigram models of a text over ``distinct`` characters."""

    def __init__(self, trigrams: Mapping[Gram, int], beginning: Gram, distinct: int) -> None:
        """``trigrams`` of the whole text, counted; ``beginning`` are its first two ids, which end no trigram."""
        bigrams = shortened(trigrams)
        bigrams[beginning] += 1
        unigrams = shortened(bigrams)
        unigrams[beginning[:1]] += 1
        self._unigram = _Level(unigrams, lambda _: 1 / distinct)
        self._bigram = _Level(bigrams, self._unigram)
        self._trigram = _Level(trigrams, self._bigram)

    def losses(self, trigrams: Mapping[Gram, int]) -> tuple[float, float, float]:
        """Nats that the last character of a trigram costs, the mean: by the unigram, bigram and trigram model."""
        bigrams = shortened(trigrams)
        unigrams = shortened(bigrams)
        return _loss(self._unigram, unigrams), _loss(self._bigram, bigrams), _loss(self._trigram, trigrams)


def shortened(grams: Mapping[Gram, int]) -> Counter[Gram]:
    """The counts of the same grams without the first of their ids."""
    shorter: Counter[Gram] = Counter()
    for gram, count in grams.items():
        shorter[gram[1:]] += count
    return shorter


class _Level:
    """The model of grams of one length, over the next shorter one."""

    def __init__(self, grams: Mapping[Gram, int], shorter: Callable[[Gram], float]) -> None:
        self._grams, self._shorter = grams, shorter
        self._followed: Counter[Gram] = Counter()
        for gram, count in grams.items():
            self._followed[gram[:-1]] += count
        self._kinds = Counter(map(_context, grams))

    def __call__(self, gram: Gram) -> float:
        """The probability of the last id of ``gram`` after the others."""
        context, shorter = gram[:-1], self._shorter(gram[1:])
        kinds = self._kinds.get(context, 0)
        if not kinds:
            return shorter
        return (self._grams.get(gram, 0) + kinds * shorter) / (self._followed[context] + kinds)


def _context(gram: Gram) -> Gram:
    return gram[:-1]


def _loss(model: _Level, grams: Mapping[Gram, int]) -> float:
    costs: Iterable[float] = (-count * math.log(model(gram)) for gram, count in grams.items())
    return math.fsum(costs) / sum(grams.values())
