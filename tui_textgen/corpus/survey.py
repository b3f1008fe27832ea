"""What a text consists of, from one pass over it, remembered for as long as its files stay the same."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.corpus.decoding import shown
from tui_textgen.corpus.records import from_json, to_json
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.corpus.vocabulary import PLACEHOLDER, Vocabulary
from tui_textgen.errors import CorpusError, SettingsError
from tui_textgen.paths import Home

PREVIEW = 500
"""Characters of a preview."""
NAMED_AT_MOST = 3
"""Files that a sentence spells out."""

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1, a few times a second or more; what it raises ends the work."""


def silent(_share: float) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True)
class Survey:
    """Size, characters, hash and beginning of a text."""

    characters: int
    vocabulary: Vocabulary
    sha256: str
    """Of the text as UTF-8 (lone surrogates as if they were characters): equal texts are equal here."""
    preview: str
    utf8: int
    """Bytes of the text as UTF-8."""
    rare: str = ""
    """The characters that the placeholder stands for."""
    replaced: int = 0
    """Places where it does."""


def survey(source: CorpusSource, home: Home, progress: Progress | None = None) -> Survey:
    """The survey of ``source``, from memory if its files have not changed; raises CorpusError.

    Where characters are too rare for the source's ``min_count``, it is one of the text with the placeholder for them;
    SettingsError if that leaves nothing.
    """
    if known := remembered(source, home):
        return known
    fingerprint, report = source.fingerprint(), progress or silent
    if source.min_count > 1:
        rare, replaced = _rare(source, lambda share: report(share / 2))
        taken = replace(_take(source, lambda share: report((1 + share) / 2), rare), rare=rare, replaced=replaced)
    else:
        taken = _take(source, report)
    check_unchanged(source, fingerprint)
    with whole_file(_record(home, fingerprint)) as file:
        file.write(to_json({**vars(taken), **taken.vocabulary.facts()}))
    return taken


def remembered(source: CorpusSource, home: Home) -> Survey | None:
    """The survey of ``source`` if it has been taken since its files last changed."""
    try:
        record = _record(home, source.fingerprint()).read_bytes()
        facts = from_json(record)
        return Survey(
            characters=int(facts["characters"]),
            vocabulary=Vocabulary.from_facts(facts),
            sha256=str(facts["sha256"]),
            preview=str(facts["preview"]),
            utf8=int(facts["utf8"]),
            rare=str(facts["rare"]),
            replaced=int(facts["replaced"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError):  # no record, or a damaged one: it is taken anew
        return None


def check_unchanged(source: CorpusSource, fingerprint: str) -> None:
    """Raises CorpusError where a file of ``source`` is another than at the time of ``fingerprint``."""
    if source.fingerprint() != fingerprint:
        names = ", ".join(shown(part.path) for part in source.parts[:NAMED_AT_MOST])
        more = f" or one of {len(source.parts) - NAMED_AT_MOST:,} more" if len(source.parts) > NAMED_AT_MOST else ""
        raise CorpusError(f"{names}{more} changed while being read; try again when nothing writes there any more.")


def read_replaced(source: CorpusSource, rare: str, consumed: Callable[[int], None] | None = None) -> Iterator[str]:
    """The text of ``source`` in chunks, with the placeholder for each of the ``rare`` characters."""
    if not rare:
        yield from source.read(consumed)
        return
    in_ascii, replaced = any(map(str.isascii, rare)), _replacing(rare)
    for chunk in source.read(consumed):
        yield replaced(chunk) if in_ascii or not chunk.isascii() else chunk


def _replacing(rare: str) -> Callable[[str], str]:
    """Puts the placeholder for each of the ``rare`` characters.

    A pattern is quickest, but compares those beyond the basic plane one by one: 130,000 of them took more than ten
    minutes for 10 million characters.
    """
    if max(rare) <= "\uffff":
        pattern = re.compile(f"[{re.escape(rare)}]")
        return lambda chunk: pattern.sub(PLACEHOLDER, chunk)
    table = dict.fromkeys(map(ord, rare), PLACEHOLDER)
    return lambda chunk: chunk.translate(table)


def _record(home: Home, fingerprint: str) -> Path:
    return home.encoded / "surveys" / f"{fingerprint}.json"


def _rare(source: CorpusSource, progress: Progress) -> tuple[str, int]:
    """The characters that occur less often than the source's ``min_count``, and how many of them there are in all."""
    alphabet = _Alphabet(source.min_count)
    for chunk in source.read(_consumed(source, progress)):
        alphabet.see(chunk)
    rare = alphabet.rare()
    rare.pop(PLACEHOLDER, None)
    if len(rare) == len(alphabet.characters - {PLACEHOLDER}):
        raise SettingsError(f"min_count: no character occurs {source.min_count:,} times in this text; choose less.")
    return "".join(sorted(rare)), rare.total()


def _consumed(source: CorpusSource, progress: Progress) -> Callable[[int], None]:
    """Takes the bytes of one chunk after another, and tells the share of all."""
    total, read = max(1, source.bytes()), 0

    def consumed(count: int) -> None:
        nonlocal read
        read += count
        progress(min(1.0, read / total))

    return consumed


def _take(source: CorpusSource, progress: Progress, rare: str = "") -> Survey:
    alphabet, sha256 = _Alphabet(), hashlib.sha256()
    characters, utf8, preview = 0, 0, ""
    for chunk in read_replaced(source, rare, _consumed(source, progress)):
        characters += len(chunk)
        alphabet.see(chunk)
        data = chunk.encode("utf-8", "surrogatepass")
        sha256.update(data)
        utf8 += len(data)
        if len(preview) < PREVIEW:
            preview = (preview + chunk[:PREVIEW])[:PREVIEW]
    vocabulary = replace(Vocabulary.of(alphabet.characters), placeholder=PLACEHOLDER if rare else None)
    return Survey(characters, vocabulary, sha256.hexdigest(), preview, utf8)


class _Alphabet:
    """The distinct characters of a text, chunk by chunk, and which of them occur less than ``floor`` times.

    Looking for characters that were not seen often enough yet (0.3 ns a character in ASCII, 3 ns in the basic plane) is
    far faster than making a set of every chunk (8 to 100 ns), or counting all.
    """

    def __init__(self, floor: int = 1) -> None:
        self._floor = floor
        self._counts: Counter[str] = Counter()
        """Of those that are still looked for, how often each was there."""
        self._settled: set[str] = set()
        self._settled_ascii = b""
        self._open: re.Pattern[str] | None = None

    @property
    def characters(self) -> set[str]:
        return set(self._counts)

    def rare(self) -> Counter[str]:
        """Those that occur less than ``floor`` times, and how often."""
        return Counter({character: count for character, count in self._counts.items() if count < self._floor})

    def see(self, chunk: str) -> None:
        found = self._open_in(chunk)
        if not found:
            return
        self._counts.update(found)
        settled = {character for character in found if self._counts[character] >= self._floor} - self._settled
        if settled:
            self._settled |= settled
            self._settled_ascii = "".join(filter(str.isascii, self._settled)).encode("ascii")
            # Characters beyond the basic plane would be compared one by one; they are found every time instead.
            plane = "".join(sorted(character for character in self._settled if character <= "\uffff"))
            self._open = re.compile(f"[^{re.escape(plane)}]") if plane else None

    def _open_in(self, chunk: str) -> Counter[str]:
        if chunk.isascii():
            return Counter(chunk.encode("ascii").translate(None, self._settled_ascii).decode("ascii"))
        return Counter(self._open.findall(chunk) if self._open else chunk)
