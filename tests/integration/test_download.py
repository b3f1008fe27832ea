"""Texts are got from servers that are slow, break off, lie or are not there; the library has a whole text or none."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.integration.conftest import CommandLine
from tests.integration.web import Handler, Web, serving
from tui_textgen.corpus import download
from tui_textgen.corpus.catalogue import catalogue, find
from tui_textgen.corpus.library import find_corpus, list_corpora
from tui_textgen.errors import CorpusError, DownloadError, TextgenError, WorkCancelledError
from tui_textgen.paths import Home
from tui_textgen.workers.reader_client import ReaderClient

TEXT = b"Happy families are all alike.\r\n" * 3000


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as web:
        yield web


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a machine's way out is a proxy, that is no way to the tests' own server."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(download, "PAUSE", 0.0)
    return Home(tmp_path / "home", tmp_path / "home" / "cache", tmp_path / "home" / "config")


def listed(home: Home, url: str, content: bytes = TEXT, **more: str) -> None:
    """Add ``happy`` to the user's catalogue, whose hash is that of ``content``."""
    entry = {"name": "happy", "url": url, "sha256": hashlib.sha256(content).hexdigest(), **more}
    home.data.mkdir(parents=True, exist_ok=True)
    home.catalogue.write_text("[[text]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items()))


def got(home: Home) -> Path:
    return download.get(home, find(home, "happy"), lambda size, total: None)


def left_behind(home: Home) -> list[Path]:
    """Files that are neither the catalogue nor a whole text."""
    return [path for path in home.data.rglob("*") if path.is_file() and path != home.catalogue]


class TestWhatComes:
    def test_a_text_is_told_of_as_it_comes_and_then_in_the_library(self, home: Home, web: Web) -> None:
        listed(home, web.serves("/text", TEXT), title="Happy families", licence="public domain")
        (before,) = [entry for entry in list_corpora(home) if entry.name == "happy"]
        assert before.gettable
        assert not before.available
        with pytest.raises(CorpusError, match="textgen-tui corpora get happy"):
            find_corpus(home, ["happy"])
        told: list[tuple[int, int | None]] = []
        path = download.get(home, find(home, "happy"), lambda size, total: told.append((size, total)))
        assert path.read_bytes() == TEXT
        assert told == sorted(told)
        assert told[0] == (0, len(TEXT))
        assert told[-1] == (len(TEXT), len(TEXT))
        assert left_behind(home) == [path]
        (after,) = [entry for entry in list_corpora(home) if entry.name == "happy"]
        assert (after.path, after.available, after.source, after.title) == (path, True, "catalogue", "Happy families")
        assert "".join(find_corpus(home, ["happy"]).read()) == TEXT.decode().replace("\r\n", "\n")

    def test_a_text_of_that_name_is_never_written_over(self, home: Home, web: Web) -> None:
        listed(home, web.serves("/text", TEXT))
        home.corpora.mkdir()
        (home.corpora / "happy.txt").write_text("my own")
        with pytest.raises(CorpusError, match="There is a text ‘happy’ already"):
            got(home)
        assert (home.corpora / "happy.txt").read_text() == "my own"

    def test_nor_is_one_that_came_meanwhile(self, home: Home, web: Web) -> None:
        listed(home, web.serves("/text", TEXT))
        home.corpora.mkdir()
        mine = home.corpora / "happy.txt"

        def put(_size: int, _total: int | None) -> None:
            mine.write_text("my own")

        with pytest.raises(CorpusError, match="There is a text ‘happy’ already"):
            download.get(home, find(home, "happy"), put)
        assert left_behind(home) == [mine]
        assert mine.read_text() == "my own"

    def test_redirects_are_followed(self, home: Home, web: Web) -> None:
        web.serves("/new", TEXT)
        web.answers["/old"] = lambda handler: handler.head(302, Location="/new", Content_Length=0)
        listed(home, web.url("/old"))
        assert got(home).read_bytes() == TEXT

    def test_a_length_that_is_not_told_is_not_needed(self, home: Home, web: Web) -> None:
        def answer(handler: Handler) -> None:
            handler.head()  # HTTP/1.0: the end of the connection is the end of the text
            handler.wfile.write(TEXT)

        web.answers["/unknown"] = answer
        listed(home, web.url("/unknown"))
        assert got(home).read_bytes() == TEXT

    @pytest.mark.parametrize("member", ["", "book/happy.txt"])
    def test_a_zip_archive_is_unpacked(self, home: Home, web: Web, member: str) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.mkdir("book")
            archive.writestr("book/happy.txt", TEXT)
            if member:
                archive.writestr("licence.txt", "free")
        listed(home, web.serves("/zip", packed.getvalue()), packed.getvalue(), **({"member": member} if member else {}))
        assert got(home).read_bytes() == TEXT

    def test_a_packed_text_is_unpacked(self, home: Home, web: Web) -> None:
        packed = gzip.compress(TEXT)
        listed(home, web.serves("/gz", packed), packed)
        assert got(home).read_bytes() == TEXT

    def test_an_archive_of_several_asks_which(self, home: Home, web: Web) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("one.txt", "1")
            archive.writestr("two.txt", "2")
        listed(home, web.serves("/two", packed.getvalue()), packed.getvalue())
        with pytest.raises(CorpusError, match=r"‘one.txt’, ‘two.txt’; write which one is the text into its entry"):
            got(home)
        listed(home, web.url("/two"), packed.getvalue(), member="three.txt")
        with pytest.raises(CorpusError, match="member ="):
            got(home)
        assert left_behind(home) == []

    @pytest.mark.parametrize(
        "packed",
        [gzip.compress(TEXT, mtime=0)[:-9], b"\x1f\x8bnothing", b"PK\x03\x04nothing"],
        ids=["cut", "no gzip", "no zip"],
    )
    def test_what_cannot_be_unpacked_leaves_nothing(self, home: Home, web: Web, packed: bytes) -> None:
        listed(home, web.serves("/broken", packed), packed)
        with pytest.raises(CorpusError, match="cannot be unpacked"):
            got(home)
        assert left_behind(home) == []


class TestWhatGoesWrong:
    def refused(self, home: Home, because: str) -> None:
        """It is one sentence with the address, the reason, and the folder and the name for the file."""
        with pytest.raises(DownloadError) as refused:
            got(home)
        sentence = str(refused.value)
        url = catalogue(home).texts["happy"].url
        assert sentence.startswith(f"{url} could not be downloaded, since {because}")
        assert sentence.endswith(f"put the text into the folder ‘{home.corpora}’ as ‘happy.txt’.")
        assert left_behind(home) == []
        assert not home.corpora.exists()

    def test_no_such_page(self, home: Home, web: Web) -> None:
        web.answers["/gone"] = lambda handler: handler.head(404)
        listed(home, web.url("/gone"))
        web.asked.clear()
        self.refused(home, "the server answers 404 Not Found")
        assert len(web.asked) == 1

    def test_a_server_in_trouble_is_asked_again(self, home: Home, web: Web) -> None:
        web.answers["/busy"] = lambda handler: handler.head(500)
        listed(home, web.url("/busy"))
        web.asked.clear()
        self.refused(home, "the server answers 500 Internal Server Error")
        assert len(web.asked) == download.ATTEMPTS

    def test_no_server(self, home: Home) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            listed(home, f"http://127.0.0.1:{free.getsockname()[1]}/text")
            self.refused(home, "there is no connection to it")

    def test_no_network(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        """Asking for a name may take a long time there, so that it is not asked in earnest."""

        def fail(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        listed(home, "http://example.org/text")
        self.refused(home, "its host's name is not known here, as without a network")

    def test_wrong_bytes(self, home: Home, web: Web) -> None:
        listed(home, web.serves("/wrong", b"<html>Please log in</html>"))
        self.refused(home, "what came is 26 bytes of something else, with the sha256 ")

    def test_more_bytes_than_were_announced(self, home: Home, web: Web) -> None:
        web.answers["/short"] = lambda handler: handler.say(TEXT, promised=1000)
        listed(home, web.url("/short"))
        self.refused(home, "what came is 1,000 bytes of something else")

    def test_fewer_bytes_than_were_announced(self, home: Home, web: Web) -> None:
        web.answers["/long"] = lambda handler: handler.say(TEXT, promised=len(TEXT) + 1)
        listed(home, web.url("/long"))
        self.refused(home, "it broke off again and again, after ")

    def test_a_length_that_is_no_number(self, home: Home, web: Web) -> None:
        web.answers["/odd"] = lambda handler: handler.head(Content_Length="many")
        listed(home, web.url("/odd"))
        self.refused(home, "the server's answer makes no sense")

    def test_redirects_without_an_end(self, home: Home, web: Web) -> None:
        web.answers["/round"] = lambda handler: handler.head(302, Location="/round", Content_Length=0)
        listed(home, web.url("/round"))
        self.refused(home, "the server sends from one address to the next without an end")

    def test_silence(self, home: Home, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(download, "SILENCE", 0.1)
        web.answers["/silent"] = lambda handler: handler.wait()
        listed(home, web.url("/silent"))
        self.refused(home, "nothing came for 0.1 seconds")

    def test_a_disk_that_fails(self, home: Home, web: Web) -> None:
        listed(home, web.serves("/text", TEXT))
        home.cache.write_text("a file where a folder should be")
        with pytest.raises(TextgenError, match="could not be written"):
            got(home)


class TestGoingOn:
    def broken(self, web: Web, path: str, knows_ranges: bool) -> str:
        """A text of which each connection carries the next 40 kB, from where it is asked to go on."""

        def answer(handler: Handler) -> None:
            begin = int((handler.headers.get("Range") or "bytes=0-")[6:-1]) if knows_ranges else 0
            handler.head(206 if begin else 200, Content_Length=len(TEXT) - begin)
            handler.wfile.write(TEXT[begin : begin + 40_000])

        web.answers[path] = answer
        web.asked.clear()
        return web.url(path)

    def test_it_goes_on_where_it_broke_off(self, home: Home, web: Web) -> None:
        listed(home, self.broken(web, "/breaks", knows_ranges=True))
        assert got(home).read_bytes() == TEXT
        assert [asked for _, asked in web.asked] == [
            None,
            f"bytes={4 * download.PIECE}-",
            f"bytes={8 * download.PIECE}-",
        ]

    def test_a_server_that_cannot_go_on_is_given_up_in_the_end(self, home: Home, web: Web) -> None:
        listed(home, self.broken(web, "/breaks-always", knows_ranges=False))
        with pytest.raises(
            DownloadError, match=f"broke off again and again, after {4 * download.PIECE:,} bytes at last"
        ):
            got(home)
        assert len(web.asked) == download.ATTEMPTS + 1


def drip(web: Web, path: str, begun: threading.Event) -> str:
    """The address of a text of which some comes, and then nothing."""

    def answer(handler: Handler) -> None:
        handler.head(Content_Length=len(TEXT))
        handler.wfile.write(TEXT[:20_000])
        handler.wfile.flush()
        begun.set()
        handler.wait()

    web.answers[path] = answer
    return web.url(path)


class TestCancelling:
    def test_what_progress_raises_ends_it(self, home: Home, web: Web) -> None:
        def progress(size: int, total: int | None) -> None:
            if size:
                raise WorkCancelledError("Cancelled; nothing was kept.")

        listed(home, web.serves("/text", TEXT))
        with pytest.raises(WorkCancelledError):
            download.get(home, find(home, "happy"), progress)
        assert left_behind(home) == []

    def test_the_reader_gets_a_text_and_can_be_stopped(self, home: Home, web: Web) -> None:
        web.answers["/endless"] = endless
        listed(home, web.url("/endless"))
        told: list[Any] = []
        reader = ReaderClient(home)

        def progress(size: int, total: int | None) -> None:
            told.append((size, total))
            reader.cancel()

        try:
            with pytest.raises(WorkCancelledError):
                reader.get("happy", progress)
            assert told
            assert left_behind(home) == []
            listed(home, web.serves("/text", TEXT))
            assert reader.get("happy", lambda size, total: None).read_bytes() == TEXT
        finally:
            reader.close()


def endless(handler: Handler) -> None:
    handler.head()
    try:
        while True:
            handler.wfile.write(TEXT)
    except OSError:  # nobody listens any more
        return


class TestTheCommandLine:
    def test_get_prints_the_path_and_says_what_it_does(self, command: CommandLine, web: Web) -> None:
        listed(command.home, web.serves("/text", TEXT))
        result = command("corpora", "get", "happy")
        path = command.home.corpora / "happy.txt"
        assert (result.returncode, result.stdout) == (0, f"{path}\n")
        assert f"Getting ‘happy’ from {web.url('/text')}\n" in result.stderr
        assert path.read_bytes() == TEXT
        again = command("corpora", "get", "happy")
        assert (again.returncode, again.stdout) == (0, f"{path}\n")
        assert "‘happy’ is here already." in again.stderr

    def test_train_gets_it_first(self, command: CommandLine, web: Web) -> None:
        """The settings are too large for the text: the text is all that this command comes to."""
        listed(command.home, web.serves("/text", TEXT))
        result = command("train", "happy", "--seq-length", "100000")
        assert "‘happy’ is not here yet.\nGetting ‘happy’" in result.stderr
        assert (command.home.corpora / "happy.txt").read_bytes() == TEXT

    def test_the_list_shows_what_is_not_here_and_what_is_wrong(self, command: CommandLine) -> None:
        listed(command.home, "ftp://somewhere/text")
        result = command("corpora", "--json")
        found = {entry["name"]: entry for entry in json.loads(result.stdout)}
        assert "happy" not in found
        assert (found["anna-karenina"]["available"], found["anna-karenina"]["bytes"]) == (False, 2_025_486)
        assert "entry 1 (‘happy’): its url is not one" in result.stderr
        assert command("corpora", "get", "happy").returncode == 2

    def test_an_interrupt_leaves_nothing(self, command: CommandLine, web: Web) -> None:
        begun = threading.Event()
        listed(command.home, drip(web, "/drips", begun))
        terminal = command.in_terminal("corpora", "get", "happy")
        assert begun.wait(30)
        terminal.expect("/93.0 kB")
        terminal.sendintr()
        terminal.expect("Cancelled; nothing was kept.")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 130
        assert left_behind(command.home) == []
