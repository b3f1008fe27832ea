"""Listing the texts there are, where only the newest wish counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Corpora

if TYPE_CHECKING:
    from tui_textgen.corpus.entry import CorpusEntry


class Listed(Message):
    """The texts of the library, or why it cannot be listed, and what is wrong with the catalogue."""

    def __init__(self, found: list[CorpusEntry] | TextgenError, complaints: Sequence[str] = ()) -> None:
        super().__init__()
        self.found, self.complaints = found, complaints


class TextListing:
    """Lists them in a thread."""

    def __init__(self, corpora: Corpora, post: Callable[[Message], object]) -> None:
        self._corpora, self._post = corpora, post
        self._newest = 0

    def read(self) -> None:
        """Post Listed, unless they are to be listed anew before that."""
        self._newest += 1
        in_background(partial(self._list, self._newest))

    def _list(self, wish: int) -> None:
        try:
            listed = Listed(self._corpora.entries(), self._corpora.complaints())
        except TextgenError as error:
            listed = Listed(error)
        if wish == self._newest:
            self._post(listed)
