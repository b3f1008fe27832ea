"""The text to measure with: the same for ours and for every baseline."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.corpus.encoded import EncodedText, encode
from tui_textgen.corpus.library import find_corpus
from tui_textgen.paths import Home

DEFAULT = "python-reference"
"""Comes with every Python."""


@dataclass(frozen=True)
class BenchText:
    """A corpus as ``textgen-tui train`` takes it, and encoded."""

    corpus: str
    encoded: EncodedText

    @property
    def distinct(self) -> int:
        return len(self.encoded.vocabulary)


def bench_text(home: Home, corpus: str = DEFAULT) -> BenchText:
    """``corpus``, a name of the library or a path; raises CorpusError."""
    return BenchText(corpus, encode(find_corpus(home, [corpus]), home))
