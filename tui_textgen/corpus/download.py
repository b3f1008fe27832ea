"""Getting a text of the catalogue: downloaded, checked, unpacked, and only then in the library."""

from __future__ import annotations

import gzip
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tui_textgen.corpus.atomic import not_written, sweep, whole_file
from tui_textgen.corpus.catalogue import CatalogueText
from tui_textgen.corpus.decoding import shown
from tui_textgen.errors import CorpusError, DownloadError, TextgenError
from tui_textgen.paths import Home, make_private
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from requests import RequestException, Response

Progress = Callable[[int, int | None], None]
"""Is told the bytes that are here, and of how many, where the server says so."""

PIECE = 1 << 13
"""Bytes that are waited for at once: on a slow line, progress moves with each."""
SILENCE = 20.0
"""Seconds of silence after which a server is given up."""
ATTEMPTS, PAUSE = 3, 1.0
"""Times in a row that a download may break off with nothing new, and the seconds before it goes on."""
ABANDONED = 86_400.0
"""Seconds after which a download's folder belongs to a process that was killed."""
MEMBERS_SHOWN = 5


def get(home: Home, text: CatalogueText, progress: Progress) -> Path:
    """Download ``text`` and put it into the library; the file it is then.

    What ``progress`` raises ends the work. The library has the whole text or nothing. Raises DownloadError,
    CorpusError where a text of that name is there, and TextgenError where the disk fails.
    """
    path = text.file(home)
    _check_free(text, path)
    with _folder_for_now(home) as folder:
        packed = folder / "download"
        with packed.open("xb") as file:
            _download(text, path, file, progress)
        _check(text, path, packed)
        with whole_file(path) as whole:
            size = packed.stat().st_size
            for piece in _unpacked(packed, text):
                progress(size, size)
                whole.write(piece)
            _check_free(text, path)  # somebody may have got it another way meanwhile
    return path


def _check_free(text: CatalogueText, path: Path) -> None:
    if os.path.lexists(path):
        raise CorpusError(
            f"There is a text ‘{text.name}’ already, {shown(path)}; move it away to get the one of the catalogue."
        )


@contextmanager
def _folder_for_now(home: Home) -> Iterator[Path]:
    """A folder that goes when the block ends; OSErrors of the disk become a sentence."""
    try:
        sweep(make_private(home.downloads), "*", ABANDONED)
        with tempfile.TemporaryDirectory(dir=home.downloads) as folder:
            yield Path(folder)
    except OSError as error:
        raise TextgenError(not_written(home.downloads, error)) from error


# Over the line


