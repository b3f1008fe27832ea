"""The library on a real disk, read by real processes."""

from __future__ import annotations

import threading
from pathlib import Path

from tui_textgen.config import training_config
from tui_textgen.errors import TextgenError
from tui_textgen.paths import Home
from tui_textgen.tui.live import LiveCorpora


def test_looking_at_another_text_does_not_end_the_encoding_that_a_run_waits_for(tmp_path: Path) -> None:
    """The cursor in the library cancelled the reader, which a starting run shared: the run was refused."""
    home = Home(tmp_path, tmp_path / "cache", tmp_path / "config")
    home.corpora.mkdir()
    (home.corpora / "long.txt").write_text("It was the best of times. " * 200_000)
    corpora = LiveCorpora(home)
    done = threading.Event()
    failed: list[TextgenError] = []

    def encode() -> None:
        try:
            corpora.encode(["long"], training_config("quick", {}), lambda share: None)
        except TextgenError as error:
            failed.append(error)
        done.set()

    try:
        assert corpora.describe("hello").entry.distinct == 4
        threading.Thread(target=encode).start()
        while not done.wait(0.01):
            corpora.cancel()
        assert not failed
    finally:
        corpora.close()
