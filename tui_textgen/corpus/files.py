"""Which files a path, a folder or a pattern stands for: the texts among them, in an order that stays."""

from __future__ import annotations

import codecs
import glob
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_textgen.corpus.decoding import BOM, HEAD, check_file, head, known_encoding
from tui_textgen.errors import CorpusError
from tui_textgen.visible import visible_line

NAMED_AT_MOST = 3
"""Files of a kind that a sentence spells out."""
_PATTERN = re.compile(r"[*?\[]")
_WITH_ZEROS = ("utf-16", "utf-32")
"""Encodings in which texts have zeros too."""


LeftOut = defaultdict[str, list[str]]
"""Names by why they are left out, in a word."""


@dataclass(frozen=True)
class TextFiles:
    """The texts that a name stands for."""

    name: str
    path: Path
    """The file, or the folder that all of them are in."""
    files: Mapping[Path, str]
    """Each with what it is called in a joined text."""
    left_out: tuple[str, ...] = ()
    """What is there besides, in a sentence; none if nothing is."""


def text_files(name: str, encoding: str) -> TextFiles | None:
    """What ``name`` stands for, None if nothing is there; raises CorpusError where no text is among it.

    A file is taken as it is. Of a folder and of what a pattern matches (``*``, ``?``, ``[…]``, ``**`` for any folders),
    those files are left out that are hidden, empty, or no text in ``encoding`` by their first bytes.
    """
    path = _expanded(name)
    left_out: LeftOut = defaultdict(list)
    if name and _exists(path):
        if not path.is_dir():
            check_file(path)
            return TextFiles(text_name(path), path, {path: _label(name, path)})
        found = [place / file for place, files in _walked(path, path, left_out) for file in files]
        return _chosen(name, path, found, left_out, encoding)
    if not _PATTERN.search(name):
        return None
    folder = _fixed_part(path)
    matches = set(_matches(folder, folder, path.parts[len(folder.parts) :], left_out))
    left_out.pop("hidden", None)  # which no pattern means
    return _chosen(name, folder, matches, left_out, encoding)


def text_name(path: Path) -> str:
    """What the text of a file is called: ``a`` for ``a.txt`` and ``a.txt.gz``."""
    return Path(path.stem).stem if path.suffix == ".gz" else path.stem


def without_empty(paths: Sequence[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """Of several files those with something in them, and a sentence about the others. A single one stays as it is."""
    full: list[Path] = []
    empty: list[str] = []
    for path in paths:
        full.append(path) if check_file(path).st_size else empty.append(str(path))
    if len(paths) == 1 or not full:
        return list(paths), ()
    return full, _sentence("", {"empty": empty})


def _chosen(name: str, folder: Path, paths: Iterable[Path], left_out: LeftOut, encoding: str) -> TextFiles:
    """The texts among ``paths``, which are in ``folder``."""
    known_encoding(encoding)
    texts: dict[Path, str] = {}
    called = Path(os.path.realpath(folder)).name  # Path.resolve fails for a link to itself
    for path in sorted(paths, key=lambda path: path.relative_to(folder).as_posix()):
        inside = path.relative_to(folder).as_posix()
        if why := _no_text(path, encoding):
            left_out[why].append(inside)
        else:
            texts[path] = f"{called}/{inside}" if called else inside
    notes = _sentence(name, left_out)
    if not texts:
        where = f"{'' if _PATTERN.search(name) else 'the folder '}‘{visible_line(name)}’"
        raise CorpusError(" ".join([f"There is no text in {where}; choose another place.", *notes]))
    return TextFiles(called or "files", folder, texts, notes)


def _walked(root: Path, folder: Path, left_out: LeftOut) -> Iterator[tuple[Path, list[str]]]:
    """``folder``, which is in ``root``, and those in it, each with its files.

    Hidden ones, links to folders, and folders that cannot be looked into are left out.
    """

    def unreadable(error: OSError) -> None:
        left_out["unreadable"].append(Path(error.filename).relative_to(root).as_posix())

    for place, folders, files in os.walk(folder, onerror=unreadable):
        inside = Path(place).relative_to(root)
        left_out["hidden"] += [str(inside / each) for each in sorted(folders + files) if each.startswith(".")]
        folders[:] = [each for each in folders if not each.startswith(".")]
        left_out["linked"] += [str(inside / each) for each in sorted(folders) if Path(place, each).is_symlink()]
        yield Path(place), [each for each in files if not each.startswith(".")]


def _matches(root: Path, folder: Path, parts: Sequence[str], left_out: LeftOut) -> Iterator[Path]:
    """The files in ``folder``, which is in ``root``, that the ``parts`` of a pattern match, some more than once.

    As ``glob`` has it, whose ``**`` would follow links to folders, though: those in a circle forty times each.
    """
    part, rest = parts[0], parts[1:]
    if part == "**":
        for place, _ in _walked(root, folder, left_out):
            yield from _matches(root, place, rest or ["*"], left_out)
        return
    for name in glob.glob(part, root_dir=folder):  # noqa: PTH207, Path.glob takes hidden files too
        if rest:
            yield from _matches(root, folder / name, rest, left_out)
        elif not os.path.isdir(folder / name):  # noqa: PTH112, Path.is_dir fails in a folder that is closed
            yield folder / name


def _no_text(path: Path, encoding: str) -> str | None:
    """Why a file is none to learn from, in a word."""
    try:
        check_file(path)
        beginning = head(path)
    except CorpusError:
        return "unreadable"
    if not beginning:
        return "empty"
    codec = known_encoding(encoding)
    if b"\0" in beginning and not codec.startswith(_WITH_ZEROS):
        return "binary"
    try:
        text = codecs.getincrementaldecoder(codec)().decode(beginning, final=len(beginning) < HEAD)
    except UnicodeError:
        return "binary" if codec == "utf-8" and _mostly_control(beginning) else f"not in {codec}"
    return None if text.removeprefix(BOM) else "empty"


def _mostly_control(beginning: bytes) -> bool:
    """Whether bytes that no text has make up more than a tenth."""
    return 10 * sum(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in beginning) > len(beginning)


def _sentence(name: str, left_out: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    kinds = []
    for why, found in left_out.items():
        if names := list(dict.fromkeys(found)):
            first = ", ".join(visible_line(each) for each in names[:NAMED_AT_MOST])
            kinds.append(f"{len(names):,} {why} ({first}{', …' if len(names) > NAMED_AT_MOST else ''})")
    where = f" of ‘{visible_line(name)}’" if name else ""
    return (f"Left out{where}: {', '.join(kinds)}.",) if kinds else ()


def _expanded(name: str) -> Path:
    path = Path(name)
    if name.startswith("~"):
        with suppress(RuntimeError):  # no such user: it is a file's name then
            path = path.expanduser()
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _fixed_part(pattern: Path) -> Path:
    """The folder that whatever a pattern matches is in."""
    fixed: list[str] = []
    for part in pattern.parts[:-1]:
        if _PATTERN.search(part):
            break
        fixed.append(part)
    return Path(*fixed)


def _label(name: str, path: Path) -> str:
    """A path as it was typed, if that tells no more than where the text is from here."""
    return path.name if path.is_absolute() or ".." in path.parts or name.startswith("~") else path.as_posix()


def common_folder(paths: Sequence[Path]) -> Path | None:
    """The folder that different files are in, unless it is so general that it tells nothing."""
    if len(set(paths)) < 2:
        return None
    folder = Path(os.path.commonpath([path.absolute() for path in paths]))
    return folder if folder.name and folder != Path.home() else None
