from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tui_textgen.corpus import embedded
from tui_textgen.corpus.embedded import EMBEDDED
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home

REFERENCE, STDLIB = EMBEDDED


def test_the_reference_is_prose_sorted_by_topic(home: Home) -> None:
    text = REFERENCE.materialise(home).read_text("utf-8")
    assert 300_000 < len(text) < 1_000_000
    assert text.startswith('The "assert" statement\n**********************\n')
    assert text.index('The "assert" statement') < text.index('The "break" statement') < text.index('The "yield"')
    assert 60 < len(set(text)) < 200


def test_the_library_is_all_of_it_and_only_that(home: Home) -> None:
    text = STDLIB.materialise(home).read_text("utf-8")
    assert 8_000_000 < len(text) < 20_000_000
    import argparse  # two of its modules, in order of their paths

    first, second = (Path(module.__file__ or "").read_text("utf-8").strip() for module in (argparse, importlib.util))
    assert first in text
    assert second in text
    assert text.index(first) < text.index(second)


def test_tests_packages_and_undecodable_files_are_left_out(home: Home, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    root = tmp_path / "lib"
    for name, data in {
        "zlast.py": b"last\n",
        "a/first.py": b"first\n",
        "a/test/no.py": b"no\n",
        "site-packages/no.py": b"no\n",
        "latin.py": b"\xe9",
        "empty.py": b"\n",
        "os.py": b"os\n\n\n\n",
        "data.txt": b"no\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.setattr(embedded, "_library_root", lambda: root)
    assert STDLIB.materialise(home).read_text() == "first\n\n\nos\n\n\nlast\n\n\n"


def test_it_is_gathered_once(home: Home) -> None:
    first = REFERENCE.materialise(home)
    before = first.stat()
    assert REFERENCE.materialise(home) == first
    assert first.stat() == before
    assert first.parent == home.embedded


def test_a_python_without_its_reference_says_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    assert not REFERENCE.available()
    with pytest.raises(CorpusError, match="choose python-stdlib"):
        REFERENCE.materialise(home)
    assert not home.embedded.exists()
