"""What ``score`` says beside the numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui_textgen.__main__ import main
from tui_textgen.models.score import Score


class Scoring:
    """A writer that predicted 100 characters of whatever it was given."""

    def __enter__(self) -> Scoring:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def load(self, path: Path) -> None:
        assert path.is_file()

    def score(self, *_: Any) -> Score:
        return Score(100, 1000.0)


@pytest.mark.parametrize(("lanes", "said"), [("10", ""), ("11", "The text is short for 11 lanes × 10: it was cut")])
def test_lanes_that_do_not_fit_are_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], lanes: str, said: str
) -> None:
    """The score of other lanes than were asked for was printed without a word."""
    monkeypatch.setattr("tui_textgen.workers.writer_client.WriterClient", Scoring)
    assert main(["score", "hello", __file__, "--lanes", lanes, "--window", "10", "--json"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["perplexity"] is None  # beyond any number
    assert err.startswith(said)
    assert bool(err) is bool(said)
