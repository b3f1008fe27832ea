"""Where training ends in a text and validation begins, with the words that stand there."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.corpus.encoded import EncodedText, read_ids

AROUND = 60
"""Characters that are told on either side."""


@dataclass(frozen=True)
class Split:
    """The place between the characters that are learned from and those that are held out."""

    characters: int
    trained: int
    """Characters before the place; all of them where nothing is held out."""
    before: str
    """The last ones that are learned from, raw."""
    after: str
    """The first ones that are held out, raw."""


def split_at(text: EncodedText, trained: int) -> Split:
    """``text`` cut behind ``trained`` characters, which its plan says; raises CorpusError if it cannot be read."""
    before = read_ids(text, max(0, trained - AROUND), trained)
    after = read_ids(text, trained, min(trained + AROUND, text.characters))
    return Split(text.characters, trained, text.vocabulary.decode(before), text.vocabulary.decode(after))
