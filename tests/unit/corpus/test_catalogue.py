"""The catalogue: two classics, and what the user adds to it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_textgen.corpus.catalogue import OWN, CatalogueText, catalogue, find
from tui_textgen.corpus.library import describe, list_corpora
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home
from tui_textgen.visible import visible_line

SHA256 = "0123456789abcdef" * 4
WAR = {"name": "war-and-peace", "url": "https://example.org/war.zip", "sha256": SHA256}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, tmp_path / "cache", tmp_path / "config")


def write(home: Home, *entries: Mapping[str, object]) -> None:
    tables = [
        "[[text]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items()) for entry in entries
    ]
    home.catalogue.write_text("\n".join(tables))


def test_two_classics_are_there_from_the_start(home: Home) -> None:
    assert catalogue(home).complaints == ()
    assert [(text.name, text.bytes) for text in OWN] == [("anna-karenina", 2_025_486), ("tiny-shakespeare", 1_115_394)]
    for text in OWN:
        assert catalogue(home).texts[text.name] == text
        assert text.url.startswith("https://raw.githubusercontent.com/")
        assert text.licence == "public domain"


def test_the_users_entries_join_them(home: Home) -> None:
    write(home, WAR, {**WAR, "name": "peace", "title": "Peace", "licence": "free", "member": "2.txt"})
    found = catalogue(home)
    assert found.complaints == ()
    assert list(found.texts)[2:] == ["war-and-peace", "peace"]
    url = WAR["url"]
    assert found.texts["war-and-peace"] == CatalogueText("war-and-peace", url, SHA256, "war-and-peace")
    assert found.texts["peace"] == CatalogueText("peace", url, SHA256, "Peace", "free", "2.txt")


def test_an_entry_of_our_name_is_a_mirror_of_it(home: Home) -> None:
    write(home, {**WAR, "name": "anna-karenina", "sha256": SHA256.upper()})
    assert find(home, "anna-karenina").url == WAR["url"]
    assert find(home, "anna-karenina").sha256 == SHA256


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "a name is made of"),
        ({"name": "../war"}, "a name is made of"),
        ({"name": "hello"}, "there is a text of that name already"),
        ({"name": "python-stdlib"}, "there is a text of that name already"),
        ({"name": "good"}, "there is a text of that name already"),
        ({"name": 7}, "its name is no text"),
        ({"url": "file:///etc/passwd"}, "its url is not one that begins with https://"),
        ({"url": "https://"}, "its url is not one"),
        ({"url": "https://host:port/"}, "its url is not one"),
        ({"url": "https://[/"}, "its url is not one"),
        ({"sha256": SHA256[:-1]}, "its sha256 is not 64"),
        ({"sha": SHA256}, "‘sha’ is unknown"),
        ({"member": ["a"]}, "its member is no text"),
    ],
)
def test_a_bad_entry_is_told_of_and_the_good_ones_stay(home: Home, changes: dict[str, object], told: str) -> None:
    write(home, {**WAR, "name": "good"}, {**WAR, **changes}, {**WAR, "name": "good-too"})
    found = catalogue(home)
    assert list(found.texts)[2:] == ["good", "good-too"]
    (complaint,) = found.complaints
    assert complaint.startswith(f"‘{home.catalogue}’, entry 2")
    assert told in complaint
    assert complaint.count("\n") == 0


@pytest.mark.parametrize("missing", ["name", "url", "sha256"])
def test_what_an_entry_lacks_is_named(home: Home, missing: str) -> None:
    write(home, {key: value for key, value in WAR.items() if key != missing})
    (complaint,) = catalogue(home).complaints
    assert complaint.endswith(f"its {missing} is missing; add it.")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[[text]", "is no TOML"),
        (b"\xff", "is no TOML"),
        (b"text = 1", "entry 1: it is no table"),
        (b"[[texts]]\n", "‘texts’ is unknown here"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_ours(home: Home, content: bytes, told: str) -> None:
    home.catalogue.write_bytes(content)
    (complaint,) = catalogue(home).complaints
    assert told in complaint
    assert str(home.catalogue) in complaint
    assert len(catalogue(home).texts) == len(OWN)


def test_what_is_no_file_is_not_waited_for(home: Home) -> None:
    os.mkfifo(home.catalogue)
    (complaint,) = catalogue(home).complaints
    assert complaint.startswith(f"‘{home.catalogue}’ is no file")


def test_a_name_that_is_not_in_it_is_told_with_those_that_are(home: Home) -> None:
    with pytest.raises(CorpusError, match="no text ‘war’, only anna-karenina, tiny-shakespeare; add it to"):
        find(home, "war")
    write(home, {**WAR, "sha256": ""})
    with pytest.raises(CorpusError, match="its sha256 is not 64"):
        find(home, "war-and-peace")


def test_a_file_of_that_name_in_the_folder_is_the_text(home: Home) -> None:
    """Where there is no network, people are told to put it there themselves."""
    home.corpora.mkdir()
    (home.corpora / "anna-karenina.txt").write_text("Happy families")
    (entry,) = [entry for entry in list_corpora(home) if entry.name.startswith("anna-karenina")]
    assert (entry.source, entry.available, entry.gettable) == ("catalogue", True, False)
    assert describe(home, "anna-karenina").preview == "Happy families"


TEXTS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20)  # as JSON, that is TOML
VALUES = TEXTS | st.integers() | st.booleans() | st.lists(TEXTS, max_size=2)
KEYS = st.sampled_from(["name", "url", "sha256", "title", "licence", "member", "size"])


@settings(max_examples=30)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=7).map(lambda change: {**WAR, **change}), max_size=4))
def test_whatever_stands_there_every_entry_is_a_text_or_told_of(
    tmp_path_factory: pytest.TempPathFactory, entries: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder, folder / "cache", folder / "config")
    write(home, *entries)
    found = catalogue(home)
    assert len(found.texts.keys() - {text.name for text in OWN}) + len(found.complaints) == len(entries)
    for text in found.texts.values():
        assert text.file(home).parent == home.corpora
    for complaint in found.complaints:
        assert complaint == visible_line(complaint)


PIECES = st.sampled_from(
    ["[[text]]", "[text]", "\n", "name = ", "url", " = ", '"', "'''", "9" * 5000, "1e999", "[" * 3000, "{", "\\ud800",
     "1979-99-99", "\x1b", "\u202e", "\0", "text = 7"]
)  # fmt: skip


@settings(max_examples=60)
@given(st.binary(max_size=40) | st.lists(PIECES, max_size=8).map(lambda pieces: "".join(pieces).encode()))
@example(b"number = " + b"9" * 5000)
def test_whatever_the_file_holds_ours_stay_and_a_sentence_is_harmless(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """A number of 5,000 digits once ended in a traceback, in every list of texts."""
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder, folder / "cache", folder / "config")
    home.catalogue.write_bytes(content)
    found = catalogue(home)
    assert {text.name for text in OWN} <= found.texts.keys()
    assert all(complaint == visible_line(complaint) for complaint in found.complaints)


def test_a_name_too_long_for_a_file_is_told_of(home: Home) -> None:
    """Eighty letters of four bytes each: no file can be called that, and looking for it ended in a traceback."""
    home.corpora.mkdir()
    write(home, WAR)
    home.catalogue.write_text(home.catalogue.read_text().replace("war-and-peace", "\U00020000" * 80))
    assert "choose a shorter one" in catalogue(home).complaints[0]
    assert {text.name for text in OWN} <= {entry.name for entry in list_corpora(home)}
