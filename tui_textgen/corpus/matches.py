"""What of a passage stands word for word in a text.

No index of the text is kept: the passage is the short one of the two, so it is turned into one, and the text is looked
through each time. Every match of ``shortest`` characters covers a piece of the text that begins at a multiple of
``stride``; those pieces alone are looked up, and only around those that the passage has is every character read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tui_textgen.corpus.encoded import EncodedText, read_back, read_between
from tui_textgen.corpus.substrings import Substrings
from tui_textgen.corpus.survey import Progress, silent
from tui_textgen.errors import InputError

SHORTEST = 20
"""Characters that a match has at the least: shorter ones are in every text."""
COPIED = 40
"""Characters from which on a match counts as copied."""
LONGEST_PASSAGE = 200_000
"""Characters of a passage: its index takes 0.6 KB for each."""
AROUND = 60
"""Characters of the text that are told on either side of a match."""


@dataclass(frozen=True)
class Match:
    """A part of the passage that stands in the text too, and is in no longer one that does."""

    start: int
    """Characters of the passage before it."""
    length: int
    place: int
    """Characters of the text before it, at one of the places where it stands."""
    before: str = ""
    """What stands there before it in the text, raw; at most AROUND characters."""
    after: str = ""

    @property
    def stop(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Copies:
    """The matches of a passage, by where they start; two of them may overlap."""

    corpus: str
    """The text's name, for people."""
    passage: int
    """Characters of the passage."""
    text: int
    """Characters of the text; all of them were looked through."""
    matches: tuple[Match, ...]

    @property
    def longest(self) -> Match | None:
        """The first of the longest ones."""
        return max(self.matches, key=lambda match: match.length, default=None)

    @property
    def share(self) -> float:
        """Of the passage's characters, those in matches of COPIED characters or more; 0 to 1."""
        covered = reached = 0
        for match in self.matches:
            if match.length >= COPIED:
                covered += match.stop - max(match.start, reached)
                reached = match.stop
        return covered / self.passage if self.passage else 0.0


def copies(text: EncodedText, passage: str, progress: Progress | None = None) -> Copies:
    """What of ``passage`` stands in ``text``; raises CorpusError where that is damaged, InputError for a long passage.

    What ``progress`` raises ends the work.
    """
    if len(passage) > LONGEST_PASSAGE:
        raise InputError(
            f"A passage of {len(passage):,} characters is too long to look for in a text; "
            f"write or cut one of at most {LONGEST_PASSAGE:,}."
        )
    told = _Told(text, progress or silent)
    found = matches(told, passage)
    before = read_between(text, [(max(0, match.place - AROUND), match.place) for match in found])
    ends = [match.place + match.length for match in found]
    after = read_between(text, [(end, end + AROUND) for end in ends])
    in_context = (replace(match, before=b, after=a) for match, b, a in zip(found, before, after, strict=True))
    return Copies(text.name, len(passage), told.characters, tuple(in_context))


def matches(chunks: Iterable[str], passage: str, shortest: int = SHORTEST) -> list[Match]:
    """The longest parts of ``passage``, of ``shortest`` characters or more, in the text that ``chunks`` make up."""
    substrings = Substrings(passage)
    _read_around(chunks, passage, substrings, shortest)
    found: list[Match] = []
    for stop, (length, place) in enumerate(substrings.longest(), 1):
        if length >= shortest:
            match = Match(stop - length, length, place - length)
            if found and found[-1].start == match.start:  # this one is longer by a character
                found.pop()
            found.append(match)
    return found


def _read_around(chunks: Iterable[str], passage: str, substrings: Substrings, shortest: int) -> None:
    """Let ``substrings`` read every part of the text in which there may be a match."""
    piece = (3 * shortest + 4) // 5  # shorter ones are found too often, longer ones must be looked up more often
    stride = shortest - piece + 1
    pieces = {passage[at : at + piece] for at in range(len(passage) - piece + 1)}
    reach = piece + stride - 1
    text, begin, at = "", 0, 0  # what is at hand of the text, where it begins, and where the next piece does
    read, state = 0, (0, 0)
    for chunk in _with_end(chunks):
        text += chunk
        stop = begin + len(text) - (reach if chunk else piece) + 1
        hits = [here for here in range(at, stop, stride) if text[here - begin : here - begin + piece] in pieces]
        for hit in hits:
            first = max(0, hit - stride + 1)
            if first > read:
                read, state = first, (0, 0)
            last = hit + reach
            state = substrings.read(text[read - begin : last - begin], read, state)
            read = last
        at = max(at, at + -(-(stop - at) // stride) * stride)
        kept = max(0, at - stride + 1 - begin)
        text, begin = text[kept:], begin + kept


def _with_end(chunks: Iterable[str]) -> Iterator[str]:
    """The chunks that are not empty, and an empty one."""
    yield from filter(None, chunks)
    yield ""


class _Told:
    """The text's characters in chunks, while ``progress`` is told the share of them that was taken."""

    def __init__(self, text: EncodedText, progress: Progress) -> None:
        self._text, self._progress = text, progress
        self.characters = 0
        """Taken so far."""

    def __iter__(self) -> Iterator[str]:
        for chunk in read_back(self._text):
            yield chunk
            self.characters += len(chunk)
            self._progress(self.characters / self._text.characters)
