"""What stands in the place of the list of runs where there is nothing to list."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui_textgen.tui.renderables.rows import ALARM, LIVE, MUTED
from tui_textgen.visible import visible_line

LOOKING = Content.styled("Looking for runs …", MUTED)
NONE_YET = Content.assemble(
    ("No runs yet.\n\n", "bold"),
    "Press ", ("1", f"bold {LIVE}"), ", choose a text and press ", ("Enter", f"bold {LIVE}"),
    ": its training opens here.\n\n",
    ("A training goes on when you leave, and when the line drops; it is listed here when you come back.",
     MUTED),
)  # fmt: skip


class NoRuns(Static):
    """Says why there is no list; it takes no room where there is one."""

    def __init__(self) -> None:
        super().__init__(LOOKING, id="no-runs", markup=False)

    def show_error(self, sentence: str) -> None:
        """The runs cannot be listed; those that were known before may stand below."""
        self._say(Content.styled(visible_line(sentence), ALARM))

    def show_none(self, wanted: str) -> None:
        """There is no run, or none of those there are has ``wanted`` in it."""
        self._say(_nothing_found(wanted) if wanted else NONE_YET)

    def hide(self) -> None:
        """There is a list."""
        self.display = False

    def _say(self, words: Content) -> None:
        self.update(words)
        self.display = True


def _nothing_found(wanted: str) -> Content:
    return Content.assemble(
        ("No run has ", ""), (visible_line(wanted), "bold"), (" in its name, its text or its state.\n\n", ""),
        ("Esc", f"bold {LIVE}"), " shows all of them again.",
    )  # fmt: skip
