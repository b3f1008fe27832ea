"""Small texts, sessions and models for these tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tui_textgen.config import ModelConfig, SamplingConfig, TrainingConfig, build
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.packing import item_for, packer
from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.models.card import ModelCard
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.events import TrainingEvent
from tui_textgen.network.session import TrainingSession
from tui_textgen.network.training import train
from tui_textgen.plan import plan_run
from tui_textgen.runs.commands import Command
from tui_textgen.runs.folder import RunFolder

PANGRAMS = "the quick brown fox jumps over the lazy dog. pack my box with five dozen liquor jugs.\n" * 12

KINDS = ("lstm", "gru", "rnn")


def encoded(folder: Path, text: str) -> EncodedText:
    """``text`` as an encoded text in ``folder``."""
    vocabulary = Vocabulary.of(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = folder / f"{digest[:8]}.ids"
    path.write_bytes(packer(vocabulary)(text))
    return EncodedText(path, item_for(len(vocabulary)), len(text), vocabulary, digest, "a test", text[:500])


def settings(**values: Any) -> TrainingConfig:
    """A run of a second or two, unless told otherwise."""
    small = {"n_hidden": 16, "batch_size": 4, "seq_length": 12, "epochs": 2, "warmup_steps": 0, "sample_every": 0,
             "sample_length": 20, "precision": "fp32", "device": "cpu", "val_every": 5}  # fmt: skip
    return build(TrainingConfig, {**small, **values})


def session(folder: Path, text: str = PANGRAMS, **values: Any) -> TrainingSession:
    """A session over ``text`` at step 0."""
    config, source = settings(**values), encoded(folder, text)
    return TrainingSession.begin(config, source, plan_run(config, source.characters, len(source.vocabulary)))


def resumed(earlier: TrainingSession, folder: RunFolder) -> TrainingSession:
    """What a new process makes of the checkpoint of ``earlier``."""
    return TrainingSession.resume(earlier.config, earlier.text, earlier.plan, folder)


def run_folder(folder: Path) -> RunFolder:
    made = RunFolder(folder / "run")
    made.checkpoints.mkdir(parents=True, exist_ok=True)
    return made


class Ticks:
    """A clock that moves by itself at every look, and by what is slept."""

    def __init__(self, step: float = 0.03) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Script:
    """Commands to give: ``calls[i]`` at the i-th look."""

    def __init__(self, *calls: Sequence[Command]) -> None:
        self._calls = list(calls)

    def __call__(self) -> Sequence[Command]:
        return self._calls.pop(0) if self._calls else ()


def events(training: TrainingSession, *calls: Sequence[Command], clock: Ticks | None = None) -> list[TrainingEvent]:
    """Everything that a training tells."""
    ticks = clock or Ticks()
    return list(train(training, Script(*calls), ticks, ticks.sleep))


def model(kind: str = "lstm", text: str = "hello world\n", **shape: Any) -> LoadedModel:
    """An untrained model with weights large enough to have opinions."""
    config = build(ModelConfig, {"model": kind, "n_hidden": 12, "n_layers": 2, **shape})
    vocabulary = Vocabulary.of(text)
    network = CharRNN.initialised(config, len(vocabulary), seed=3)
    for parameter in network.parameters():
        parameter.data *= 3
    card = ModelCard(shape=config, vocabulary=vocabulary.characters, training=None, corpus=None, corpus_sha256=None,
                     step=None, epoch=None, val_loss=None, package_version="0", first_character=text[0])  # fmt: skip
    return LoadedModel(network, card, vocabulary)


def sampling(**values: Any) -> SamplingConfig:
    return build(SamplingConfig, {"temperature": 1.0, **values})
