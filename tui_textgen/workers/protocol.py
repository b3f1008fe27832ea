"""What a writer answers to the TUI and the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrote:
    """Some more text after the prime: a batch of characters, every few hundredths of a second."""

    text: str


@dataclass(frozen=True)
class Skipped:
    """Characters of the prime that the model never saw, left out; distinct, in order."""

    characters: str


@dataclass(frozen=True)
class Finished:
    """The end of a passage."""

    seed: int
    """The seed that was used, drawn if none was given."""
    characters: int
    """Written, without the prime."""
    seconds: float
    cancelled: bool


WriterEvent = Wrote | Skipped | Finished
