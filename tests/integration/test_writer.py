"""The writer process: it streams, stops when it is told to, and comes back after it died."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import TrainedRun
from tui_textgen.config import SamplingConfig, build
from tui_textgen.errors import ModelFileError, PrimeError, WorkerError
from tui_textgen.workers.protocol import Finished, Skipped, WriterEvent, Wrote
from tui_textgen.workers.writer_client import WriterClient

ENDLESS = build(SamplingConfig, {"length": 10_000_000, "seed": 1})
SHORT = build(SamplingConfig, {"length": 40, "seed": 1})


@pytest.fixture
def model(trained: TrainedRun) -> Path:
    return trained.command.home.runs / trained.name / "checkpoints" / "best.safetensors"


@pytest.fixture(scope="module")
def shared() -> Iterator[WriterClient]:
    with WriterClient() as client:
        yield client


@pytest.fixture
def writer(shared: WriterClient, model: Path) -> WriterClient:
    shared.load(model)
    return shared


def text_of(events: list[WriterEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Wrote))


def test_a_passage_ends_with_what_it_took(writer: WriterClient) -> None:
    events = list(writer.generate("the ", SHORT))
    end = events[-1]
    assert isinstance(end, Finished)
    assert (end.seed, end.characters, end.cancelled) == (1, 40, False)
    assert len(text_of(events)) == 40
    assert text_of(list(writer.generate("the ", SHORT))) == text_of(events)


def test_without_a_seed_one_is_drawn_and_told(writer: WriterClient) -> None:
    events = list(writer.generate("the ", build(SamplingConfig, {"length": 40})))
    end = events[-1]
    assert isinstance(end, Finished)
    again = list(writer.generate("the ", build(SamplingConfig, {"length": 40, "seed": end.seed})))
    assert text_of(again) == text_of(events)


def test_cancelling_from_another_thread_ends_a_passage(writer: WriterClient) -> None:
    events: list[WriterEvent] = []
    for event in writer.generate("", ENDLESS):
        events.append(event)
        if len(events) == 2:
            threading.Thread(target=writer.cancel).start()
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.cancelled
    assert len(text_of(events)) == end.characters < ENDLESS.length


def test_a_passage_that_nobody_reads_on_is_cancelled(writer: WriterClient) -> None:
    passage = writer.generate("", ENDLESS)
    next(passage)
    assert isinstance(passage, Iterator)
    passage.close()  # type: ignore[attr-defined]
    assert len(text_of(list(writer.generate("", SHORT)))) == 40


def test_unknown_characters_are_skipped_or_refused(writer: WriterClient) -> None:
    assert Skipped("☃") in list(writer.generate("the☃", SHORT))
    with pytest.raises(PrimeError, match="☃"):
        list(writer.generate("the☃", SHORT, strict=True))
    assert len(text_of(list(writer.generate("the", SHORT)))) == 40


def test_a_bad_model_file_leaves_the_writer_alive(writer: WriterClient, model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(model.read_bytes()[:500])
    with pytest.raises(ModelFileError):
        writer.load(damaged)
    with pytest.raises(ModelFileError, match="choose one"):
        list(writer.generate("", SHORT))
    assert writer.load(model).shape.n_hidden == 16


def test_a_dead_writer_is_an_error_and_the_next_request_starts_a_new_one(model: Path) -> None:
    with WriterClient() as writer:
        writer.load(model)
        passage = writer.generate("", ENDLESS)
        next(passage)
        os.kill(writer.pid, signal.SIGKILL)
        with pytest.raises(WorkerError, match="SIGKILL"):
            list(passage)
        assert len(text_of(list(writer.generate("", SHORT)))) == 40
    with pytest.raises(WorkerError, match="closed"):
        writer.load(model)
