"""What a network knows, characters or bytes, and their ids."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from tui_textgen.errors import PrimeError
from tui_textgen.visible import visible_line

Unit = Literal["char", "byte"]
"""What has an id: a character, or a byte of the text as UTF-8."""
PLACEHOLDER = "\ufffd"
"""What rare characters become; Unicode has it for characters that are not known."""
NAMED_AT_MOST = 10
"""Unknown characters that an error spells out."""
LONGEST = {"char": 1, "byte": 4}
"""Units that make up a character, at most."""


@dataclass(frozen=True)
class Vocabulary:
    """Distinct units in the order of their ids; duplicates are a ValueError, as is a placeholder that is none of them.

    A byte from 128 on stands in ``characters`` as the lone surrogate that Python decodes it to (``surrogateescape``):
    one character each, that is shown visibly and never taken for a letter.
    """

    characters: str
    unit: Unit = "char"
    placeholder: str | None = None
    """The character that stands for all that have no id; None: there are unknown characters."""

    def __post_init__(self) -> None:
        if len(set(self.characters)) != len(self.characters):
            raise ValueError("A vocabulary holds each character once.")
        if self.unit not in get_args(Unit):
            raise ValueError(f"There is no unit {self.unit!r}.")
        if self.unit == "byte" and any(not _is_byte(character) for character in self.characters):
            raise ValueError("A vocabulary of bytes holds nothing else.")
        if self.placeholder is not None and (not self.placeholder or self.placeholder not in self._ids):
            raise ValueError("A placeholder is one of the vocabulary's characters.")

    @classmethod
    def of(cls, characters: Iterable[str]) -> Vocabulary:
        """The distinct ones of ``characters`` by code point: the same text gives the same ids on every run."""
        return cls("".join(sorted(set(characters))))

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Vocabulary:
        """What :meth:`facts` gave; raises KeyError, TypeError or ValueError for anything else."""
        return cls("".join(facts["vocabulary"]), facts.get("unit", "char"), facts.get("placeholder"))

    def facts(self) -> dict[str, Any]:
        """``vocabulary`` and, where they are not the usual ones, ``unit`` and ``placeholder``, for JSON."""
        special = {"unit": self.unit} if self.unit != "char" else {}
        return {"vocabulary": self.characters, **special, **_given(placeholder=self.placeholder)}

    def in_bytes(self) -> Vocabulary:
        """The bytes that its characters consist of as UTF-8."""
        return Vocabulary("".join(sorted({symbol for one in self.characters for symbol in _symbols(one)})), "byte")

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def longest(self) -> int:
        """Ids that make up a character, at most."""
        return LONGEST[self.unit]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters)}

    def encode(self, text: str) -> list[int]:
        """The ids of ``text``; raises PrimeError that names the unknown characters."""
        ids = self._ids
        if self.placeholder is not None:
            instead = ids[self.placeholder]
            return [ids.get(character, instead) for character in text]
        try:
            return [ids[symbol] for symbol in (text if self.unit == "char" else _symbols(text))]
        except KeyError:
            raise PrimeError(unknown_sentence(self.unknown(text))) from None

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ``ids``; bytes that are no UTF-8 become ``�``."""
        characters = self.characters
        text = "".join([characters[index] for index in ids])
        return text if self.unit == "char" else _bytes(text).decode("utf-8", "replace")

    def spell(self, written: Iterable[tuple[int, float]]) -> Iterator[tuple[str, float]]:
        """The characters that ids with a probability each make up, as soon as each is whole, and its probability.

        That of several bytes is their product. Bytes that are no UTF-8 become ``�``; an unfinished last character is
        left out.
        """
        characters = self.characters
        if self.unit == "char":
            for index, probability in written:
                yield characters[index], probability
            return
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        before = 1.0
        for index, probability in written:
            text = decoder.decode(_bytes(characters[index]))
            if len(text) > 1:  # a byte that ends what was broken, and is a character itself
                yield text[0], before
                yield from ((character, 1.0) for character in text[1:-1])
                before, text = 1.0, text[-1]
            before *= probability
            if text:
                yield text, before
                before = 1.0

    def width(self, character: str) -> int:
        """How many ids a character has."""
        return 1 if self.unit == "char" else len(_symbols(character))

    def unknown(self, text: str) -> str:
        """The distinct characters of ``text`` that cannot be encoded, in order of appearance."""
        return "" if self.placeholder is not None else self.strange(text)

    def strange(self, text: str) -> str:
        """The distinct characters of ``text`` without an id of their own, in order of appearance."""
        ids = self._ids
        if self.unit == "char":
            return "".join(dict.fromkeys(character for character in text if character not in ids))
        return "".join(one for one in dict.fromkeys(text) if not ids.keys() >= set(_symbols(one)))

    def as_read(self, text: str) -> str:
        """``text`` as the network reads it: unknown characters are left out, or the placeholder stands for them."""
        strange, instead = self.strange(text), self.placeholder or ""
        return text.translate({ord(character): instead for character in strange}) if strange else text


def _symbols(text: str) -> str:
    """The bytes of ``text``, a character for each."""
    return text.encode("utf-8", "surrogatepass").decode("ascii", "surrogateescape")


def _bytes(symbols: str) -> bytes:
    return symbols.encode("ascii", "surrogateescape")


def _is_byte(character: str) -> bool:
    return character < "\x80" or "\udc80" <= character <= "\udcff"


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def unknown_sentence(unknown: str) -> str:
    """Why a text with these characters is refused."""
    return f"The model never saw {named(unknown)}; leave out what it cannot know."


def named(characters: str) -> str:
    """Each of the characters made visible and in quotes, of many only the first."""
    first = ", ".join(f"‘{visible_line(character)}’" for character in characters[:NAMED_AT_MOST])
    more = f" and {len(characters) - NAMED_AT_MOST} more" if len(characters) > NAMED_AT_MOST else ""
    return first + more
