"""What simple means make of a text: losses to hold a network's against. Measured once, and kept by the text's hash."""

from __future__ import annotations

import lzma
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from tui_textgen.corpus.encoded import EncodedText, read_back, read_ids
from tui_textgen.corpus.kept import Kept
from tui_textgen.corpus.ngrams import Gram, NgramModel
from tui_textgen.corpus.survey import Progress, silent
from tui_textgen.paths import Home

KEPT = Kept("baselines", 1)
HELD_OUT = 0.1
"""The last share of the text, which the n-gram models predict and are not counted on; the default ``val_frac``."""
MOST = 64_000_000
"""Characters that are read at most, and bytes of UTF-8 after which xz gets no more."""
MOST_TRIGRAMS = 2_000_000
"""Distinct trigrams after which no more is read: about 400 MB, which only texts of thousands of characters take."""
PIECE = 1 << 18
"""Ids counted, or bytes compressed, between two looks at whether somebody still wants to know."""
MEASURES = ("uniform", "unigram", "bigram", "trigram", "xz")
"""By name, from guessing on."""
COUNTING_SHARE = 0.25
"""Of all the work; the rest is xz's."""


@dataclass(frozen=True)
class Baselines:
    """Losses in nats per character; None where the text is too short for the measure."""

    uniform: float | None
    """Of guessing: ln V over the whole vocabulary."""
    unigram: float | None
    bigram: float | None
    trigram: float | None
    """Of predicting each character of the text's last tenth from none, one or two before it, by what was counted in
    the nine tenths before that (``ngrams.py``): they compare with the validation loss."""
    xz: float | None
    """Of packing the text: the size of ``xz -9e`` of it as UTF-8. It learns as it goes, from nothing."""
    characters: int
    """Read for it."""
    whole: bool
    """Whether that was all; of a longer text it is the beginning of both parts, and for xz its beginning."""

    def named(self) -> dict[str, float]:
        """Name and loss of each that is known, from guessing on."""
        losses = {name: getattr(self, name) for name in MEASURES}
        return {name: loss for name, loss in losses.items() if loss is not None}


def baselines(text: EncodedText, home: Home, progress: Progress | None = None) -> Baselines:
    """The baselines of ``text``, from the cache if they were measured before.

    A million characters took 0.9 s, 63 million took 100 s and 790 MB, most of both xz's. Raises CorpusError where the
    text cannot be read; what ``progress`` raises ends the work.
    """
    if known := remembered(text, home):
        return known
    measured = measure(text, progress or silent)
    KEPT.write(text, home, asdict(measured))
    return measured


def remembered(text: EncodedText, home: Home) -> Baselines | None:
    """What was measured of an equal text before, by any run or under any name."""
    return KEPT.read_as(Baselines, text, home)


def measure(text: EncodedText, progress: Progress = silent) -> Baselines:
    """The baselines of ``text``, computed."""
    distinct = len(text.vocabulary)
    trained = int(text.characters * (1 - HELD_OUT))
    losses: tuple[float | None, float | None, float | None] = (None, None, None)
    read = text.characters
    if trained >= 2:  # a trigram's context; the last tenth is never empty then
        train, trained_on = _count(text, 0, min(trained, int(MOST * (1 - HELD_OUT))), progress)
        scored = math.ceil((text.characters - trained) * trained_on / trained)
        held_out, _ = _count(text, trained - 2, trained + scored)
        beginning: Gram = tuple(read_ids(text, 0, 2))
        losses = NgramModel(train, beginning, distinct).losses(held_out)
        read = trained_on + scored
    progress(COUNTING_SHARE)
    xz = _packed(text, read, progress) if read else None
    return Baselines(math.log(distinct) if distinct else None, *losses, xz, read, read == text.characters)


def _count(text: EncodedText, start: int, stop: int, progress: Progress = silent) -> tuple[Counter[Gram], int]:
    """The trigrams from character ``start`` to ``stop``, and where it ended: earlier if there are too many kinds."""
    trigrams: Counter[Gram] = Counter()
    for at in range(start, stop - 2, PIECE):
        ids = read_ids(text, at, min(at + PIECE + 2, stop))
        trigrams.update(zip(ids, ids[1:], ids[2:], strict=False))
        progress(COUNTING_SHARE * (at - start) / (stop - start))
        if len(trigrams) > MOST_TRIGRAMS:
            return trigrams, min(at + PIECE + 2, stop)
    return trigrams, stop


def _packed(text: EncodedText, characters: int, progress: Progress) -> float:
    """Nats per character of the first ``characters`` as xz packs them.

    A dictionary no larger than the text packs as well, and 1 MB takes 30 MB of memory instead of 670.
    """
    room = min(4 * characters, MOST)
    preset = 9 | lzma.PRESET_EXTREME
    options = {"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": max(4096, min(1 << 26, room))}
    packer = lzma.LZMACompressor(filters=[options])
    size = done = 0
    for count, data in _pieces(text, characters):
        size, done = size + len(packer.compress(data)), done + count
        progress(min(1.0, COUNTING_SHARE + (1 - COUNTING_SHARE) * done / characters))
    size += len(packer.flush())
    progress(1.0)
    return size * 8 * math.log(2) / done


def _pieces(text: EncodedText, characters: int) -> Iterator[tuple[int, bytes]]:
    """How many ids, and the UTF-8, of one piece after another: of ``characters`` ids, or MOST bytes, about."""
    left, room, in_bytes = characters, MOST, text.vocabulary.unit == "byte"
    for chunk in read_back(text):
        for start in range(0, len(chunk), PIECE):
            if left <= 0 or room <= 0:
                return
            piece = chunk[start : start + min(PIECE, left)]
            data = piece.encode("utf-8", "surrogatepass")
            count = len(data) if in_bytes else len(piece)
            yield count, data
            left, room = left - count, room - len(data)
