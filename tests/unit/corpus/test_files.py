"""Folders, patterns, gz files and standard input as texts."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from tui_textgen.corpus.encoded import encode, read_back
from tui_textgen.corpus.library import describe, find_corpus, list_corpora
from tui_textgen.corpus.standard_input import taken_in
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as people have them, the current one."""
    files = {
        "src/b.py": b"bee", "src/a.py": b"ay", "src/deep/c.py": b"sea", "src/empty.py": b"",
        "src/logo.png": b"\x89P\0\0", "src/.git/HEAD": b"ref", "src/.env": b"secret",
        "src/old.txt": "é".encode("latin-1"), "src/packed.txt.gz": gzip.compress(b"zip"),
    }  # fmt: skip
    for name, data in files.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work" / "src"


def joined(home: Home, *names: str) -> list[str]:
    """Name and text of each part."""
    text = "".join(read_back(encode(find_corpus(home, names), home)))
    return [part.replace(" <==\n\n", ": ").strip() for part in text.split("==> ")[1:]]


def test_a_folder_is_its_texts_in_order_and_the_rest_is_told(home: Home, folder: Path) -> None:
    assert joined(home, "src") == ["src/a.py: ay", "src/b.py: bee", "src/deep/c.py: sea", "src/packed.txt.gz: zip"]
    source = find_corpus(home, ["src"])
    assert source.name == "src"
    (note,) = source.notes
    assert note.startswith("Left out of ‘src’: 2 hidden (.env, .git), ")
    for part in ("1 empty (empty.py)", "1 binary (logo.png)", "1 not in utf-8 (old.txt)"):
        assert part in note
    assert find_corpus(home, [str(folder)]).parts[0].label == "src/a.py"
    described = describe(home, "src")
    assert (described.entry.title, described.notes) == ("src: 4 files", (note,))


def test_a_byte_order_mark_alone_is_no_text(home: Home, folder: Path) -> None:
    """Such a file kept the whole folder from being read."""
    (folder / "mark.txt").write_bytes(b"\xef\xbb\xbf")
    assert joined(home, "src")[-1] == "src/packed.txt.gz: zip"
    assert "2 empty (empty.py, mark.txt)" in find_corpus(home, ["src"]).notes[0]


def test_a_pattern_goes_through_folders_but_not_hidden_ones(home: Home, folder: Path) -> None:
    assert joined(home, "src/**/*.py") == ["src/a.py: ay", "src/b.py: bee", "src/deep/c.py: sea"]
    assert find_corpus(home, ["src/**/*.py"]).name == "src"
    with pytest.raises(CorpusError, match=r"no text in ‘src/\*\.rs’"):
        find_corpus(home, ["src/*.rs"])


def test_many_files_are_called_by_their_folder_and_empty_ones_left_out(home: Home, folder: Path) -> None:
    (folder / "d.py").write_text("dee")
    names = ["src/a.py", "src/b.py", "src/d.py", "src/empty.py"]
    source = find_corpus(home, names)
    assert (source.name, source.notes) == ("src", ("Left out: 1 empty (src/empty.py).",))
    assert joined(home, *names) == ["src/a.py: ay", "src/b.py: bee", "src/d.py: dee"]
    with pytest.raises(CorpusError, match="is empty"):
        joined(home, "src/empty.py")


def test_links_in_circles_and_pipes_end_nothing(home: Home, folder: Path) -> None:
    (folder / "deep" / "round").symlink_to(folder)
    (folder / "gone.py").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    assert [part.label for part in find_corpus(home, ["src"]).parts][:2] == ["src/a.py", "src/b.py"]
    (note,) = find_corpus(home, ["src"]).notes
    assert "2 unreadable (gone.py, pipe)" in note
    assert "1 linked (deep/round)" in note


def test_a_pattern_takes_each_file_once_where_links_go_in_circles(home: Home, folder: Path) -> None:
    """``**`` followed links to folders: forty copies of each file, and with a second link no end."""
    (folder / "deep" / "round").symlink_to(folder)
    (folder / "deep" / "again").symlink_to(folder)
    found = find_corpus(home, ["src/**/*.py"])
    assert [part.label for part in found.parts] == ["src/a.py", "src/b.py", "src/deep/c.py"]
    assert "2 linked (deep/again, deep/round)" in found.notes[0]
    assert find_corpus(home, ["*/**/**/c.py"]).parts[0].path == Path("src/deep/c.py")
    (folder / "itself").symlink_to("itself")
    with pytest.raises(CorpusError, match="no text in ‘src/itself"):
        find_corpus(home, ["src/itself/*.py"])


def test_a_pattern_ends_in_files_at_any_depth(home: Home, folder: Path) -> None:
    labels = [part.label for part in find_corpus(home, ["src/**"]).parts]
    assert labels == ["src/a.py", "src/b.py", "src/deep/c.py", "src/packed.txt.gz"]
    assert [part.label for part in find_corpus(home, ["src/.en*"]).parts] == ["src/.env"]


def test_a_folder_that_cannot_be_looked_into_is_told(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its texts were missing without a word."""
    listed = os.scandir

    def closed(place: str) -> object:
        if str(place).endswith("deep"):
            raise PermissionError(13, "Permission denied", place)
        return listed(place)

    monkeypatch.setattr(os, "scandir", closed)
    for name in ("src", "src/**/*.py"):
        found = find_corpus(home, [name])
        assert "src/deep/c.py" not in [part.label for part in found.parts]
        assert "1 unreadable (deep)" in found.notes[0]


def test_a_name_that_could_break_the_separator_stays_in_its_line(home: Home, tmp_path: Path) -> None:
    for name in ("a\nb.txt", "\x1b[2J.txt"):
        (tmp_path / name).write_text("x")
    text = "".join(read_back(encode(find_corpus(home, [str(tmp_path / "*.txt")]), home)))
    assert text.count("\x1b") == 0
    assert "a⏎b.txt <==" in text


def test_gz_files_are_unpacked_and_damage_is_told(home: Home, tmp_path: Path) -> None:
    packed = gzip.compress(b"\xef\xbb\xbfonce\r\n" * 1000)
    (tmp_path / "book.txt.gz").write_bytes(packed)
    shares: list[float] = []
    text = encode(find_corpus(home, [str(tmp_path / "book.txt.gz")]), home, shares.append)
    assert (text.name, text.preview[:5], max(shares)) == ("book", "once\n", 1.0)
    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    (tmp_path / "wrong.gz").write_bytes(packed[:20] + b"\xff" * 20 + packed[40:])
    for name in ("cut.gz", "wrong.gz"):
        with pytest.raises(CorpusError, match="damaged gz file"):
            encode(find_corpus(home, [str(tmp_path / name)]), home)


def test_gz_files_of_the_library_have_their_texts_name(home: Home) -> None:
    home.corpora.mkdir(parents=True)
    (home.corpora / "poems.txt.gz").write_bytes(gzip.compress(b"a"))
    assert "poems" in [entry.name for entry in list_corpora(home)]


def test_standard_input_waits_in_a_file_until_it_is_read(home: Home) -> None:
    with taken_in(home, ["hello", "-"], io.BytesIO(b"piped")) as names:
        assert joined(home, *names) == ["hello: hello", "stdin.txt: piped"]
    assert not list(home.cache.glob("stdin/*/*"))
    with pytest.raises(CorpusError, match="Standard input is empty"), taken_in(home, ["-"], io.BytesIO()):
        pass
    with pytest.raises(CorpusError, match="read once"), taken_in(home, ["-", "-"], io.BytesIO()):
        pass
