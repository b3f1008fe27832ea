"""The characters a network knows, and their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tui_textgen.errors import PrimeError
from tui_textgen.visible import visible_line

NAMED_AT_MOST = 10
"""Unknown characters that an error spells out."""


@dataclass(frozen=True)
class Vocabulary:
    """Distinct characters in the order of their ids; duplicates are a ValueError."""

    characters: str

    def __post_init__(self) -> None:
        if len(set(self.characters)) != len(self.characters):
            raise ValueError("A vocabulary holds each character once.")

    @classmethod
    def of(cls, characters: Iterable[str]) -> Vocabulary:
        """The distinct ones of ``characters`` by code point: the same text gives the same ids on every run."""
        return cls("".join(sorted(set(characters))))

    def __len__(self) -> int:
        return len(self.characters)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters)}

    def encode(self, text: str) -> list[int]:
        """The ids of ``text``; raises PrimeError that names the unknown characters."""
        ids = self._ids
        try:
            return [ids[character] for character in text]
        except KeyError:
            raise PrimeError(_unknown_sentence(self.unknown(text))) from None

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ``ids``."""
        characters = self.characters
        return "".join([characters[index] for index in ids])

    def unknown(self, text: str) -> str:
        """The distinct characters of ``text`` that are not in the vocabulary, in order of appearance."""
        ids = self._ids
        return "".join(dict.fromkeys(character for character in text if character not in ids))


def _unknown_sentence(unknown: str) -> str:
    return f"The model never saw {named(unknown)}; leave out what it cannot know."


def named(characters: str) -> str:
    """Each of the characters made visible and in quotes, of many only the first."""
    first = ", ".join(f"‘{visible_line(character)}’" for character in characters[:NAMED_AT_MOST])
    more = f" and {len(characters) - NAMED_AT_MOST} more" if len(characters) > NAMED_AT_MOST else ""
    return first + more
