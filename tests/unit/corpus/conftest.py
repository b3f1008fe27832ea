"""A home of its own for every test, and texts in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tui_textgen.corpus.source import CorpusSource, Part
from tui_textgen.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., CorpusSource]:
    """Makes a source of one file per text."""

    def make(*texts: str | bytes, encoding: str = "utf-8", name: str = "text") -> CorpusSource:
        parts = []
        for index, text in enumerate(texts):
            path = tmp_path / f"{name}-{index}.txt"
            path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding, "surrogatepass"))
            parts.append(Part(path, encoding))
        return CorpusSource(name, tuple(parts))

    return make
