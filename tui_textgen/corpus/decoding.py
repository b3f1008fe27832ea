"""A file's bytes as text, in chunks."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_textgen.errors import CorpusError
from tui_textgen.visible import visible_line

CHUNK = 1 << 20
"""Bytes decoded at once."""
BOM = "\ufeff"
HEAD = 4096
"""Bytes looked at to guess what a file is."""
GZIP = b"\x1f\x8b\x08"
"""How a gz file begins, and no text does in an encoding that anybody writes in."""


def read_text(path: Path, encoding: str = "utf-8", consumed: Callable[[int], None] | None = None) -> Iterator[str]:
    """The text of a file in chunks, its BOM stripped, its newlines as ``\\n``; a gz file is unpacked.

    ``consumed`` is told the bytes of the file that each chunk took. Raises CorpusError where the file is missing,
    empty, no regular file, unreadable or not in ``encoding``.
    """
    decoder = codecs.getincrementaldecoder(known_encoding(encoding))()
    newlines = io.IncrementalNewlineDecoder(decoder, translate=True)
    check_file(path)
    offset = 0
    at_start, empty = True, True
    for data, taken in _chunks(path):
        begin = offset - len(decoder.getstate()[0])
        try:
            text = newlines.decode(data, final=not data)
        except UnicodeError as error:
            raise _undecodable(path, encoding, begin + getattr(error, "start", 0)) from None
        offset += len(data)
        if consumed:
            consumed(taken)
        if text and at_start:
            text, at_start = text.removeprefix(BOM), False
        if text:
            empty = False
            yield text
    if empty:
        raise CorpusError(f"{shown(path)} is empty; choose a text with something in it.")


def known_encoding(name: str) -> str:
    """The codec to read encoding ``name`` with; raises CorpusError where there is none for text."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name)  # unlike codecs.lookup it refuses codecs that are not for text
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        raise CorpusError(
            f"There is no text encoding {visible_line(repr(name))}; try utf-8, latin-1, cp1252 or utf-16."
        ) from None
    return "utf-8" if codec == "utf-8-sig" else codec


def check_file(path: Path) -> os.stat_result:
    """The status of a regular file, which opening cannot block on; raises CorpusError for anything else."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusError(f"There is no file {shown(path)}; check the path.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if stat.S_ISDIR(status.st_mode):
        raise CorpusError(f"{shown(path)} is a folder; choose a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise CorpusError(f"{shown(path)} is a pipe, a socket or a device; save its text to a file first.")
    return status


def shown(path: Path) -> str:
    """``path`` as it may stand in a sentence."""
    return f"‘{visible_line(str(path))}’"


def head(path: Path) -> bytes:
    """How a file begins, unpacked if it is a gz file; raises CorpusError where it cannot be read."""
    with _unpacked(path) as (_, text):
        return text.read(HEAD)


def _chunks(path: Path) -> Iterator[tuple[bytes, int]]:
    """The bytes of the text, and how many of the file they took; the last chunk is empty."""
    with _unpacked(path) as (file, text):
        before = 0
        while data := text.read(CHUNK):
            yield data, file.tell() - before
            before = file.tell()
    yield b"", 0


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[io.FileIO, io.FileIO | gzip.GzipFile]]:
    """A file, and what is to be read of it."""
    try:
        with path.open("rb", buffering=0) as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            yield file, gzip.GzipFile(fileobj=file) if packed else file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CorpusError(f"{shown(path)} is a damaged gz file ({error}); get it anew.") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> CorpusError:
    if isinstance(error, PermissionError):
        return CorpusError(f"{shown(path)} may not be read by you; change its permissions (chmod u+r).")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return CorpusError(f"{shown(path)} cannot be read ({reason}); choose another file.")


def _undecodable(path: Path, encoding: str, offset: int) -> CorpusError:
    beginning = head(path)
    what = f"{shown(path)} is not {visible_line(encoding)} at byte {offset:,}"
    likely = _likely_encoding(beginning)
    if likely and likely != known_encoding(encoding):
        return CorpusError(f"{what}; it looks like {likely}: try --encoding {likely}.")
    others = [name for name in ("utf-8", "latin-1", "cp1252", "utf-16") if name != known_encoding(encoding)]
    remedy = f"try --encoding {', '.join(others[:-1])} or {others[-1]}"
    if b"\0" in beginning:
        return CorpusError(f"{what} and looks like a binary file; if it is text after all, {remedy}.")
    return CorpusError(f"{what}; {remedy}.")


def _likely_encoding(head: bytes) -> str | None:
    """What a byte order mark, or zeros in every other byte, say about the encoding."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if pairs and odd > 0.6 * pairs and not even:
        return "utf-16-le"
    if pairs and even > 0.6 * pairs and not odd:
        return "utf-16-be"
    return None
