"""A text as ids on disk: written once as a stream, kept by its hash, mapped into memory by whoever learns from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.corpus.decoding import shown
from tui_textgen.corpus.packing import ITEM_BYTES, Item, item_for, packer, unpacker, wide_ids
from tui_textgen.corpus.records import from_json, to_json
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.corpus.survey import Progress, check_unchanged, silent, survey
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home

SURVEY_SHARE = 0.5
"""Of encoding a text, what surveying it takes."""
SLICE = 1 << 20
"""Ids turned back into text at once."""


@dataclass(frozen=True)
class EncodedText:
    """A text as an `.ids` file, and what is known about it (in the `.json` file beside that)."""

    path: Path
    item: Item
    characters: int
    vocabulary: Vocabulary
    sha256: str
    """Of the decoded text as UTF-8: equal texts are equal here."""
    name: str
    """The corpus's name, for people."""
    preview: str
    """The first 500 characters, raw."""


def encode(source: CorpusSource, home: Home, progress: Progress | None = None) -> EncodedText:
    """``source`` as ids in the cache; at once if an equal text lies there already.

    Raises CorpusError. What ``progress`` raises ends the work, and nothing half done is left.
    """
    report = progress or silent
    fingerprint = source.fingerprint()
    taken = survey(source, home, lambda share: report(share * SURVEY_SHARE))
    path = home.encoded / f"{taken.sha256}.ids"
    text = EncodedText(path, item_for(len(taken.vocabulary)), taken.characters, taken.vocabulary, taken.sha256,
                       source.name, taken.preview)  # fmt: skip
    if not _kept(text):
        write_facts(text)
        _write_ids(source, text, fingerprint, report)
    report(1.0)
    return text


def open_encoded(path: Path) -> EncodedText:
    """The encoded text of an `.ids` file; raises CorpusError where it or its `.json` is missing or damaged."""
    facts_path = path.with_suffix(".json")
    try:
        facts = from_json(facts_path.read_bytes())
        text = EncodedText(
            path=path,
            item=item_for(len(facts["vocabulary"])),
            characters=int(facts["characters"]),
            vocabulary=Vocabulary(facts["vocabulary"]),
            sha256=str(facts["sha256"]),
            name=str(facts["name"]),
            preview=str(facts["preview"]),
        )
        size = path.stat().st_size
    except OSError as error:
        raise _damaged(path, f"{shown(Path(error.filename or path))}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise _damaged(path, f"{shown(facts_path)} is not what was written there") from None
    if not re.fullmatch("[0-9a-f]{64}", text.sha256):  # it names files in the cache
        raise _damaged(path, f"{shown(facts_path)} holds no hash of it")
    if size != text.characters * ITEM_BYTES[text.item]:
        raise _damaged(path, f"it has {size:,} bytes instead of {text.characters * ITEM_BYTES[text.item]:,}")
    return text


def write_facts(text: EncodedText) -> None:
    """The `.json` file beside the text's `.ids` file."""
    facts = {name: value for name, value in vars(text).items() if name != "path"}
    with whole_file(text.path.with_suffix(".json")) as file:
        file.write(to_json({**facts, "vocabulary": text.vocabulary.characters}))


def read_back(text: EncodedText) -> Iterator[str]:
    """The characters of ``text`` in chunks; raises CorpusError where its file cannot be read. ``verify`` checks it."""
    unpack, size = unpacker(text.vocabulary), SLICE * ITEM_BYTES[text.item]
    try:
        with text.path.open("rb") as file:
            while data := file.read(size):
                yield unpack(data)
    except OSError as error:
        raise _damaged(text.path, error.strerror or str(error)) from None
    except UnicodeError:
        raise _damaged(text.path, "it holds ids that stand for no character") from None


def read_ids(text: EncodedText, start: int, stop: int) -> Sequence[int]:
    """The ids of the characters from ``start`` to before ``stop``; raises CorpusError as :func:`read_back` does."""
    size = ITEM_BYTES[text.item]
    try:
        with text.path.open("rb") as file:
            file.seek(start * size)
            data = file.read((stop - start) * size)
    except OSError as error:
        raise _damaged(text.path, error.strerror or str(error)) from None
    return data if size == 1 else wide_ids(data, text.item)


def verify(text: EncodedText) -> None:
    """Raises CorpusError where the ids are not those of the text with its hash."""
    sha256 = hashlib.sha256()
    for chunk in read_back(text):
        sha256.update(chunk.encode("utf-8", "surrogatepass"))
    if sha256.hexdigest() != text.sha256:
        raise _damaged(text.path, "its hash is not that of the text")


def _kept(text: EncodedText) -> bool:
    try:
        return replace(open_encoded(text.path), name=text.name) == text
    except CorpusError:  # not there, or damaged: it is written anew
        return False


def _write_ids(source: CorpusSource, text: EncodedText, fingerprint: str, progress: Progress) -> None:
    pack, done = packer(text.vocabulary), 0
    with whole_file(text.path) as file:
        try:
            for chunk in source.read():
                file.write(pack(chunk))
                done += len(chunk)
                progress(min(1.0, SURVEY_SHARE + (1 - SURVEY_SHARE) * done / text.characters))
        except UnicodeEncodeError:  # a character that was not there before
            check_unchanged(source, fingerprint)
            raise
        check_unchanged(source, fingerprint)


def _damaged(path: Path, what: str) -> CorpusError:
    return CorpusError(f"The encoded text {shown(path)} is damaged ({what}); choose its corpus again to write it anew.")