class _Arriving:
    """A file as the downloader sees it: counts what comes, and goes on where an earlier attempt broke off."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.size = 0
        self.begun = False
        self._total: int | None = None

    def answered(self, response: Response, *_: Any, **__: Any) -> None:
        """Look at an answer before its content comes: one from the beginning makes what is here void."""
        if not response.ok or response.is_redirect:
            return
        if response.status_code != 206:  # the server does not know how to go on
            self.size = 0
            self._file.seek(0)
            self._file.truncate()
        self.begun = True
        length = response.headers.get("content-length", "")
        self._total = self.size + int(length) if length.isdecimal() else None
        self.tell()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self.size += len(piece)
        self.tell()

    def tell(self) -> None:
        """Tell how far it is; what that raises ends the work."""
        self._progress(self.size, self._total)

    def flush(self) -> None:
        """Called after each piece, which the disk need not follow."""


def _download(text: CatalogueText, path: Path, file: BinaryIO, progress: Progress) -> None:
    """Write what the URL gives into ``file``, going on after an interruption; raises DownloadError."""
    from requests import RequestException

    arriving = _Arriving(file, progress)
    farthest, left = 0, ATTEMPTS
    while True:
        arriving.begun = False
        try:
            _request(text.url, arriving)
            return
        except RequestException as error:
            left = ATTEMPTS if arriving.size > farthest else left - 1
            farthest = max(farthest, arriving.size)
            if not left or not (arriving.begun or _may_pass(error)):
                raise DownloadError(_not_got(text, path, _reason(error, arriving.size))) from error
        except ValueError as error:
            raise DownloadError(_not_got(text, path, "the server's answer makes no sense")) from error
        arriving.tell()
        time.sleep(PAUSE)


def _request(url: str, arriving: _Arriving) -> None:
    import pooch

    headers = {"Accept-Encoding": "identity"}  # else the length would be that of something else
    if arriving.size:
        headers["Range"] = f"bytes={arriving.size}-"
    download = pooch.HTTPDownloader(
        chunk_size=PIECE, timeout=SILENCE, headers=headers, hooks={"response": arriving.answered}
    )
    download(url, arriving, None)


def _may_pass(error: RequestException) -> bool:
    """Whether the server may answer better in a moment."""
    return error.response is not None and error.response.status_code >= 500


def _reason(error: RequestException, size: int) -> str:
    from requests import exceptions

    match error:
        case exceptions.HTTPError(response=response) if response is not None:
            return f"the server answers {response.status_code} {response.reason}".rstrip()
        case exceptions.TooManyRedirects():
            return "the server sends from one address to the next without an end"
        case exceptions.SSLError():
            return "the server's certificate is not to be trusted"
        case exceptions.ProxyError():
            return "the proxy that this machine is told to use does not help"
        case exceptions.Timeout():
            return f"nothing came for {SILENCE:g} seconds"
        case _ if size:
            return f"it broke off again and again, after {size:,} bytes at last"
        case exceptions.ConnectionError() if "NameResolution" in str(error):
            return "its host's name is not known here, as without a network"
        case exceptions.ConnectionError():
            return "there is no connection to it"
        case _:
            return "the server's answer makes no sense"


def _check(text: CatalogueText, path: Path, packed: Path) -> None:
    import pooch

    found = pooch.file_hash(str(packed), alg="sha256")
    if found != text.sha256:
        reason = f"what came is {packed.stat().st_size:,} bytes of something else, with the sha256 {found}"
        raise DownloadError(_not_got(text, path, reason))


def _not_got(text: CatalogueText, path: Path, reason: str) -> str:
    return (
        f"{visible_line(text.url)} could not be downloaded, since {visible_line(reason)}; try again, or get it another "
        f"way and put the text into the folder {shown(path.parent)} as ‘{path.name}’."
    )


# Out of its wrapping


def _unpacked(packed: Path, text: CatalogueText) -> Iterator[bytes]:
    """The bytes of the text in pieces: the file's own, or those of what is packed in it. Raises CorpusError."""
    with packed.open("rb") as file:
        head = file.read(4)
    try:
        if head.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(packed) as archive, archive.open(_member(archive, text)) as inside:
                yield from _pieces(inside)
            return
        if text.member:
            raise CorpusError(f"{visible_line(text.url)} is no zip archive; take ‘member’ out of its entry.")
        with gzip.open(packed) if head.startswith(b"\x1f\x8b") else packed.open("rb") as file:
            yield from _pieces(file)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise CorpusError(
            f"{visible_line(text.url)} cannot be unpacked ({visible_line(str(error))}); name another file in its entry."
        ) from error


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(1 << 20):
        yield piece


def _member(archive: zipfile.ZipFile, text: CatalogueText) -> str:
    """Which file of the archive is the text."""
    files = [info.filename for info in archive.infolist() if not info.is_dir()]
    wanted = text.member or (files[0] if len(files) == 1 else "")
    if wanted in files:
        return wanted
    some = ", ".join(f"‘{visible_line(name)}’" for name in files[:MEMBERS_SHOWN]) or "nothing"
    more = " and more" if len(files) > MEMBERS_SHOWN else ""
    raise CorpusError(
        f"The archive {visible_line(text.url)} has {some}{more}; write which one is the text into its entry: "
        'member = "…".'
    )
