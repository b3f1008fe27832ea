"""Descriptions of texts that somebody or something has been at."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tui_textgen.corpus.encoded import encode, open_encoded
from tui_textgen.corpus.source import CorpusSource
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home


@pytest.mark.parametrize("key", ["characters", "rare", "vocabulary", "sha256"])
def test_a_description_of_other_types_is_damaged(home: Home, source: Callable[..., CorpusSource], key: str) -> None:
    """A text of ∞ characters, and a description nested too deeply, once ended in a traceback."""
    text = encode(source("hello"), home)
    path = text.path.with_suffix(".json")
    facts = json.loads(path.read_bytes())
    odds: tuple[object, ...] = (float("inf"), [], {}, None) if key != "rare" else (float("inf"), [], None)
    for content in (*(json.dumps({**facts, key: odd}) for odd in odds), "[" * 100_000, ""):
        path.write_text(content)
        with pytest.raises(CorpusError, match="damaged"):
            open_encoded(text.path)


def test_damaged_surveys_are_taken_anew(home: Home, source: Callable[..., CorpusSource]) -> None:
    given = source("hello")
    text = encode(given, home)
    (record,) = (home.encoded / "surveys").glob("*.json")
    whole = json.loads(record.read_bytes())
    for content in (json.dumps({**whole, "characters": float("inf")}), "[" * 100_000):
        record.write_text(content)
        assert encode(given, home) == text
