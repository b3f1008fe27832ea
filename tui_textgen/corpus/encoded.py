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
from tui_textgen.corpus.survey import Progress, Survey, check_unchanged, read_replaced, silent, survey
from tui_textgen.corpus.vocabulary import PLACEHOLDER, Unit, Vocabulary
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
    """How many ids: one for each character, or byte if that is the vocabulary's unit."""
    vocabulary: Vocabulary
    sha256: str
    """Of the decoded text as UTF-8; in bytes it is another one (:func:`hash_in`). What is equal here has equal ids."""
    name: str
    """The corpus's name, for people."""
    preview: str
    """The first 500 characters, raw."""
    rare: int = 0
    """Distinct characters that the placeholder stands for."""
    replaced: int = 0
    """Places where it does."""

    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, in sentences."""
        notes = []
        if self.vocabulary.unit == "byte":
            notes.append(
                f"The text has {self.characters:,} bytes, {len(self.vocabulary)} distinct; losses are per byte."
            )
        if self.rare:
            share = self.replaced / self.characters
            notes.append(
                f"‘{PLACEHOLDER}’ stands for {self.rare:,} rare characters, at {self.replaced:,} places ({share:.2%})."
            )
        return tuple(notes)


def encode(source: CorpusSource, home: Home, progress: Progress | None = None) -> EncodedText:
    """``source`` as ids in the cache; in 4 ns a character if an equal text lies there already, which is looked through.

    Raises CorpusError. What ``progress`` raises ends the work, and nothing half done is left.
    """
    report = progress or silent
    fingerprint = source.fingerprint()
    taken = survey(source, home, lambda share: report(share * SURVEY_SHARE))
    text = _text(source, taken, home)
    if not _kept(text, lambda share: report(SURVEY_SHARE + (1 - SURVEY_SHARE) * share)):
        write_facts(text)
        _write_ids(source, text, taken.rare, fingerprint, report)
    report(1.0)
    return text


def hash_in(unit: Unit, sha256: str) -> str:
    """The hash of a text's ids in ``unit``, from that of the text: losses per byte compare with no others."""
    return sha256 if unit == "char" else hashlib.sha256(f"{sha256} in bytes".encode()).hexdigest()


def _text(source: CorpusSource, taken: Survey, home: Home) -> EncodedText:
    in_bytes = source.unit == "byte"
    vocabulary = taken.vocabulary.in_bytes() if in_bytes else taken.vocabulary
    sha256 = hash_in(source.unit, taken.sha256)
    return EncodedText(
        path=home.encoded / f"{sha256}.ids",
        item=item_for(len(vocabulary)),
        characters=taken.utf8 if in_bytes else taken.characters,
        vocabulary=vocabulary,
        sha256=sha256,
        name=source.name,
        preview=taken.preview,
        rare=len(taken.rare),
        replaced=taken.replaced,
    )


