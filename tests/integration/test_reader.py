"""The reader as a real process, asked, cancelled, killed and left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.unit.models.making import card_with, write_model
from tui_textgen.corpus.baselines import baselines, measure, remembered
from tui_textgen.corpus.encoded import encode, verify
from tui_textgen.corpus.library import describe, find_corpus
from tui_textgen.corpus.matches import copies
from tui_textgen.errors import CorpusError, ModelFileError, WorkCancelledError, WorkerError
from tui_textgen.paths import Home
from tui_textgen.workers.child import Child
from tui_textgen.workers.reader_client import ReaderClient

PATIENCE = 30.0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")


@pytest.fixture
def reader(home: Home) -> Iterator[ReaderClient]:
    with closing(ReaderClient(home)) as client:
        yield client


@pytest.fixture
def child(home: Home) -> Iterator[Child]:
    """The process that a ReaderClient talks to."""
    folders = [str(folder) for folder in (home.data, home.cache, home.config)]
    with closing(Child("tui_textgen.workers.reader", *folders, name="reader")) as process:
        yield process


@pytest.fixture
def long_text(tmp_path: Path) -> str:
    """Takes a good second to read: NULs, which cost no disk."""
    path = tmp_path / "long.txt"
    path.touch()
    os.truncate(path, 150 << 20)
    return str(path)


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def half_done(home: Home) -> list[Path]:
    return [path for path in home.cache.rglob("*") if path.is_file() and path.suffix != ".json"]


def test_it_describes_as_the_library_does(reader: ReaderClient, home: Home) -> None:
    shares: list[float] = []
    assert reader.describe("hello", progress=shares.append) == describe(home, "hello")
    assert shares[-1] == 1.0


def test_it_encodes_as_the_library_does(reader: ReaderClient, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J.txt"
    path.write_text("naïve \x9b 😀\r\n" * 9, "utf-8")
    text = reader.encode(["hello", str(path)])
    assert text == encode(find_corpus(home, ["hello", str(path)]), home)
    assert text.name == "hello + a\x1b[2J"
    verify(text)


def test_it_measures_baselines_as_the_library_does(reader: ReaderClient, home: Home) -> None:
    text = reader.encode(["hello"])
    shares: list[float] = []
    assert reader.baselines(text, progress=shares.append) == measure(text) == remembered(text, home)
    assert shares[-1] == 1.0


def test_baselines_that_are_known_need_no_process(home: Home) -> None:
    text = encode(find_corpus(home, ["hello"]), home)
    known = baselines(text, home)
    reader = ReaderClient(home)
    reader.close()  # whoever asks it for a process now gets an error
    assert reader.baselines(text) == known


def test_it_finds_copies_as_the_library_does(reader: ReaderClient, home: Home, tmp_path: Path) -> None:
    text = reader.encode(["hello"])
    model = write_model(tmp_path / "model.safetensors", card_with(corpus="hello", corpus_sha256=text.sha256))
    shares: list[float] = []
    found = reader.copies(model, "say \ud83d " + "hello" * 5, shares.append)
    assert found == copies(text, "say \ud83d " + "hello" * 5)
    assert shares[-1] == 1.0
    with pytest.raises(ModelFileError):
        reader.copies(tmp_path / "none.safetensors", "hello")


def test_lone_surrogates_cross_the_pipe(reader: ReaderClient, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"+2D0-+3gA-")
    assert reader.describe(str(tmp_path / "a.txt"), "utf-7").preview == "\ud83d" + "\ude00"


def test_what_is_wrong_with_a_text_is_raised_here(reader: ReaderClient, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(CorpusError, match=r"at byte 0 .* binary"):
        reader.describe(str(tmp_path / "a.png"))
    with pytest.raises(CorpusError, match=r"no text in .* 1 binary"):
        reader.encode([str(tmp_path)])
    assert reader.describe("hello").preview == "hello"


class TestCancelling:
    def test_it_ends_the_work_and_leaves_nothing(self, reader: ReaderClient, home: Home, long_text: str) -> None:
        def cancel(share: float) -> None:
            assert share < 1
            reader.cancel()

        with pytest.raises(WorkCancelledError):
            reader.describe(long_text, progress=cancel)
        with pytest.raises(WorkCancelledError):
            reader.encode([long_text], progress=cancel)
        assert half_done(home) == []
        assert reader.describe("hello").preview == "hello"

    def test_measuring_baselines_ends_too(self, reader: ReaderClient, home: Home, long_text: str) -> None:
        text = reader.encode([long_text])
        with pytest.raises(WorkCancelledError):
            reader.baselines(text, progress=lambda share: reader.cancel())
        assert remembered(text, home) is None
        assert reader.describe("hello").preview == "hello"

    def test_looking_for_copies_ends_too(self, reader: ReaderClient, long_text: str, tmp_path: Path) -> None:
        text = reader.encode([long_text])
        model = write_model(tmp_path / "model.safetensors", card_with(corpus_sha256=text.sha256))
        with pytest.raises(WorkCancelledError):
            reader.copies(model, "hello" * 9, progress=lambda share: reader.cancel())
        assert reader.describe("hello").preview == "hello"

    def test_another_thread_can_do_it(self, reader: ReaderClient, long_text: str) -> None:
        started = threading.Event()

        def cancel() -> None:
            started.wait(PATIENCE)
            reader.cancel()

        helper = threading.Thread(target=cancel)
        helper.start()
        with pytest.raises(WorkCancelledError):
            reader.describe(long_text, progress=lambda share: started.set())
        helper.join()

    def test_without_a_request_it_does_nothing(self, reader: ReaderClient) -> None:
        reader.cancel()
        reader.describe("hello")
        reader.cancel()
        assert reader.describe("hello").preview == "hello"

    def test_an_abandoned_request_does_not_disturb_the_next(self, reader: ReaderClient, long_text: str) -> None:
        def fail(share: float) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) as caught:
            reader.describe(long_text, progress=fail)
        assert reader.describe("hello").preview == "hello"
        assert caught.tb is not None  # its frames are still alive, and yet the turn was passed on


class TestEnding:
    def test_a_killed_reader_is_reported_and_replaced(self, reader: ReaderClient, home: Home, long_text: str) -> None:
        def kill(share: float) -> None:
            (process,) = (one for one in psutil.Process().children() if str(home.cache) in one.cmdline())
            process.kill()

        with pytest.raises(WorkerError, match="killed by SIGKILL"):
            reader.describe(long_text, progress=kill)
        assert reader.describe("hello").preview == "hello"

    def test_an_error_of_its_own_is_reported_with_its_last_words(self, child: Child) -> None:
        with pytest.raises(WorkerError, match=r"exit status 1; KeyError: 'dance'"):
            list(child.request("dance"))
        assert not child.alive

    def test_closing_ends_a_running_request(self, home: Home, long_text: str) -> None:
        reader = ReaderClient(home)
        closer = threading.Thread(target=reader.close)

        def close(share: float) -> None:
            if closer.ident is None:
                closer.start()

        with pytest.raises((WorkerError, WorkCancelledError)):
            reader.encode([long_text], progress=close)
        closer.join(PATIENCE)
        assert not closer.is_alive()
        assert half_done(home) == []
        with pytest.raises(WorkerError, match="closed"):
            reader.describe("hello")

    def test_a_termination_leaves_nothing_half_done(self, child: Child, home: Home, long_text: str) -> None:
        events = child.request("encode", names=[long_text], encoding="utf-8", unit="char", min_count=1)
        while next(events)["progress"] < 0.6:
            pass
        os.kill(child.pid, signal.SIGTERM)  # while ids are being written
        with pytest.raises(WorkerError, match="exit status 143"):
            list(events)
        assert half_done(home) == []

    def test_it_leaves_when_its_parent_is_killed(self, home: Home, long_text: str) -> None:
        script = (
            "import sys; from pathlib import Path; from tui_textgen.paths import Home\n"
            "from tui_textgen.workers.child import Child\n"
            "child = Child('tui_textgen.workers.reader', *sys.argv[1:4], name='reader')\n"
            "for event in child.request('encode', names=[sys.argv[4]], encoding='utf-8', unit='char', min_count=1):\n"
            "    print(child.pid, flush=True); sys.stdin.read()\n"
        )
        folders = [str(folder) for folder in (home.data, home.cache, home.config)]
        command = [sys.executable, "-c", script, *folders, long_text]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            parent.kill()
        assert eventually(lambda: gone(pid))
        assert half_done(home) == []


def test_ctrl_c_in_the_terminal_passes_it_by(child: Child) -> None:
    list(child.request("describe", name="hello", encoding="utf-8"))
    assert os.getsid(child.pid) == child.pid


def test_modules_in_the_working_directory_are_not_ours(
    reader: ReaderClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who trains on their own sources stands in a folder full of names like these."""
    for name in ("json", "random", "types", "tui_textgen"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    assert reader.describe("./json.py").preview == "raise SystemExit('the wrong module')"
