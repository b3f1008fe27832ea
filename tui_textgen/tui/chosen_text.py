"""The text that a training was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.tui.services import CorpusDescription


@dataclass(frozen=True)
class ChosenText:
    """What ``runs.start`` takes to find the text again, and what is known of it."""

    corpora: tuple[str, ...]
    """Library names or paths, joined in this order."""
    description: CorpusDescription
    encoding: str
