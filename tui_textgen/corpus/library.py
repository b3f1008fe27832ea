"""The library of texts: what ships, what Python carries, what can be downloaded, what the user put there,
and any path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_textgen.corpus.catalogue import CatalogueText, catalogue
from tui_textgen.corpus.decoding import check_file, known_encoding
from tui_textgen.corpus.embedded import EMBEDDED, Embedded
from tui_textgen.corpus.entry import CorpusDescription, CorpusEntry
from tui_textgen.corpus.files import TextFiles, common_folder, text_files, text_name, without_empty
from tui_textgen.corpus.source import CorpusSource, Part
from tui_textgen.corpus.survey import Progress, remembered, survey
from tui_textgen.errors import CorpusError
from tui_textgen.paths import HOME_VARIABLE, Home, shipped
from tui_textgen.visible import visible_line

__all__ = ["CorpusDescription", "CorpusEntry", "describe", "find_corpus", "list_corpora"]

TITLES = {"hello": 'The worked example "hello"'}
SETTINGS: Mapping[str, Mapping[str, Any]] = {"hello": {"val_frac": 0.0, "epochs": 200, "n_hidden": 64}}
NAMED_AT_MOST = 3
"""Parts that the name of a joined text spells out."""


def list_corpora(home: Home) -> list[CorpusEntry]:
    """Every text of the library: shipped, of the catalogue, embedded, then the user's. No text is read for it.

    Raises CorpusError where one of its folders is closed to us.
    """
    try:
        return _listed(home)
    except OSError as error:
        raise CorpusError(
            f"‘{visible_line(str(error.filename))}’ cannot be looked at ({error.strerror}); change the permissions of "
            f"its folder, or move everything to another place with {HOME_VARIABLE}."
        ) from error


def _listed(home: Home) -> list[CorpusEntry]:
    entries = [_file_entry(path, path.stem, "shipped") for path in _texts(shipped("corpora"))]
    downloadable = catalogue(home).texts.values()
    entries += [_catalogue_entry(text, home) for text in downloadable]
    entries += [_embedded_entry(embedded, home) for embedded in EMBEDDED]
    taken = {entry.name for entry in entries}
    downloaded = {text.file(home) for text in downloadable}
    for path in _texts(home.corpora):
        if path in downloaded:
            continue
        # Beside a text of the same name, the user's goes by its file name: both can be chosen.
        name = path.name if text_name(path) in taken else text_name(path)
        taken.add(name)
        entries.append(_file_entry(path, name, "yours"))
    return [_counted(entry, home) for entry in entries]


def find_corpus(home: Home, names: Sequence[str], encoding: str = "utf-8") -> CorpusSource:
    """The text of ``names``, each of the library or else a path, joined in order.

    ``encoding`` is that of the user's files. Raises CorpusError.
    """
    return _found_in(home, names, encoding)[0]


def _found_in(home: Home, names: Sequence[str], encoding: str) -> tuple[CorpusSource, list[CorpusEntry]]:
    """The text of ``names``, and the entry of each as it was before anything of it was read."""
    if not names:
        raise CorpusError("Name a text: a path, or one that 'textgen-tui corpora' lists.")
    known_encoding(encoding)
    library = {entry.name: entry for entry in list_corpora(home)}
    entries: list[CorpusEntry] = []
    parts: list[Part] = []
    notes: list[str] = []
    for name in names:
        if entry := library.get(name):
            if entry.gettable:
                raise CorpusError(f"‘{entry.name}’ is not here yet; get it with: textgen-tui corpora get {entry.name}")
            parts.append(_part(entry, home, encoding))
        else:
            found = _found(name, encoding)
            entry = _found_entry(found)
            parts += [Part(path, encoding, label) for path, label in found.files.items()]
            notes += found.left_out
        entries.append(entry)
    paths, empty = without_empty([part.path for part in parts])
    full = set(paths)
    settings = entries[0].settings if len(entries) == 1 else {}
    kept = tuple(part for part in parts if part.path in full)
    return CorpusSource(_joined_name(entries), kept, settings, (*notes, *empty)), entries


def describe(home: Home, name: str, encoding: str = "utf-8", progress: Progress | None = None) -> CorpusDescription:
    """The entry of one text with its counts, and how it begins; reads it unless it is known. Raises CorpusError."""
    source, (found,) = _found_in(home, [name], encoding)
    taken = survey(source, home, progress)
    entry = {entry.name: entry for entry in list_corpora(home)}.get(name, found)  # an embedded text has a file by now
    counted = replace(entry, characters=taken.characters, distinct=len(taken.vocabulary))
    return CorpusDescription(counted, taken.preview, source.notes, taken.utf8, len(taken.vocabulary.in_bytes()))


def _texts(folder: Path) -> Iterator[Path]:
    """The `*.txt` and `*.txt.gz` files of ``folder`` by name, hidden ones left out."""
    if not folder.is_dir():
        return
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.txt.gz")]):
        if not path.name.startswith(".") and path.is_file():
            yield path


def _file_entry(path: Path, name: str, source: str) -> CorpusEntry:
    try:
        status = path.stat()
        size, readable = status.st_size, stat.S_ISREG(status.st_mode) and os.access(path, os.R_OK)
    except OSError:  # removed since it was found
        size, readable = None, False
    title = TITLES.get(name, name) if source == "shipped" else path.name
    settings = SETTINGS.get(name, {}) if source == "shipped" else {}
    return CorpusEntry(name, title, source, path, size, None, None, readable, settings)


def _catalogue_entry(text: CatalogueText, home: Home) -> CorpusEntry:
    path = text.file(home)
    if path.is_file():
        entry = _file_entry(path, text.name, "catalogue")
    else:
        entry = CorpusEntry(text.name, "", "catalogue", None, text.bytes, None, None, False)
    return replace(entry, title=text.title, url=text.url, licence=text.licence)


def _embedded_entry(embedded: Embedded, home: Home) -> CorpusEntry:
    path = embedded.path(home)
    size = path.stat().st_size if path.is_file() else None
    there = size is not None
    return CorpusEntry(
        embedded.name, embedded.title, "embedded", path if there else None, size, None, None,
        there or embedded.available(),
    )  # fmt: skip


def _found(name: str, encoding: str) -> TextFiles:
    if found := text_files(name, encoding):
        return found
    raise CorpusError(
        f"There is no text ‘{visible_line(name)}’, neither in the library nor as a file; "
        "'textgen-tui corpora' lists the library."
    )


def _found_entry(found: TextFiles) -> CorpusEntry:
    if found.path in found.files:
        return _file_entry(found.path, found.name, "path")
    size = sum(check_file(path).st_size for path in found.files)
    files = len(found.files)
    title = f"{found.name}: {files:,} {'file' if files == 1 else 'files'}"
    return CorpusEntry(found.name, title, "path", found.path, size, None, None, True)


def _counted(entry: CorpusEntry, home: Home) -> CorpusEntry:
    """``entry`` with its counts if its text has been surveyed as UTF-8."""
    if entry.path is None:
        return entry
    try:
        known = remembered(CorpusSource(entry.name, (Part(entry.path),)), home)
    except CorpusError:  # removed since it was found
        known = None
    return replace(entry, characters=known.characters, distinct=len(known.vocabulary)) if known else entry


def _part(entry: CorpusEntry, home: Home, encoding: str) -> Part:
    for embedded in EMBEDDED:
        if entry.source == "embedded" and embedded.name == entry.name:
            return Part(embedded.materialise(home), label=entry.name)
    assert entry.path is not None
    return Part(entry.path, "utf-8" if entry.source == "shipped" else encoding, entry.name)


def _joined_name(entries: Sequence[CorpusEntry]) -> str:
    if len(entries) <= NAMED_AT_MOST:
        return " + ".join(entry.name for entry in entries)
    if folder := common_folder([entry.path for entry in entries if entry.path and entry.source == "path"]):
        return folder.name
    return f"{entries[0].name} + {len(entries) - 1} more"
