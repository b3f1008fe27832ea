"""Passages in batches, and several of them in turn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.config import SamplingConfig, build
from tui_textgen.network.sampling import Character
from tui_textgen.workers.passages import Passage, digits, write_in_turn

SAMPLING = build(SamplingConfig, {"length": 10, "seed": 7})


def written(text: str, order: list[str]) -> Iterator[Character]:
    """The characters of ``text``; each is put down in ``order`` when it is written."""
    for character in text:
        order.append(character)
        yield Character(character, 0.5)


@given(st.floats(0, 1))
def test_a_probability_is_told_to_four_digits_and_has_a_logarithm(probability: float) -> None:
    told = digits(probability)
    assert math.isfinite(math.log(told))
    assert abs(told - probability) <= max(5e-4 * probability, 1e-300)
    assert float(f"{told:.4g}") == told


@given(st.lists(st.text("abc", max_size=8), max_size=4))
def test_passages_take_turns_and_all_is_told(texts: list[str]) -> None:
    order: list[str] = []
    told: list[list[Mapping[str, Any]]] = [[] for _ in texts]
    passages = [
        Passage(events.append, written(text, order), SAMPLING) for events, text in zip(told, texts, strict=True)
    ]
    write_in_turn(passages, lambda: False)
    rounds = [text[place] for place in range(8) for text in texts if place < len(text)]
    assert order == rounds
    for text, events in zip(texts, told, strict=True):
        *batches, end = events
        assert "".join(batch["wrote"] for batch in batches) == text
        assert [one for batch in batches for one in batch["probabilities"]] == [0.5] * len(text)
        assert (end["characters"], end["seed"], end["cancelled"]) == (len(text), 7, False)


def test_what_was_whole_before_a_cancellation_is_not_called_cancelled() -> None:
    order: list[str] = []
    told: list[list[Mapping[str, Any]]] = [[], []]
    passages = [
        Passage(events.append, written(text, order), SAMPLING)
        for events, text in zip(told, ("ab", "abcdef"), strict=True)
    ]
    write_in_turn(passages, lambda: len(order) >= 6)
    assert [events[-1]["cancelled"] for events in told] == [False, True]
    assert told[1][-1]["characters"] == 4
