"""The runs that are marked for comparing, and the colour and the sign that each of them keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from tui_textgen.tui.preferences import Choice, Preferences

FEWEST = 2
SIGNS = "△◇□▽✕◁▷☆"


class Look(NamedTuple):
    """How a run is told from the others it is compared with."""

    style: str
    sign: str


LOOKS = tuple(Look(f"$run-{place}", sign) for place, sign in enumerate(SIGNS, 1))
MOST = len(LOOKS)
CHOICE = "marks.places"


class Marks:
    """The marked runs by name, in the order they were marked; gone with the app.

    A run gets the look again that it had, at the next start too, until all were taken and another run needed it.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._names: list[str] = []
        self._places: list[str] | None = None

    @property
    def looks(self) -> dict[str, Look]:
        """The looks of the marked runs."""
        return {name: LOOKS[self._remembered().index(name)] for name in self._names}

    @property
    def full(self) -> bool:
        return len(self._names) == MOST

    def toggle(self, name: str) -> None:
        """Mark a run, or unmark it. There must be room: :attr:`full` tells."""
        if name in self._names:
            self._names.remove(name)
            return
        places = self._remembered()
        if name not in places:
            free = [place for place, holder in enumerate(places) if holder not in self._names]
            places[next((place for place in free if not places[place]), free[0])] = name
        self._names.append(name)

    def keep(self, names: Collection[str]) -> None:
        """Forget the marks of runs that are not among these."""
        self._names = [name for name in self._names if name in names]

    @property
    def choice(self) -> dict[str, Choice]:
        """The looks, to be remembered for the next start."""
        return {CHOICE: list(self._remembered())}

    def _remembered(self) -> list[str]:
        """The run that last had each look; "" where there was none yet."""
        if self._places is None:
            places = [str(name) for name in self._preferences.get(CHOICE, [""])]
            self._places = (list(dict.fromkeys(filter(None, places))) + [""] * MOST)[:MOST]
        return self._places
