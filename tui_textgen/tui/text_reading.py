"""Reading texts for their numbers, where only the newest wish counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Corpora, CorpusDescription


class Described(Message):
    """A text was read, or could not be; ``key`` is its library name or path."""

    def __init__(self, key: str, encoding: str, found: CorpusDescription | TextgenError) -> None:
        super().__init__()
        self.key, self.encoding, self.found = key, encoding, found


class ReadSoFar(Message):
    """So much of the text ``key`` has been read."""

    def __init__(self, key: str, share: float) -> None:
        super().__init__()
        self.key, self.share = key, share


class TextReading:
    """Reads one text at a time; a newer wish ends what is being read, and nothing more is heard of it."""

    def __init__(self, corpora: Corpora, post: Callable[[Message], object]) -> None:
        self._corpora, self._post = corpora, post
        self._one_at_a_time = threading.Lock()
        self._newest = 0
        self._reading = False

    @property
    def reading(self) -> bool:
        """Whether a text is being read, or about to be."""
        return self._reading

    def read(self, key: str, encoding: str) -> None:
        """Post ReadSoFar now and then, and Described at the end, unless another text is wished for first."""
        self.stop()
        self._reading = True
        in_background(partial(self._describe, key, encoding, self._newest))

    def stop(self) -> None:
        """End what is being read."""
        self._newest += 1
        self._reading = False
        self._corpora.cancel()

    def _tell(self, key: str, share: float) -> None:
        self._post(ReadSoFar(key, share))

    def _describe(self, key: str, encoding: str, wish: int) -> None:
        with self._one_at_a_time:
            if wish != self._newest:
                return
            try:
                found: CorpusDescription | TextgenError = self._corpora.describe(
                    key, encoding, partial(self._tell, key)
                )
            except TextgenError as error:
                found = error
        if wish == self._newest:
            self._reading = False
            self._post(Described(key, encoding, found))
