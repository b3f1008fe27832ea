"""Passages as they go over a pipe: in batches, and several of them in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tui_textgen.config import SamplingConfig
from tui_textgen.network.sampling import Character

FLUSH_SECONDS = 0.03
"""Between two batches of text: smooth to the eye, and a few bytes of frame for a hundred characters."""
LEAST = 1e-300
"""A probability below it is told as this: none that happened is 0, and all have a logarithm."""


def digits(probability: float) -> float:
    """``probability`` as it is told: to 4 digits, above 0."""
    return max(float(f"{probability:.4g}"), LEAST)


class Passage:
    """One passage; ``emit`` is told ``wrote`` with ``probabilities`` in batches, then how it ended."""

    def __init__(
        self, emit: Callable[[Mapping[str, Any]], None], characters: Iterator[Character], sampling: SamplingConfig
    ) -> None:
        """``sampling`` has a seed."""
        self._emit, self._characters, self._seed = emit, characters, sampling.seed
        self._waiting: list[Character] = []
        self._written, self._flushed_at = 0, 0.0  # the first character goes out at once
        self._begun = time.monotonic()

    def write_one(self) -> bool:
        """Write another character; whether there was one."""
        character = next(self._characters, None)
        if character is None:
            return False
        self._waiting.append(character)
        self._written += 1
        if (now := time.monotonic()) - self._flushed_at >= FLUSH_SECONDS:
            self._flush()
            self._flushed_at = now
        return True

    def end(self, cancelled: bool) -> None:
        """Tell what is left, and how it ended."""
        self._flush()
        seconds = time.monotonic() - self._begun
        self._emit({"seed": self._seed, "characters": self._written, "seconds": seconds, "cancelled": cancelled})

    def _flush(self) -> None:
        if self._waiting:
            text = "".join([character.text for character in self._waiting])
            likely = [digits(character.probability) for character in self._waiting]
            self._emit({"wrote": text, "probabilities": likely})
            self._waiting.clear()


def write_in_turn(passages: Sequence[Passage], cancelled: Callable[[], bool]) -> None:
    """A character of each in turn, until all are whole or ``cancelled``.

    Each is a stream of its own, not one of several that share their products: so it has the text that it has alone.
    """
    going = list(passages)
    while going and not cancelled():
        for passage in list(going):
            if not passage.write_one():
                passage.end(cancelled())
                going.remove(passage)
    for passage in going:
        passage.end(cancelled=True)
