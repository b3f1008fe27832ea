"""Models in and out by the command line, with one real writer for all tests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import TEXT, TrainedRun
from tui_textgen.cli.main import run
from tui_textgen.models.card import read_card
from tui_textgen.paths import HOME_VARIABLE
from tui_textgen.workers import writer_client
from tui_textgen.workers.writer_client import WriterClient

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def writer() -> Iterator[WriterClient]:
    with WriterClient() as client:
        yield client


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def fox(trained: TrainedRun) -> Path:
    """A trained model."""
    return trained.command.home.runs / trained.name / "checkpoints" / "best.safetensors"


@pytest.fixture
def call(writer: WriterClient, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """One command line in this process: its exit status, what it printed and what it said."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.setattr(writer_client, "WriterClient", lambda: nullcontext(writer))

    def call(*words: str | Path) -> tuple[int, str, str]:
        status = run([str(word) for word in words], lambda _run, _mouse: 1)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


def score(call: Call, model: str | Path, text: Path) -> Any:
    status, out, err = call("score", model, text, "--json")
    assert status == 0, err
    return json.loads(out)["nats_per_char"]


def test_a_text_from_standard_input_is_scored_like_a_file(
    call: Call, trained: TrainedRun, fox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """train took - for it, and score looked for a file of that name."""
    whole = score(call, fox, trained.text)
    with trained.text.open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert score(call, fox, Path("-")) == whole


def test_a_model_goes_to_the_notebook_and_comes_back_with_the_same_loss(
    call: Call, trained: TrainedRun, fox: Path, tmp_path: Path
) -> None:
    net = tmp_path / "fox.net"
    assert call("models", "export", fox, net)[:2] == (0, f"{net}\n")
    status, out, err = call("models", "import", net, "--name", "came-back")
    assert (status, out) == (0, "came-back\n")
    assert "textgen-tui generate came-back" in err
    assert score(call, "came-back", trained.text) == score(call, fox, trained.text)
    assert "came-back" in [model["name"] for model in json.loads(call("models", "--json")[1])]
    status, _, err = call("models", "import", net, "--name", "came-back")
    assert (status, "another name: --name" in err) == (2, True)


def test_a_model_in_half_precision_is_half_as_large_and_still_a_model(
    call: Call, trained: TrainedRun, fox: Path, tmp_path: Path
) -> None:
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    assert call("models", "export", fox, whole)[0] == call("models", "export", fox, half, "--half")[0] == 0
    card = read_card(half)
    assert (card.weights, read_card(whole).weights) == ("fp16", "fp32")
    assert card == read_card(whole).__class__(**{**vars(read_card(whole)), "path": half})
    assert half.stat().st_size < 0.6 * whole.stat().st_size + 2000
    assert score(call, half, trained.text) == pytest.approx(score(call, whole, trained.text), abs=0.01)
    status, passage, _ = call("generate", half, "--prime", "the", "--length", "20")
    assert (status, len(passage)) == (0, 24)


def test_what_cannot_be_exported_is_refused_before_anything_is_written(call: Call, fox: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.net"
    there.write_text("mine")
    for file, words, says in (
        (there, (), "is there already"),
        (tmp_path / "fox.onnx", (), ".net or .safetensors"),
        (tmp_path / "fox.net", ("--half",), "--half is for .safetensors"),
    ):
        status, out, err = call("models", "export", fox, file, *words)
        assert (status, out) == (2, "")
        assert says in err
    assert there.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [there]


def test_what_is_no_model_is_not_imported(call: Call, trained: TrainedRun, home: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.net").write_bytes(b"PK\x03\x04" + bytes(100))
    for file in (tmp_path / "bad.net", tmp_path / "missing.net", tmp_path, trained.text):
        status, out, err = call("models", "import", file, "--name", "bad")
        assert (status, out) == (2, "")
        assert err.startswith("textgen-tui: ")
        assert err.count("\n") == 1
    assert not (home / "models" / "bad.safetensors").exists()
    status, _, err = call("generate", tmp_path / "bad.net")
    assert (status, "textgen-tui models import" in err) == (2, True)


def test_a_card_is_shown_in_full(call: Call, fox: Path) -> None:
    card = json.loads(call("models", "show", fox, "--json")[1])
    assert card["bits_per_char"] == pytest.approx(card["val_loss"] / math.log(2))
    assert (card["weights"], card["distinct"], card["training"]["batch_size"]) == ("fp32", len(set(TEXT)), 8)
    words = call("models", "show", fox)[1]
    for told in (
        f"{card['parameters']:,}",
        f"{card['val_loss']:.4f}",
        card["corpus_sha256"],
        "⏎ ␣ ! .",
        "Learning rate",
    ):
        assert told in words
