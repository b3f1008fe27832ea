"""What is known so far of a text that is being looked through; nothing here knows a screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_textgen.advice import Advice
from tui_textgen.corpus.baselines import Baselines
from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.corpus.makeup import Makeup
from tui_textgen.corpus.repeats import Repeats
from tui_textgen.corpus.split import Split
from tui_textgen.errors import CorpusError
from tui_textgen.workers.portrait import Part


@dataclass(frozen=True)
class KnownOfText:
    """The parts of a portrait; None for those that are not there yet."""

    text: EncodedText | None = None
    split: Split | None = None
    makeup: Makeup | None = None
    repeats: Repeats | None = None
    baselines: Baselines | None = None
    advice: Advice | CorpusError | None = None

    def with_part(self, part: Part) -> KnownOfText:
        """The same with one part more, or a better one."""
        match part:
            case EncodedText():
                return replace(self, text=part)
            case Split():
                return replace(self, split=part)
            case Makeup():
                return replace(self, makeup=part)
            case Repeats():
                return replace(self, repeats=part)
            case Baselines():
                return replace(self, baselines=part)
            case _:
                return replace(self, advice=part)

    def counts(self) -> list[tuple[str, int]]:
        """Each character and how often it occurs, by code point; nothing before they are counted."""
        if not self.text or not self.makeup:
            return []
        return list(zip(self.text.vocabulary.characters, self.makeup.counts, strict=True))