def open_encoded(path: Path) -> EncodedText:
    """The encoded text of an `.ids` file; raises CorpusError where it or its `.json` is missing or damaged."""
    facts_path = path.with_suffix(".json")
    try:
        facts = from_json(facts_path.read_bytes())
        text = EncodedText(
            path=path,
            item=item_for(len(facts["vocabulary"])),
            characters=int(facts["characters"]),
            vocabulary=Vocabulary.from_facts(facts),
            sha256=str(facts["sha256"]),
            name=str(facts["name"]),
            preview=str(facts["preview"]),
            rare=int(facts.get("rare", 0)),
            replaced=int(facts.get("replaced", 0)),
        )
        size = path.stat().st_size
    except OSError as error:
        raise damaged(path, f"{shown(Path(error.filename or path))}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, OverflowError):
        raise damaged(path, f"{shown(facts_path)} is not what was written there") from None
    if not len(text.vocabulary):
        raise damaged(path, f"{shown(facts_path)} holds no character")
    if not re.fullmatch("[0-9a-f]{64}", text.sha256):  # it names files in the cache
        raise damaged(path, f"{shown(facts_path)} holds no hash of it")
    if size != text.characters * ITEM_BYTES[text.item]:
        raise damaged(path, f"it has {size:,} bytes instead of {text.characters * ITEM_BYTES[text.item]:,}")
    return text


def write_facts(text: EncodedText) -> None:
    """The `.json` file beside the text's `.ids` file."""
    facts = {name: value for name, value in vars(text).items() if name != "path"}
    with whole_file(text.path.with_suffix(".json")) as file:
        file.write(to_json({**facts, **text.vocabulary.facts()}))


def read_back(text: EncodedText) -> Iterator[str]:
    """The characters of ``text`` in chunks; raises CorpusError where its file cannot be read. ``verify`` checks it."""
    unpack, size = unpacker(text.vocabulary), SLICE * ITEM_BYTES[text.item]
    try:
        with text.path.open("rb") as file:
            while data := file.read(size):
                yield unpack(data)
            unpack(b"")
    except OSError as error:
        raise damaged(text.path, error.strerror or str(error)) from None
    except UnicodeError:
        raise damaged(text.path, "it holds ids that stand for no character") from None


def read_ids(text: EncodedText, start: int, stop: int) -> Sequence[int]:
    """The ids of the characters from ``start`` to before ``stop``; raises CorpusError as :func:`read_back` does."""
    size = ITEM_BYTES[text.item]
    try:
        with text.path.open("rb") as file:
            file.seek(start * size)
            data = file.read((stop - start) * size)
    except OSError as error:
        raise damaged(text.path, error.strerror or str(error)) from None
    return data if size == 1 else wide_ids(data, text.item)


def read_between(text: EncodedText, places: Sequence[tuple[int, int]]) -> list[str]:
    """The characters from the first to before the second of each pair of ``places``; raises CorpusError as above.

    Where a byte has an id, all of the text is read for it: nobody knows where a character begins.
    """
    if text.vocabulary.unit == "char":
        return [text.vocabulary.decode(read_ids(text, start, min(stop, text.characters))) for start, stop in places]
    found, begin = [""] * len(places), 0
    for chunk in read_back(text) if places else ():
        for index, (start, stop) in enumerate(places):
            found[index] += chunk[max(0, start - begin) : max(0, stop - begin)]
        begin += len(chunk)
    return found


def verify(text: EncodedText, progress: Progress = silent) -> None:
    """Raises CorpusError where the ids are not those of the text with its hash."""
    sha256, done = hashlib.sha256(), 0
    for chunk in read_back(text):
        sha256.update(chunk.encode("utf-8", "surrogatepass"))
        done += len(chunk)
        progress(done / text.characters)
    if hash_in(text.vocabulary.unit, sha256.hexdigest()) != text.sha256:
        raise damaged(text.path, "its hash is not that of the text")


def _kept(text: EncodedText, progress: Progress) -> bool:
    try:
        if replace(open_encoded(text.path), name=text.name) != text:
            return False
        verify(text, progress)
    except CorpusError:  # not there, or damaged: it is written anew
        return False
    return True


def _write_ids(source: CorpusSource, text: EncodedText, rare: str, fingerprint: str, progress: Progress) -> None:
    pack, size, done = packer(text.vocabulary), ITEM_BYTES[text.item], 0
    with whole_file(text.path) as file:
        try:
            for chunk in read_replaced(source, rare):
                ids = pack(chunk)
                file.write(ids)
                done += len(ids) // size
                progress(min(1.0, SURVEY_SHARE + (1 - SURVEY_SHARE) * done / text.characters))
        except UnicodeEncodeError:  # a character that was not there before
            check_unchanged(source, fingerprint)
            raise
        check_unchanged(source, fingerprint)


def damaged(path: Path, what: str) -> CorpusError:
    return CorpusError(f"The encoded text {shown(path)} is damaged ({what}); choose its corpus again to write it anew.")
