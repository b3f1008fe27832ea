"""What a text is made of: how often each of its characters occurs, and how long its lines are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from tui_textgen.corpus.encoded import EncodedText, read_back
from tui_textgen.corpus.kept import Kept
from tui_textgen.corpus.survey import Progress, silent
from tui_textgen.paths import Home

KEPT = Kept("makeup", 1)
FEW = 256
"""Distinct characters up to which each is counted by a search of its own: that is quicker than a table."""
EDGES = (0, 20, 40, 60, 80, 120, 200, 500)
"""The longest line of each class of lengths; behind the last, one without a limit."""


@dataclass(frozen=True)
class LineLengths:
    """The lengths of a text's lines in characters, without their line feeds; how many lines have each length."""

    counts: tuple[tuple[int, int], ...]
    """Length and lines, by length."""

    @property
    def lines(self) -> int:
        return sum(lines for _, lines in self.counts)

    @property
    def median(self) -> int:
        return self.quantile(0.5)

    @property
    def longest(self) -> int:
        return self.counts[-1][0] if self.counts else 0

    def quantile(self, share: float) -> int:
        """The shortest length that at least ``share`` of the lines do not exceed; 0 where there is no line."""
        so_far = list(accumulate(lines for _, lines in self.counts))
        return self.counts[bisect_left(so_far, share * so_far[-1])][0] if so_far else 0

    def classes(self) -> dict[str, int]:
        """Lines by class of length: ``empty``, ``1–20``, …, ``501+``."""
        between = [f"{low + 1}–{high}" for low, high in pairwise(EDGES)]
        names = ["empty", *between, f"{EDGES[-1] + 1}+"]
        found = dict.fromkeys(names, 0)
        for length, lines in self.counts:
            found[names[bisect_left(EDGES, length)]] += lines
        return found


@dataclass(frozen=True)
class Makeup:
    """Characters and lines of a text."""

    counts: tuple[int, ...]
    """How often each character of the vocabulary occurs, in its order."""
    lengths: LineLengths

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Makeup:
        """What :meth:`facts` gave, through JSON."""
        lengths = LineLengths(tuple((int(length), int(lines)) for length, lines in facts["lengths"]))
        return cls(tuple(map(int, facts["counts"])), lengths)

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {"counts": list(self.counts), "lengths": [list(each) for each in self.lengths.counts]}


def makeup(text: EncodedText, home: Home, progress: Progress | None = None) -> Makeup:
    """The make-up of ``text``, from the cache if it was counted before.

    Raises CorpusError where the text cannot be read; what ``progress`` raises ends the work.
    """
    if known := remembered(text, home):
        return known
    counted = count(text, progress or silent)
    KEPT.write(text, home, counted.facts())
    return counted


def remembered(text: EncodedText, home: Home) -> Makeup | None:
    """What was counted of an equal text before."""
    facts = KEPT.read(text, home)
    try:
        return Makeup.from_facts(facts) if facts else None
    except (ValueError, KeyError, TypeError):  # damaged: it is counted anew
        return None


def count(text: EncodedText, progress: Progress = silent) -> Makeup:
    """The make-up of ``text``, counted in one pass over it."""
    characters = text.vocabulary.characters
    found: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    begun = done = 0  # characters of the line that the chunk before ended in
    for chunk in read_back(text):
        if len(characters) <= FEW:
            found.update({character: chunk.count(character) for character in characters})
        else:
            found.update(chunk)
        first, *others = chunk.split("\n")
        begun += len(first)
        if others:
            lengths[begun] += 1
            lengths.update(map(len, others[:-1]))
            begun = len(others[-1])
        done += len(chunk)
        progress(done / text.characters)
    if begun:  # a last line that no line feed ends
        lengths[begun] += 1
    return Makeup(tuple(found[character] for character in characters), LineLengths(tuple(sorted(lengths.items()))))
