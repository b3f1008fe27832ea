"""Whatever words a command line is made of, it ends with 0, 1 or 2, and says in a sentence why."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_textgen.cli import follow, getting
from tui_textgen.cli.main import cli, run
from tui_textgen.errors import DownloadError, ModelFileError
from tui_textgen.paths import HOME_VARIABLE, Home
from tui_textgen.visible import visible
from tui_textgen.workers import forking, launch, portrait, writer_client
from tui_textgen.workers.protocol import Finished, Seen, Skipped, Wrote

HOSTILE = "[b]\x1b]52;c;aGk=\x07\x9b2J\r\n\u202e\u200b\udc80漢e\u0301\U000e0041"
TEXT = "to be or not to be, that is the question\n" * 20
ODD = (
    "", "-", "--", "-h", "*", "[", "**/*", ".", "~nobody-here", "x" * 5000, "\udcff", HOSTILE, "fox", "text.txt",
    "hello", "empty.txt", "0", "-1", "7", "1e999", "nan", "inf", "9" * 5000, "١٢", "0x10", "yes", "cuda:99999999999999",
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0", include_characters="\udc80\udcff"))
"""What a system can pass: bytes that are no UTF-8 come as lone surrogates, and a NUL cannot come."""
WORDS = st.one_of(st.sampled_from(ODD), ANY).filter(
    lambda word: not word.startswith(("/", "~/")) and ".." not in word and word != "--help"
)
"""Nothing that leads out of the folder of the test."""
KNOWN = st.sampled_from(["fox", "hello", "text.txt", f"{HOSTILE}.txt"])


class FakeWriter:
    """Answers as a writer does, with what is not to be shown, and refuses to work with files."""

    def __enter__(self) -> FakeWriter:
        return self

    def __exit__(self, *_: object) -> None: ...

    def load(self, path: Path) -> None: ...

    def generate(self, *_: object) -> Iterator[object]:
        yield from (Skipped(HOSTILE), Wrote(HOSTILE, ()), Finished(7, len(HOSTILE), 0.1, False))

    def look(self, text: str) -> Iterator[object]:
        yield from (Skipped(HOSTILE), Seen((None,) + (0.5,) * (len(text) - 1), (None,) + (1,) * (len(text) - 1)))

    def _refuse(self, *_: object) -> Any:
        raise ModelFileError(f"There is no model {HOSTILE}.")

    score = import_model = export_model = _refuse


class NoReader:
    def __init__(self, home: Home) -> None: ...

    def encode(self, *_: object) -> Any:
        raise ModelFileError(HOSTILE)

    def close(self) -> None: ...


def _not_downloaded(*_: object) -> Any:
    raise DownloadError(HOSTILE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place with a text, an empty one, one of a hostile name, and a home with a run; no command starts a process."""
    place = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv(HOME_VARIABLE, str(place / ".home"))
        for module in (launch, forking):
            patch.setattr(module, "start_trainer", lambda *_, **__: 1)
        patch.setattr(follow, "follow", lambda *_: 0)
        patch.setattr(getting, "get", _not_downloaded)
        patch.setattr(portrait, "ReaderClient", NoReader)
        patch.setattr(writer_client, "WriterClient", FakeWriter)
        Path("text.txt").write_text(TEXT)
        Path("empty.txt").touch()
        Path(f"{HOSTILE}.txt").write_text(TEXT)
        launch.start_run(Home.locate(), ["text.txt"], "quick", {}, "fox")
        yield place


def commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command, as many words as it may take, some of its options with any words, and now and then one too many."""
    path, command = draw(st.sampled_from(list(commands(cli))))
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    words = list(path)
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words += draw(st.lists(st.one_of(KNOWN, WORDS), min_size=1, max_size=2 if parameter.nargs == -1 else 1))
    for option in draw(st.lists(st.sampled_from(options), max_size=3)):
        words += [draw(st.sampled_from(option.opts))] + ([] if option.is_flag else [draw(WORDS)])
    return words + draw(st.lists(WORDS, max_size=1))


def called(words: list[str]) -> tuple[int, str, str]:
    """The status of a call and what it printed, on pipes."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
        status = run(words, lambda *_: 0)
    return status, printed(out), printed(err)


def printed(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@pytest.mark.usefixtures("folder")
@given(lines())
@settings(max_examples=150)
@example(["train", "x" * 5000])
@example(["generate", "hello", "--prime", HOSTILE])
@example(["generate", "hello", "--prime", HOSTILE, "--temperature", HOSTILE])
@example(["score", "hello", f"{HOSTILE}.txt", "--per-character"])
@example(["train", f"{HOSTILE}.txt"])
@example(["corpora"])
@example(["runs"])
@example(["runs", "show", HOSTILE])
@example(["--" + HOSTILE])
@example(["runs", "show", "--" + HOSTILE])
def test_any_line_ends_with_a_status_and_a_sentence(words: list[str]) -> None:
    status, out, err = called(words)
    assert status in (0, 1, 2)
    assert "went wrong inside" not in err, err
    assert visible(err) == err
    shown = out.replace("\t", " ")  # between the columns of score
    assert words[0] == "generate" or visible(shown) == shown
    told = [line for line in err.splitlines() if line.startswith("textgen-tui: ")]
    assert len(told) == (status != 0), err
    assert not told or err.endswith(f"{told[0]}\n"), err
