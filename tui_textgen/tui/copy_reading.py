"""Asking what of some passages was copied, where only the newest wish counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.background import in_background

if TYPE_CHECKING:
    from tui_textgen.corpus.matches import Copies

Search = Callable[[Path, str, Callable[[float], None]], "Copies"]


class CopyReading:
    """Looks passages up one after the other, in a thread; a newer wish ends it, and nothing more is heard of it."""

    class Told(Message):
        """Of passage number ``place`` is known: the share that was looked through, its copies, or why there are none.

        It answers wish number ``wish``, which may be over by now.
        """

        def __init__(self, wish: int, place: int, found: float | Copies | TextgenError) -> None:
            super().__init__()
            self.wish, self.place, self.found = wish, place, found

    def __init__(self, search: Search, post: Callable[[Message], object]) -> None:
        self._search, self._post = search, post
        self._one_at_a_time = threading.Lock()
        self.wish = 0
        """The number of the newest wish."""

    def look_up(self, passages: Sequence[tuple[Path, str]]) -> None:
        """Post Told for each of the passages, which come with their models' files."""
        self.wish += 1
        in_background(partial(self._look_up, passages, self.wish))

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self.wish += 1

    def _look_up(self, passages: Sequence[tuple[Path, str]], wish: int) -> None:
        with self._one_at_a_time:
            for place, (model, passage) in enumerate(passages):
                if wish == self.wish:
                    self._tell(wish, place, self._found(model, passage, wish, place))

    def _found(self, model: Path, passage: str, wish: int, place: int) -> Copies | TextgenError:
        def progress(share: float) -> None:
            if wish != self.wish:
                raise WorkCancelledError("Another passage was written.")
            self._tell(wish, place, share)

        try:
            return self._search(model, passage, progress)
        except TextgenError as error:
            return error

    def _tell(self, wish: int, place: int, found: float | Copies | TextgenError) -> None:
        if wish == self.wish:
            self._post(self.Told(wish, place, found))
