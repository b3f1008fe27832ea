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

from tui_textgen.corpus.decoding import HEAD, check_file, head, known_encoding
from tui_textgen.errors import CorpusError
from tui_textgen.visible import visible_line

NAMED_AT_MOST = 3
"""Files of a kind that a sentence spells out."""
_PATTERN = re.compile(r"[*?\[]")
_WITH_ZEROS = ("utf-16", "utf-32")
"""Encodings in which texts have zeros too."""


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
    if name and _exists(path):
        if not path.is_dir():
            check_file(path)
            return TextFiles(text_name(path), path, {path: _label(name, path)})
        hidden: list[str] = []
        return _chosen(name, path, _walked(path, hidden), {"hidden": hidden}, encoding)
    if not _PATTERN.search(name):
        return None
    folder = _fixed_part(path)
    matches = map(Path, glob.glob(str(path), recursive=True))  # noqa: PTH207, Path.glob goes into hidden folders
    return _chosen(name, folder, (match for match in matches if not match.is_dir()), {}, encoding)


def text_name(path: Path) -> str:
    """What the text of a file is called: ``a`` for ``a.txt`` and ``a.txt.gz``."""
    return Path(path.stem).stem if path.suffix == ".gz" else path.stem


def without_empty(paths: Sequence[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """Of several files those with something in them, and a sentence about the others. A single one stays as it is."""
    full = [path for path in paths if check_file(path).st_size]
    if len(paths) == 1 or not full:
        return list(paths), ()
    return full, _sentence("", {"empty": [str(path) for path in paths if path not in full]})


def _chosen(
    name: str, folder: Path, paths: Iterable[Path], left_out: Mapping[str, list[str]], encoding: str
) -> TextFiles:
    """The texts among ``paths``, which are in ``folder``."""
    known_encoding(encoding)
    texts: dict[Path, str] = {}
    others = defaultdict(list, left_out)
    called = folder.resolve().name
    for path in sorted(paths, key=lambda path: path.relative_to(folder).as_posix()):
        inside = path.relative_to(folder).as_posix()
        if why := _no_text(path, encoding):
            others[why].append(inside)
        else:
            texts[path] = f"{called}/{inside}" if called else inside
    notes = _sentence(name, others)
    if not texts:
        where = f"{'' if _PATTERN.search(name) else 'the folder '}‘{visible_line(name)}’"
        raise CorpusError(" ".join([f"There is no text in {where}; choose another place.", *notes]))
    return TextFiles(called or "files", folder, texts, notes)


def _walked(folder: Path, hidden: list[str]) -> Iterator[Path]:
    """The files of ``folder`` and its folders; links to folders are not followed. Tells which are ``hidden``."""
    for place, folders, files in os.walk(folder):
        inside = Path(place).relative_to(folder)
        hidden += [str(inside / each) for each in sorted(folders + files) if each.startswith(".")]
        folders[:] = [each for each in folders if not each.startswith(".")]
        yield from (Path(place, each) for each in files if not each.startswith("."))


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
        codecs.getincrementaldecoder(codec)().decode(beginning, final=len(beginning) < HEAD)
    except UnicodeError:
        return "binary" if codec == "utf-8" and _mostly_control(beginning) else f"not in {codec}"
    return None


def _mostly_control(beginning: bytes) -> bool:
    """Whether bytes that no text has make up more than a tenth."""
    return 10 * sum(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in beginning) > len(beginning)


def _sentence(name: str, left_out: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    kinds = []
    for why, names in left_out.items():
        if names:
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
