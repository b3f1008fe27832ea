"""The last line of a dashboard: the newest thing that happened, or what was just asked for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tui_textgen.runs.snapshot import LogLine
from tui_textgen.tui.renderables.log_lines import SIGNS, alarming
from tui_textgen.tui.renderables.rows import ALARM, MUTED
from tui_textgen.visible import visible_line

NOTHING = LogLine(0.0, "info", "")


class NewsLine(Static):
    """Says one sentence at a time; what needs a person bears a sign as well as a colour."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="message", markup=False)
        self._said: tuple[str, str] | None = None
        self._told: LogLine | None = None

    def begin(self, sentence: str, alarm: bool = False) -> None:
        """Say something until anything is told, even if it was told before."""
        self._told = None
        self.say(sentence, alarm)

    def say(self, sentence: str, alarm: bool = False) -> None:
        """Say something that is in no log, until there is news."""
        self._say(sentence, SIGNS["error"][0] if alarm else "", ALARM if alarm else MUTED)

    def tell(self, lines: Sequence[LogLine]) -> None:
        """Say the newest of the lines, if it is another one than before."""
        newest = lines[-1] if lines else NOTHING
        if newest != self._told:
            self._told = newest
            sign, _ = SIGNS.get(newest.level, ("", ""))
            self._say(newest.text, sign, ALARM if alarming(newest) else MUTED)

    def _say(self, sentence: str, sign: str, style: str) -> None:
        words = " ".join(part for part in (sign, visible_line(sentence)) if part)
        if (words, style) != self._said:
            self._said = words, style
            self.update(Content.styled(words, style))
