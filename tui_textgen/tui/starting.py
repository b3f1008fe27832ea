"""A run on its way to its trainer."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tui_textgen.errors import WorkCancelledError
from tui_textgen.tui.renderables.rows import plain
from tui_textgen.tui.renderables.run_lines import bar

GIVEN_UP = "Not started; nothing was kept."
BAR = 20
"""Cells of the bar that shows how far the text is."""


class Starting:
    """How far the text of a run is encoded, and a way to give the run up until its trainer is started."""

    def __init__(self, tell: Callable[[float], object]) -> None:
        self._tell = tell
        self._given_up = threading.Event()

    @property
    def given_up(self) -> bool:
        return self._given_up.is_set()

    def progress(self, share: float) -> None:
        """Tell the share that is done; called by the work, from its thread. Raises WorkCancelledError to end it."""
        if self.given_up:
            raise WorkCancelledError(GIVEN_UP)
        self._tell(share)

    def give_up(self) -> None:
        """End the work where it next tells how far it is."""
        self._given_up.set()


def words_at(share: float) -> str:
    """What is being done when ``share`` of the text is encoded."""
    if share >= 1:
        return "Starting the trainer…"
    return f"Reading the text  {plain(bar(share, BAR, ''))} {share:4.0%}  Esc gives it up"
