"""Encoding a text that is long."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from benchmarks.child import peak_memory
from tui_textgen.corpus.encoded import encode, open_encoded, read_back
from tui_textgen.corpus.library import find_corpus
from tui_textgen.paths import HOME_VARIABLE, Home


def make_text(ids: str, path: str, size: int) -> dict[str, float]:
    """An ASCII text of about ``size`` bytes: an encoded text again and again, without what is not ASCII in it."""
    once = "".join(read_back(open_encoded(Path(ids)))).encode("ascii", "ignore")
    with Path(path).open("wb") as file:
        for _ in range(-(-size // len(once))):
            file.write(once)
    return {}


def encode_ours(path: str, folder: str) -> dict[str, float]:
    """``mb_per_second`` from a text that was never seen to one that can be learned, and ``memory`` at most, MiB."""
    home = Home.locate({HOME_VARIABLE: folder})
    start = time.perf_counter()
    encode(find_corpus(home, [path]), home)
    seconds = time.perf_counter() - start
    size = Path(path).stat().st_size
    return {"mb_per_second": size / 1e6 / seconds, "seconds": seconds, "memory": peak_memory()}


def encode_notebook(path: str) -> dict[str, float]:
    """The same the notebook's way, in memory: a set, a dictionary and an array of every character's number."""
    start = time.perf_counter()
    text = Path(path).read_text("utf-8")
    numbers = {character: index for index, character in enumerate(tuple(set(text)))}
    ids = np.array([numbers[character] for character in text])
    seconds = time.perf_counter() - start
    size = Path(path).stat().st_size
    assert ids.size
    return {"mb_per_second": size / 1e6 / seconds, "seconds": seconds, "memory": peak_memory()}
