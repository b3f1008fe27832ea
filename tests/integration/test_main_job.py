"""The main job from the command line: train, look, generate, score."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from pathlib import Path

import pexpect
import pytest

from tests.integration.conftest import TEXT, TINY, CommandLine, TrainedRun

SHOWN = {
    "name", "state", "corpus", "step", "steps", "epoch", "epochs", "train_loss", "val_loss", "best_val_loss",
    "chars_per_second", "parameters", "device", "precision", "seconds", "message", "pid", "resumed_from", "config",
}  # fmt: skip
METRICS = "step,epoch,characters,seconds,train_loss,val_loss,lr,grad_norm,chars_per_second"


def generate(trained: TrainedRun, *words: str | Path) -> str:
    return trained.command.done("generate", trained.name, *words)


def test_training_says_what_happens_and_how_to_go_on(trained: TrainedRun) -> None:
    lines = trained.output.splitlines()
    assert lines[0].split()[:2] == ["starting", "fox"]
    assert any("val loss" in line for line in lines)
    assert lines[-1].startswith("finished fox at step")
    assert "bpc" in lines[-1]


def test_show_tells_what_scripts_are_promised(trained: TrainedRun) -> None:
    shown = trained.command.show(trained.name)
    assert set(shown) == SHOWN
    assert (shown["state"], shown["pid"], shown["message"]) == ("finished", None, None)
    assert shown["step"] == shown["steps"] > 0
    assert shown["epoch"] == shown["epochs"] == 4
    assert shown["best_val_loss"] <= shown["val_loss"] < math.log(len(set(TEXT)))
    assert shown["config"]["n_hidden"] == 16
    assert trained.name in trained.command.done("runs", "show", trained.name)


def test_runs_lists_it(trained: TrainedRun) -> None:
    assert [run["name"] for run in json.loads(trained.command.done("runs", "--json"))] == [trained.name]
    assert trained.name in trained.command.done("runs")


def test_every_step_has_its_row(trained: TrainedRun) -> None:
    shown = trained.command.show(trained.name)
    table = trained.command.done("runs", "metrics", trained.name)
    assert table.splitlines()[0] == METRICS
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [int(row["step"]) for row in rows] == list(range(1, shown["steps"] + 1))
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])
    assert float(rows[-1]["val_loss"]) == pytest.approx(shown["val_loss"])
    assert [row["step"] for row in trained.command.metrics(trained.name)] == [int(row["step"]) for row in rows]


def test_a_passage_is_the_prime_and_exactly_so_many_characters(trained: TrainedRun) -> None:
    text = generate(trained, "--prime", "the quick", "--length", "50", "--seed", "7")
    assert text.startswith("the quick")
    assert text.endswith("\n")
    assert len(text) == len("the quick") + 50 + 1
    assert text == generate(trained, "--prime", "the quick", "--length", "50", "--seed", "7")
    assert text != generate(trained, "--prime", "the quick", "--length", "50", "--seed", "8")
    assert len(generate(trained, "--length", "20")) == 21


def test_unknown_characters_of_the_prime_are_named(trained: TrainedRun) -> None:
    result = trained.command("generate", trained.name, "--prime", "the☃ fox", "--length", "5")
    assert (result.returncode, len(result.stdout)) == (0, len("the fox") + 5 + 1)
    assert result.stdout.startswith("the fox")
    assert "☃" in result.stderr
    refused = trained.command("generate", trained.name, "--prime", "the☃ fox", "--length", "5", "--strict")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "☃" in refused.stderr


def test_a_model_is_found_by_path_too(trained: TrainedRun) -> None:
    path = trained.command.home.runs / trained.name / "checkpoints" / "best.safetensors"
    words = ("--length", "30", "--seed", "1")
    assert trained.command.done("generate", path, *words) == generate(trained, *words)


def test_the_score_of_the_training_text_is_near_its_loss(trained: TrainedRun) -> None:
    score = json.loads(trained.command.done("score", trained.name, trained.text, "--json"))
    assert score["characters"] == len(TEXT) - 1
    assert score["bits_per_char"] == pytest.approx(score["nats_per_char"] / math.log(2))
    assert score["perplexity"] == pytest.approx(math.exp(score["nats_per_char"]))
    assert score["nats_per_char"] == pytest.approx(trained.command.show(trained.name)["val_loss"], abs=0.3)
    batches = json.loads(
        trained.command.done("score", trained.name, trained.text, "--lanes", "4", "--window", "16", "--json")
    )
    assert batches["nats_per_char"] == pytest.approx(score["nats_per_char"], abs=0.2)


def test_a_score_can_be_told_character_by_character(trained: TrainedRun, tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("the \x1bfox\njumps")
    told = trained.command("score", trained.name, path, "--per-character")
    assert told.returncode == 0
    assert "\\x1b" in told.stderr
    header, *rows = (line.split("\t") for line in told.stdout.splitlines())
    assert header == ["character", "probability", "nats", "rank"]
    assert [row[0] for row in rows] == list("the ␛fox⏎jumps")
    assert [place for place, row in enumerate(rows) if row[1:] == ["", "", ""]] == [0, 4]
    path.write_text("the fox\njumps")
    score = json.loads(trained.command.done("score", trained.name, path, "--json"))
    nats = [float(row[2]) for row in rows if row[2]]
    assert math.fsum(nats) / len(nats) == pytest.approx(score["nats_per_char"], abs=1e-3)
    for _, probability, loss, rank in (row for row in rows if row[2]):
        assert -math.log(float(probability)) == pytest.approx(float(loss), abs=1e-3)
        assert int(rank) >= 1


def test_models_lists_the_checkpoints_and_shows_one(trained: TrainedRun) -> None:
    models = json.loads(trained.command.done("models", "--json"))
    ours = [model for model in models if model["name"] == trained.name]
    assert ours
    keys = {"name", "path", "model", "n_hidden", "n_layers", "parameters", "corpus", "val_loss", "step"}
    assert all(set(model) == keys for model in models)
    card = json.loads(trained.command.done("models", "show", trained.name, "--json"))
    assert card["vocabulary"] == "".join(sorted(set(TEXT)))
    assert card["parameters"] == trained.command.show(trained.name)["parameters"]


def test_corpora_lists_what_ships_and_shows_a_path(command: CommandLine, corpus: Path) -> None:
    listed = json.loads(command.done("corpora", "--json"))
    assert {"hello", "python-reference", "python-stdlib"} <= {entry["name"] for entry in listed}
    keys = {"name", "title", "source", "path", "bytes", "characters", "distinct", "available"}
    assert all(set(entry) == keys for entry in listed)
    shown = json.loads(command.done("corpora", "show", corpus, "--json"))
    assert (shown["characters"], shown["distinct"]) == (len(TEXT), len(set(TEXT)))
    assert TEXT[:80] in command.done("corpora", "show", corpus)


def test_corpora_show_tells_losses_to_hold_a_network_against(command: CommandLine, corpus: Path) -> None:
    told = json.loads(command.done("corpora", "show", corpus, "--json"))["baselines"]
    nats = {name: told[name]["nats_per_char"] for name in ("uniform", "unigram", "bigram", "trigram", "xz")}
    assert nats["uniform"] == pytest.approx(math.log(len(set(TEXT))))
    assert nats["uniform"] > nats["unigram"] > nats["bigram"] > nats["trigram"] > 0
    assert all(told[name]["bits_per_char"] == pytest.approx(loss / math.log(2)) for name, loss in nats.items())
    assert (told["characters"], told["whole"]) == (len(TEXT), True)
    words = command.done("corpora", "show", corpus)
    assert all(f"{nats[name]:.4f}" in words and f"{nats[name] / math.log(2):.4f}" in words for name in nats)


def test_corpora_show_tells_what_a_text_is_made_of_and_what_suits_it(command: CommandLine, corpus: Path) -> None:
    told = json.loads(command.done("corpora", "show", corpus, "--json", "--val-frac", "0.2"))
    counts = {each["character"]: each["count"] for each in told["vocabulary"]}
    assert counts == {character: TEXT.count(character) for character in set(TEXT)}
    assert {each["name"] for each in told["vocabulary"] if each["character"] in "\n "} == {"line feed", "space"}
    assert told["lines"]["longest"] == max(map(len, TEXT.splitlines()))
    assert told["split"]["trained"] == int(len(TEXT) * 0.8)
    assert TEXT[: told["split"]["trained"]].endswith(told["split"]["before"])
    assert told["repeats"]["share"] > 0.9
    values = told["advice"]["values"]
    words = command.done("corpora", "show", corpus)
    assert f"--n-hidden {values['n_hidden']} --n-layers {values['n_layers']}" in words
    assert "U+000A" in words


def test_hello_trains_without_a_validation_part(command: CommandLine) -> None:
    command.done("train", "hello", "--n-hidden", "8", "--n-layers", "1", "--epochs", "3", "--name", "hi")
    shown = command.show("hi")
    assert (shown["state"], shown["val_loss"], shown["config"]["val_frac"]) == ("finished", None, 0.0)
    assert len(command.done("generate", "hi", "--prime", "h", "--length", "4")) == 6


def test_detached_training_prints_the_name_alone(command: CommandLine, corpus: Path) -> None:
    result = command("train", corpus, *TINY, "--epochs", "1", "--detach")
    assert result.returncode == 0
    name = result.stdout.strip()
    assert "\n" not in name
    assert name in result.stderr
    assert command.wait_for(name, lambda run: run["state"] == "finished")["step"] > 0


def test_a_finished_run_is_deleted(finished: CommandLine) -> None:
    finished.done("runs", "delete", "fox")
    assert json.loads(finished.done("runs", "--json")) == []


def test_a_closed_pipe_ends_quietly(trained: TrainedRun) -> None:
    read, write = os.pipe()
    process = trained.command.start("generate", trained.name, "--length", "10000000", stdout=write)
    os.close(write)
    assert len(os.read(read, 10)) > 0
    os.close(read)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_hostile_text_is_raw_in_a_pipe_and_harmless_on_a_terminal(command: CommandLine, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.txt"
    hostile.write_text("\x1b[31m[bold][/]\x9b2J" * 100)
    command.done("train", hostile, *TINY, "--epochs", "1", "--name", "hostile")
    words = ["generate", "hostile", "--prime", "\x1b[/", "--length", "20", "--seed", "1"]
    assert command.done(*words).startswith("\x1b[/")
    terminal = command.in_terminal(*words)
    terminal.expect(pexpect.EOF)
    assert terminal.before is not None
    assert terminal.before.startswith("␛[/")
    assert not {"\x1b", "\x9b"} & set(terminal.before)


def test_a_fresh_home_writes_prose_without_a_network(command: CommandLine) -> None:
    words = ("--prime", "This is Geekquad ", "--top-k", "10", "--length", "300", "--seed", "1")
    text = command.done("generate", "anna-karenina", *words)
    assert text.startswith("This is Geekquad ")
    assert len(text) == len("This is Geekquad ") + 300 + 1
    common = {"the", "and", "of", "to", "a", "he", "she", "her", "his", "in", "was", "had", "that", "it", "with", "not"}
    written = text.lower().split()
    assert sum(word in common for word in written) > 0.15 * len(written)
