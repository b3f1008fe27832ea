"""The writer process looks at texts: what it tells agrees with what it writes and scores, and Esc ends all of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.conftest import CommandLine, TrainedRun
from tui_textgen.config import SamplingConfig, build
from tui_textgen.corpus.features import FEATURES
from tui_textgen.errors import CorpusError, ModelFileError, SettingsError, WorkCancelledError
from tui_textgen.workers.protocol import (
    LONGEST_LOOK,
    MOST_ALTERNATIVES,
    Beside,
    Finished,
    Likeliest,
    LookEvent,
    Score,
    Seen,
    Skipped,
    Unit,
    Wrote,
)
from tui_textgen.workers.writer_client import WriterClient

TEXT = "the quick brown fox jumps over the lazy dog. how vexingly quick daft zebras jump!\n" * 20
LONG = (TEXT * 100)[:LONGEST_LOOK]
SHORT = build(SamplingConfig, {"length": 200, "seed": 1})


@pytest.fixture(scope="module")
def writer(trained: TrainedRun) -> Iterator[WriterClient]:
    with WriterClient() as client:
        client.load(best_of(trained.command, trained.name))
        yield client


def best_of(command: CommandLine, run: str) -> Path:
    return command.home.runs / run / "checkpoints" / "best.safetensors"


def seen(events: Sequence[LookEvent]) -> tuple[list[float | None], list[int | None]]:
    """All probabilities and ranks."""
    pieces = [event for event in events if isinstance(event, Seen)]
    return [one for piece in pieces for one in piece.probabilities], [one for piece in pieces for one in piece.ranks]


def passage(events: Sequence[Beside], column: int) -> str:
    return "".join(one.event.text for one in events if one.column == column and isinstance(one.event, Wrote))


def test_a_look_agrees_with_the_score_of_the_same_text(writer: WriterClient, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    events = list(writer.look(TEXT))
    score, told = writer.score(path), events[-1]
    assert isinstance(told, Score)
    assert told.characters == score.characters == len(TEXT) - 1
    assert told.nats_per_char == pytest.approx(score.nats_per_char, rel=1e-5)
    probabilities, ranks = seen(events)
    assert len(probabilities) == len(ranks) == len(TEXT)
    assert (probabilities[0], ranks[0]) == (None, None)
    nats = [-math.log(one) for one in probabilities if one]
    assert math.fsum(nats) / len(nats) == pytest.approx(score.nats_per_char, rel=1e-3)


def test_unknown_characters_are_named_and_stay_in_their_places(writer: WriterClient) -> None:
    plain = seen(list(writer.look("the fox")))
    events = list(writer.look("☃the ☃☃fox☃"))
    assert events[0] == Skipped("☃")
    probabilities, ranks = seen(events)
    assert probabilities == [None, *plain[0][:4], None, None, *plain[0][4:], None]
    assert ranks == [None, *plain[1][:4], None, None, *plain[1][4:], None]
    assert isinstance(events[-1], Score)
    assert events[-1].characters == 6


@pytest.mark.parametrize("text", ["", "t", "☃", "☃☃t☃"])
def test_where_nothing_can_be_predicted_that_is_said(writer: WriterClient, text: str) -> None:
    events = list(writer.look(text))
    assert seen(events) == ([None] * len(text), [None] * len(text))
    assert events[-1] == Score(0, 0.0)
    assert writer.alternatives(text, 0) == (Likeliest("", ()),)
    (values,) = writer.activations(text, [Unit(0, 0)])
    assert [value is None for value in values] == [character == "☃" for character in text]
    assert list(writer.units(text)) == [feature.name for feature in FEATURES]


def test_the_likeliest_of_a_place_are_told_best_first(writer: WriterClient) -> None:
    probabilities, ranks = seen(list(writer.look(TEXT)))
    for place in (1, 7, 100, len(TEXT) - 1):
        (told,) = writer.alternatives(TEXT, place)
        assert len(told.characters) == len(told.probabilities) == MOST_ALTERNATIVES
        assert list(told.probabilities) == sorted(told.probabilities, reverse=True)
        assert 0 < sum(told.probabilities) <= 1.001
        rank = ranks[place]
        assert rank
        if rank <= MOST_ALTERNATIVES:
            assert told.characters[rank - 1] == TEXT[place]
            assert told.probabilities[rank - 1] == probabilities[place]


def test_places_can_be_asked_for_in_a_row_and_without_a_look(writer: WriterClient) -> None:
    text = "over the dog☃ jumps"
    row = writer.alternatives(text, 0, len(text) + 5, 3)
    assert len(row) == len(text) + 1
    assert row[0] == Likeliest("", ())
    assert all(len(one.characters) == 3 for one in row[1:])
    assert row[12] == row[13] == writer.alternatives("over the dog", 12, count=3)[0]  # the snowman is not read
    assert row[-1] == writer.alternatives("over the dog jumps", 18, count=3)[0]
    assert writer.alternatives(text, 40) == ()


def test_written_characters_have_the_probability_that_a_look_gives_them(writer: WriterClient) -> None:
    events = list(writer.generate("the ", SHORT))
    wrote = [event for event in events if isinstance(event, Wrote)]
    text, told = "".join(event.text for event in wrote), [one for event in wrote for one in event.probabilities]
    assert len(told) == len(text) == SHORT.length
    assert told == pytest.approx(seen(list(writer.look("the " + text)))[0][4:], rel=1e-2)


def test_units_are_told_at_each_character(writer: WriterClient) -> None:
    units = [Unit(0, 3), Unit(0, 3, "c"), Unit(0, 15)]
    shares: list[float] = []
    output, cell, other = writer.activations("☃the ☃fox", units, shares.append)
    assert len(output) == len(cell) == len(other) == 9
    assert [place for place, one in enumerate(output) if one is None] == [0, 5]
    for h, c in zip(output, cell, strict=True):
        if h is not None and c is not None:
            assert -1 <= h <= 1
            assert abs(h) <= abs(c) + 1e-3  # h is the cell's tanh, times a gate
    assert output != other
    assert shares[-1] == 1
    for unit, words in ((Unit(1, 0), "1 × 16"), (Unit(0, 16), "1 × 16"), (Unit(0, -1), "1 × 16")):
        with pytest.raises(SettingsError, match=words):
            writer.activations("the fox", [unit])


def test_units_that_follow_something_are_found(writer: WriterClient) -> None:
    found = writer.units(TEXT)
    assert list(found) == [feature.name for feature in FEATURES]
    assert found["digits"] == ()  # there are none in the text
    best = found["white space"]
    assert len(best) == 10
    strengths = [abs(one.correlation) for one in best]
    assert strengths == sorted(strengths, reverse=True)
    assert 0.2 < strengths[0] <= 1
    (values,) = writer.activations(TEXT, [best[0].unit])
    blank = [value for value, character in zip(values, TEXT, strict=True) if value is not None and character.isspace()]
    letter = [value for value, character in zip(values, TEXT, strict=True) if value is not None and character.isalpha()]
    rises = sum(blank) / len(blank) > sum(letter) / len(letter)
    assert rises == (best[0].correlation > 0)


def test_passages_side_by_side_are_those_that_each_would_be_alone(writer: WriterClient) -> None:
    samplings = [
        build(SamplingConfig, {"length": length, "seed": 5, "temperature": temperature})
        for length, temperature in ((200, 0.2), (50, 0.8), (120, 1.5))
    ]
    events = list(writer.generate_beside("the☃ ", samplings))
    for column, sampling in enumerate(samplings):
        alone = "".join(event.text for event in writer.generate("the ", sampling) if isinstance(event, Wrote))
        assert passage(events, column) == alone
        of_column = [one.event for one in events if one.column == column]
        end = of_column[-1]
        assert of_column[0] == Skipped("☃")
        assert isinstance(end, Finished)
        assert (end.characters, end.cancelled, end.seed) == (sampling.length, False, 5)
    assert passage(events[: len(events) // 2], 2)  # not one after the other


def test_cancelling_ends_all_that_are_side_by_side(writer: WriterClient) -> None:
    endless = [build(SamplingConfig, {"length": 10_000_000, "seed": seed}) for seed in (1, 2)]
    ends: list[Finished] = []
    for count, beside in enumerate(writer.generate_beside("", endless)):
        if count == 4:
            writer.cancel()
        if isinstance(beside.event, Finished):
            ends.append(beside.event)
    assert [end.cancelled for end in ends] == [True, True]


def read_all(writer: WriterClient) -> object:
    return list(writer.look(LONG))


def last_place(writer: WriterClient) -> object:
    return writer.alternatives(LONG[1:], len(LONG) - 1)


def one_unit(writer: WriterClient) -> object:
    return writer.activations(LONG, [Unit(0, 0)])


def all_units(writer: WriterClient) -> object:
    return writer.units(LONG)


@contextmanager
def esc_pressed(writer: WriterClient) -> Iterator[None]:
    """Somebody cancels a tenth of a second after the beginning, again and again until it has ended."""
    ended = threading.Event()

    def press() -> None:
        while not ended.wait(0.1):
            writer.cancel()

    presses = threading.Thread(target=press)
    presses.start()
    yield
    ended.set()
    presses.join()


@pytest.mark.parametrize("ask", [read_all, last_place, one_unit, all_units])
def test_esc_ends_a_look(writer: WriterClient, ask: Callable[[WriterClient], object]) -> None:
    with esc_pressed(writer), pytest.raises(WorkCancelledError):
        ask(writer)
    assert len(list(writer.look("the fox"))) == 2  # the next question is answered


def test_esc_ends_the_reading_of_a_long_prime(writer: WriterClient) -> None:
    with esc_pressed(writer):
        (end,) = writer.generate(LONG[2:], SHORT)
    assert isinstance(end, Finished)
    assert (end.characters, end.cancelled) == (0, True)


def test_a_look_that_nobody_reads_on_is_cancelled(writer: WriterClient) -> None:
    look = writer.look(LONG)
    next(look)
    look.close()  # type: ignore[attr-defined]
    assert isinstance(list(writer.look("the"))[-1], Score)


def test_too_long_a_text_is_refused_with_the_remedy(writer: WriterClient) -> None:
    with pytest.raises(CorpusError, match="take a part of it"):
        list(writer.look(LONG + "!"))


def test_without_a_model_there_is_nothing_to_look_with() -> None:
    with WriterClient() as writer, pytest.raises(ModelFileError, match="choose one"):
        list(writer.look("the"))


def test_a_run_in_training_can_be_looked_at(training: tuple[CommandLine, str]) -> None:
    """The newest checkpoint tells its step, and a later one is another."""
    command, run = training
    latest = command.home.runs / run / "checkpoints" / "latest.safetensors"
    command.wait_for(run, lambda _: latest.exists())
    with WriterClient() as writer:
        card = writer.load(latest)
        assert card.step is not None
        assert card.epoch is not None
        assert card.saved_at is not None
        command.wait_for(run, lambda shown: shown["step"] > (card.step or 0) and newer(latest, card.saved_at))
        later = writer.load(latest)
        assert later.step is not None
        assert later.step > card.step
        assert later.saved_at is not None
        assert later.saved_at > card.saved_at
        assert isinstance(list(writer.look("the fox"))[-1], Score)


def newer(path: Path, than: float | None) -> bool:
    return path.stat().st_mtime > (than or 0)
