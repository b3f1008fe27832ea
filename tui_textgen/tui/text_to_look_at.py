"""A text to be looked at with a model, as much of it as can be."""

from __future__ import annotations

from dataclasses import dataclass

from tui_textgen.tui.renderables.quantities import count
from tui_textgen.workers.protocol import LONGEST_LOOK

HELLO = frozenset("helo")
"""The characters of the worked example."""
HELLO_TEXT = "hello"


@dataclass(frozen=True)
class TextToLookAt:
    """``text`` is what is looked at of what ``name`` names."""

    name: str
    text: str
    cut: bool = False
    """Whether it goes on."""

    @property
    def words(self) -> str:
        """Its name, and that it was cut."""
        return f"{self.name} (the first {count(len(self.text))} characters)" if self.cut else self.name


def beginning(name: str, text: str) -> TextToLookAt:
    """As much of ``text`` as a writer looks at."""
    return TextToLookAt(name, text[:LONGEST_LOOK], len(text) > LONGEST_LOOK)


def teaches(vocabulary: str) -> bool:
    """Whether a model of these characters is one of the worked example."""
    return set(vocabulary) == HELLO
