from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_textgen.corpus.encoded import encode, read_back
from tui_textgen.corpus.entry import CorpusEntry
from tui_textgen.corpus.library import describe, find_corpus, list_corpora
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home


@pytest.fixture
def mine(home: Home) -> Callable[[str, str], Path]:
    """Puts a text into the user's library."""

    def put(name: str, text: str) -> Path:
        home.corpora.mkdir(parents=True, exist_ok=True)
        path = home.corpora / name
        path.write_text(text, "utf-8")
        return path

    return put


def listed(home: Home) -> dict[str, CorpusEntry]:
    return {entry.name: entry for entry in list_corpora(home)}


def text_of(home: Home, *names: str, encoding: str = "utf-8") -> str:
    return "".join(read_back(encode(find_corpus(home, names, encoding), home)))


class TestListing:
    def test_a_fresh_home_has_what_ships_and_what_python_carries(self, home: Home) -> None:
        entries = listed(home)
        assert {"hello", "python-reference", "python-stdlib"} <= set(entries)
        assert entries["hello"].title == 'The worked example "hello"'
        assert entries["hello"].settings == {"val_frac": 0.0, "epochs": 200, "n_hidden": 64}
        assert entries["python-reference"].source == "embedded"
        assert {name for name, entry in entries.items() if not entry.available} == {"anna-karenina", "tiny-shakespeare"}
        assert not home.data.exists()
        assert not home.cache.exists()

    def test_the_users_texts_come_with_size(self, home: Home, mine: Callable[[str, str], Path]) -> None:
        path = mine("poems.txt", "é\n")
        assert listed(home)["poems"] == CorpusEntry("poems", "poems.txt", "yours", path, 3, None, None, True)

    def test_only_texts_are_listed(self, home: Home, mine: Callable[[str, str], Path]) -> None:
        mine("poems.txt", "a")
        mine(".hidden.txt", "a")
        mine("notes.md", "a")
        (home.corpora / "folder.txt").mkdir()
        os.mkfifo(home.corpora / "pipe.txt")
        (home.corpora / "gone.txt").symlink_to("nowhere")
        assert [entry.name for entry in list_corpora(home) if entry.source == "yours"] == ["poems"]

    def test_a_name_that_is_taken_gives_way_to_the_file_name(
        self, home: Home, mine: Callable[[str, str], Path]
    ) -> None:
        mine("hello.txt", "my own")
        assert listed(home)["hello"].source == "shipped"
        assert listed(home)["hello.txt"].source == "yours"
        assert text_of(home, "hello") == "hello"
        assert text_of(home, "hello.txt") == "my own"

    def test_a_text_and_a_packed_one_of_the_same_name_are_both_there(
        self, home: Home, mine: Callable[[str, str], Path]
    ) -> None:
        """Both were listed by one name, which stood for the second."""
        mine("poems.txt", "plain")
        (home.corpora / "poems.txt.gz").write_bytes(gzip.compress(b"packed"))
        assert [entry.name for entry in list_corpora(home) if entry.source == "yours"] == ["poems", "poems.txt.gz"]
        assert (text_of(home, "poems"), text_of(home, "poems.txt.gz")) == ("plain", "packed")

    def test_a_folder_that_is_closed_is_a_sentence(
        self, home: Home, mine: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The app looked for texts without an end."""
        mine("poems.txt", "a")

        def closed(self: Path) -> bool:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "is_file", closed)
        with pytest.raises(CorpusError, match=r"cannot be looked at \(Permission denied\); change the permissions"):
            list_corpora(home)

    def test_a_text_that_is_removed_while_the_list_is_made_ends_nothing(
        self, home: Home, mine: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, is_file = mine("poems.txt", "a"), Path.is_file

        def seen_for_the_last_time(self: Path) -> bool:
            there = is_file(self)
            if self == path:
                self.unlink(missing_ok=True)
            return there

        monkeypatch.setattr(Path, "is_file", seen_for_the_last_time)
        assert not listed(home)["poems"].available

    def test_counts_are_known_once_a_text_was_read(self, home: Home, mine: Callable[[str, str], Path]) -> None:
        mine("poems.txt", "ab\r\na")
        describe(home, "poems")
        assert (listed(home)["poems"].characters, listed(home)["poems"].distinct) == (4, 3)
        mine("poems.txt", "abc")
        assert (listed(home)["poems"].characters, listed(home)["poems"].distinct) == (None, None)

    def test_no_text_is_read_for_it(
        self, home: Home, mine: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine("poems.txt", "abc")
        monkeypatch.setattr(CorpusSource, "read", None)
        assert "poems" in listed(home)

    def test_a_python_without_its_reference_lists_it_as_missing(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
        assert not listed(home)["python-reference"].available

    @pytest.mark.parametrize("name", ["a\x1b[2J.txt", "[bold].txt", "two\nlines.txt", "\u202eevil.txt"])
    def test_hostile_names_are_listed_and_found(self, home: Home, mine: Callable[[str, str], Path], name: str) -> None:
        mine(name, "text")
        assert text_of(home, listed(home)[name.removesuffix(".txt")].name) == "text"

    def test_a_name_that_is_no_unicode_is_listed_and_found(self, home: Home) -> None:
        home.corpora.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(home.corpora) + b"/caf\xe9.txt")).write_text("text")
        assert text_of(home, "caf\udce9") == "text"


class TestFinding:
    def test_a_path_serves(self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "book.txt").write_text("once")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("book.txt", "./book.txt", str(tmp_path / "book.txt"), "~/book.txt"):
            assert text_of(home, name) == "once"
        assert find_corpus(home, ["book.txt"]).name == "book"

    def test_the_library_goes_before_a_path(self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "hello").write_text("a file")
        monkeypatch.chdir(tmp_path)
        assert text_of(home, "hello") == "hello"
        assert text_of(home, "./hello") == "a file"

    def test_several_are_joined(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("one")
        path = str(tmp_path / "a.txt")
        source = find_corpus(home, ["hello", path, path])
        assert source.name == "hello + a + a"
        assert source.settings == {}
        assert text_of(home, "hello", path, path) == (
            "==> hello <==\n\nhello\n\n==> a.txt <==\n\none\n\n==> a.txt <==\n\none"
        )
        assert find_corpus(home, [path] * 5).name == "a + 4 more"

    def test_settings_come_with_a_text_that_has_some(self, home: Home) -> None:
        assert find_corpus(home, ["hello"]).settings == {"val_frac": 0.0, "epochs": 200, "n_hidden": 64}

    def test_the_encoding_is_that_of_the_users_files_alone(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("é".encode("utf-16"))
        assert text_of(home, "hello", str(tmp_path / "a.txt"), encoding="utf-16") == (
            "==> hello <==\n\nhello\n\n==> a.txt <==\n\né"
        )

    @pytest.mark.parametrize("name", ["no-such-text", "/nowhere/a.txt", "~nobody-at-all/x", "a\0b", "x" * 9999, ""])
    def test_a_missing_one_says_where_to_look(self, home: Home, name: str) -> None:
        with pytest.raises(CorpusError, match="'textgen-tui corpora' lists"):
            find_corpus(home, [name])

    def test_none_at_all_is_refused(self, home: Home) -> None:
        with pytest.raises(CorpusError, match="Name a text"):
            find_corpus(home, [])

    def test_a_folder_without_a_text_is_refused_before_anything_is_read(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "picture").write_bytes(b"\x89PNG\0\0")
        (tmp_path / ".hidden").write_text("x")
        with pytest.raises(CorpusError, match=r"no text in .*1 hidden \(.hidden\), 1 binary \(picture\)"):
            find_corpus(home, ["hello", str(tmp_path)])

    def test_an_unknown_encoding_is_refused_before_anything_is_read(self, home: Home) -> None:
        with pytest.raises(CorpusError, match="no text encoding"):
            find_corpus(home, ["hello"], "klingon")


class TestDescription:
    def test_it_counts_and_begins(self, home: Home) -> None:
        found = describe(home, "hello")
        assert (found.entry.characters, found.entry.distinct, found.preview) == (5, 4, "hello")

    def test_an_embedded_text_is_gathered_for_it(self, home: Home) -> None:
        found = describe(home, "python-reference")
        assert found.entry.path is not None
        assert found.entry.bytes == found.entry.path.stat().st_size
        assert len(found.preview) == 500
        assert list(home.encoded.glob("*.ids")) == []
