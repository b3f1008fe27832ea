"""Whatever is wrong with what the user gave: one sentence on standard error, status 2, and nothing is left behind."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.integration.conftest import TEXT, CommandLine, TrainedRun


def refused(command: CommandLine, *words: str | Path, says: str) -> None:
    """The call is refused in one line that has ``says`` in it."""
    result = command(*words)
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert result.stderr.startswith("textgen-tui: ")
    assert result.stderr.count("\n") == 1, result.stderr
    assert says in result.stderr


def train_refused(command: CommandLine, *words: str | Path, says: str) -> None:
    refused(command, "train", *words, says=says)
    assert json.loads(command.done("runs", "--json")) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "--encoding"),
        ("näh".encode("latin-1"), "--encoding"),
        ("größer".encode("utf-16"), "utf-16"),
        (b"aaaaaaaa", "distinct"),
        (b"ab", "--val-frac 0"),
    ],
)
def test_a_text_that_cannot_be_learned_from(command: CommandLine, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    train_refused(command, path, says=says)


def test_a_text_that_is_no_file(command: CommandLine, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    train_refused(command, tmp_path / "missing.txt", says="textgen-tui corpora")
    train_refused(command, tmp_path, says="folder")
    train_refused(command, fifo, says="fifo")
    train_refused(command, "/dev/zero", says="/dev/zero")


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable to root")
def test_a_text_that_may_not_be_read(command: CommandLine, corpus: Path) -> None:
    corpus.chmod(0)
    train_refused(command, corpus, says="fox.txt")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--n-hidden", "0"), "n_hidden must be a whole number from 1 to 8,192"),
        (("--n-hidden", "many"), "n_hidden must be a whole number"),
        (("--lr", "-1"), "lr must be a number above 0"),
        (("--lr", "nan"), "lr must be a number"),
        (("--drop-prob", "1"), "drop_prob must be a number from 0, below 1"),
        (("--val-frac", "1.5"), "val_frac"),
        (("--device", "tpu"), "device"),
        (("--model", "transformer"), "'lstm', 'gru', 'rnn'"),
        (("--preset", "enormous"), "'quick'"),
        (("--encoding", "utf-99"), "utf-99"),
        (("--name", "../up"), "name"),
        (("--epochs", "1e99"), "epochs"),
    ],
)
def test_a_setting_out_of_bounds(command: CommandLine, corpus: Path, words: tuple[str, ...], says: str) -> None:
    train_refused(command, corpus, *words, says=says)


def test_a_name_that_is_taken(finished: CommandLine, corpus: Path) -> None:
    refused(finished, "train", corpus, "--name", "fox", says="'fox'")
    assert finished.show("fox")["state"] == "finished"


@pytest.mark.parametrize(
    "words",
    [("stop",), ("pause",), ("continue",), ("resume",), ("runs", "show"), ("runs", "delete"), ("runs", "metrics")],
)
def test_a_run_that_does_not_exist(command: CommandLine, words: tuple[str, ...]) -> None:
    refused(command, *words, "nobody", says="no run 'nobody'")
    refused(command, *words, "../nobody", says="name")


@pytest.mark.parametrize(
    "words", [("generate", "{model}"), ("score", "{model}", "{text}"), ("models", "show", "{model}")]
)
@pytest.mark.parametrize("damage", ["truncated", "foreign", "text", "pickle", "empty", "folder", "missing"])
def test_a_model_file_that_is_none(
    command: CommandLine, trained: TrainedRun, tmp_path: Path, words: tuple[str, ...], damage: str
) -> None:
    whole = (trained.command.home.runs / trained.name / "checkpoints" / "best.safetensors").read_bytes()
    header = b'{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    model = tmp_path / "model.safetensors"
    contents = {
        "truncated": whole[: len(whole) // 2],
        "foreign": len(header).to_bytes(8, "little") + header + bytes(4),
        "text": b"just some words",
        "pickle": b"PK\x03\x04" + bytes(100),
        "empty": b"",
    }
    if damage == "folder":
        model.mkdir()
    elif damage != "missing":
        model.write_bytes(contents[damage])
    refused(command, *(word.format(model=model, text=trained.text) for word in words), says="model")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--length", "0"), "length must be a whole number from 1"),
        (("--temperature", "hot"), "temperature must be a number"),
        (("--top-k", "0"), "top_k"),
        (("--top-p", "0"), "top_p"),
        (("--seed", "-1"), "seed"),
    ],
)
def test_a_way_of_writing_out_of_bounds(trained: TrainedRun, words: tuple[str, ...], says: str) -> None:
    refused(trained.command, "generate", trained.name, *words, says=says)


def test_a_text_that_cannot_be_scored(trained: TrainedRun, tmp_path: Path) -> None:
    path = tmp_path / "score.txt"
    for content, says in (("", "empty"), ("a", "at least 2"), (TEXT + "☃", "☃")):
        path.write_text(content)
        refused(trained.command, "score", trained.name, path, says=says)
    refused(trained.command, "score", trained.name, tmp_path / "missing.txt", says="missing.txt")
