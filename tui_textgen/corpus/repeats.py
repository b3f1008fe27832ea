"""Which long passages of a text stand earlier in it too, word for word.

Pieces of the text that begin at multiples of ``stride`` are kept by what they say. At every place it is looked up
whether the piece there stands earlier, and what is found is read on to both sides. Whatever repeats
``PIECE + stride - 1`` characters holds such a piece whole, so that none of that length is missed; but of a piece that
stands in several places only the last one is read on, so that a passage may be longer than is told.
"""

from __future__ import annotations

import mmap
from dataclasses import asdict, dataclass

from tui_textgen.corpus.baselines import HELD_OUT
from tui_textgen.corpus.encoded import EncodedText, damaged, read_ids
from tui_textgen.corpus.kept import Kept
from tui_textgen.corpus.packing import ITEM_BYTES
from tui_textgen.corpus.survey import Progress, silent
from tui_textgen.paths import Home

KEPT = Kept("repeats", 1)
PIECE = 50
"""Characters that are looked up at once."""
LONG = 100
"""Characters from which on a passage counts: shorter ones come again in every text that has turns of phrase."""
MOST = 64_000_000
"""Characters that are read at most."""
MOST_PIECES = 400_000
"""Pieces that are kept at most, about 100 MB; of a text that has more, fewer are kept."""
SHOWN = 200
"""Characters of the example."""
TOLD = 1 << 17
"""Places looked up between two looks at whether somebody still wants to know."""


@dataclass(frozen=True)
class Repeats:
    """What of a text repeats an earlier passage of ``shortest`` characters or more."""

    share: float
    """0 to 1, of the characters that were read."""
    held_out_share: float
    """0 to 1, of the last tenth: so much of a validation could be known by heart. 0 unless all was read."""
    passages: int
    longest: int
    """Characters of the longest passage; 0: there is none."""
    place: int
    """Characters of the text before it."""
    earlier: int
    """Characters before the place where it stands first."""
    example: str
    """How the longest passage begins, raw."""
    shortest: int
    """None that has as many characters is missed; one of LONG may be."""
    characters: int
    """Read for it, from the beginning on."""
    whole: bool
    """Whether that was all."""


@dataclass
class _Found:
    """Sums over the passages, as they are found."""

    held_out_from: int
    covered: int = 0
    held_out: int = 0
    passages: int = 0
    longest: tuple[int, int, int] = (0, 0, 0)
    """Its length, place and earlier place."""

    def add(self, place: int, length: int, earlier: int, told: int) -> None:
        """A passage, of which what stands before ``told`` is counted already."""
        new, stop = max(place, told), place + length
        self.covered += stop - new
        self.held_out += max(0, stop - max(new, self.held_out_from))
        self.passages += 1
        if length > self.longest[0]:
            self.longest = (length, place, earlier)


def repeats(text: EncodedText, home: Home, progress: Progress | None = None) -> Repeats:
    """The repeats of ``text``, from the cache if they were looked for before.

    Raises CorpusError where the text cannot be read; what ``progress`` raises ends the work.
    """
    if known := remembered(text, home):
        return known
    found = find(text, progress or silent)
    KEPT.write(text, home, asdict(found))
    return found


def remembered(text: EncodedText, home: Home) -> Repeats | None:
    """What was found in an equal text before."""
    return KEPT.read_as(Repeats, text, home)


def find(text: EncodedText, progress: Progress = silent) -> Repeats:
    """The repeats of ``text``, looked for."""
    read = min(text.characters, MOST)
    whole = read == text.characters
    stride = max(PIECE, -(-read // MOST_PIECES))
    found = _Found(int(read * (1 - HELD_OUT)) if whole else read)
    if read >= LONG:
        try:
            with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as ids:
                _Search(ids, ITEM_BYTES[text.item], read, stride, found).run(progress)
        except OSError as error:
            raise damaged(text.path, error.strerror or str(error)) from None
    progress(1.0)
    length, place, earlier = found.longest
    example = text.vocabulary.decode(read_ids(text, place, place + min(length, SHOWN)))
    held_out = read - found.held_out_from
    return Repeats(
        found.covered / read if read else 0.0, found.held_out / held_out if held_out else 0.0, found.passages,
        length, place, earlier, example, PIECE + stride - 1, read, whole,
    )  # fmt: skip


class _Search:
    """Goes through the packed ids of a text once, from its beginning."""

    def __init__(self, ids: mmap.mmap, item: int, characters: int, stride: int, found: _Found) -> None:
        self._ids, self._item, self._stride, self._found = ids, item, stride, found
        self._characters = characters
        self._pieces: dict[bytes, int] = {}
        self._done = 0
        """The end of the last passage."""

    def run(self, progress: Progress) -> None:
        told = 0
        for kept in range(0, self._characters - PIECE + 1, self._stride):
            self._pieces[self._cut(kept, kept + PIECE)] = kept
            self._look_up(max(self._done - PIECE, kept) + 1, min(kept + self._stride, self._characters - PIECE))
            if kept - told >= TOLD:
                told = kept
                progress(kept / self._characters)

    def _look_up(self, at: int, last: int) -> None:
        """Look up the places from ``at`` to ``last``, but for those whose piece is in a passage that is found."""
        item, size, pieces = self._item, PIECE * self._item, self._pieces
        while at <= last:
            window = self._cut(at, last + PIECE)
            places = range(0, len(window) - size + 1, item)
            hit = next((place for place in places if window[place : place + size] in pieces), None)
            if hit is None:
                return
            at += hit // item
            place, earlier = at, pieces[window[hit : hit + size]]
            before = self._alike(place, earlier, earlier, -1)
            length = before + self._alike(place, earlier, self._characters - place, 1)
            stop = place - before + length
            at += 1
            if length >= LONG and stop > self._done:
                self._found.add(place - before, length, earlier - before, self._done)
                self._done = stop
                at = stop - PIECE + 1  # another passage may overlap this one

    def _alike(self, place: int, earlier: int, room: int, direction: int) -> int:
        """Characters that are the same from both places on, or (-1) before them; at most ``room``."""
        alike, step = 0, 64
        while step:
            first, last = sorted((alike * direction, (alike + step) * direction))
            fits = alike + step <= room
            if fits and self._cut(place + first, place + last) == self._cut(earlier + first, earlier + last):
                alike, step = alike + step, min(2 * step, 1 << 20)
            else:
                step //= 2
        return alike

    def _cut(self, start: int, stop: int) -> bytes:
        return self._ids[start * self._item : stop * self._item]
