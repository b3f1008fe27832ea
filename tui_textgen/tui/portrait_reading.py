"""Looking a text through in a thread, part by part, until it is done or nobody wants to know any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.message import Message

from tui_textgen.errors import TextgenError, WorkCancelledError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.services import Portraits

if TYPE_CHECKING:
    from tui_textgen.workers.portrait import Part


class PortraitReading:
    """Looks one text through; after :meth:`stop` nothing more is heard of it."""

    class Told(Message):
        """A part of it is known."""

        def __init__(self, part: Part) -> None:
            super().__init__()
            self.part = part

    class SoFar(Message):
        """What is being done, and the share of it that is done."""

        def __init__(self, doing: str, share: float) -> None:
            super().__init__()
            self.doing, self.share = doing, share

    class Ended(Message):
        """All parts are known, or ``error`` says why the rest is not."""

        def __init__(self, error: TextgenError | None) -> None:
            super().__init__()
            self.error = error

    def __init__(self, portraits: Portraits, post: Callable[[Message], object]) -> None:
        self._portraits, self._post = portraits, post
        self._stopped = False
        self.going = False

    def start(self, name: str, encoding: str, own: Mapping[str, Any]) -> None:
        """Post Told for each part and SoFar now and then, and Ended at the end."""
        self.going = True
        in_background(partial(self._read, name, encoding, own))

    def stop(self) -> None:
        """End what is going on; what is known stays known."""
        self._stopped = True
        self.going = False

    def _read(self, name: str, encoding: str, own: Mapping[str, Any]) -> None:
        error: TextgenError | None = None
        try:
            with closing(self._portraits(name, encoding, own, self._progress)) as parts:
                for part in parts:
                    if self._stopped:
                        return
                    self._tell(self.Told(part))
        except TextgenError as refused:
            error = refused
        self.going = False
        self._tell(self.Ended(error))

    def _progress(self, doing: str, share: float) -> None:
        if self._stopped:
            raise WorkCancelledError("Nobody wants to know any more.")
        self._tell(self.SoFar(doing, share))

    def _tell(self, message: Message) -> None:
        if not self._stopped:
            self._post(message)
