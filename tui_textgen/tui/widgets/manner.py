"""The place of the settings of sampling: empty until somebody comes to the console."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from textual.containers import Vertical

from tui_textgen.tui.preferences import Preferences

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.tui.widgets.sampling_bar import SamplingBar

SEEDS = 2**31
"""Seeds that are drawn here are below this: short enough to be typed again."""


class Manner(Vertical):
    """Holds a SamplingBar, which brings pydantic, from :meth:`open` on."""

    def __init__(self, preferences: Preferences, id: str) -> None:
        super().__init__(id=id)
        self._preferences = preferences
        self._bar: SamplingBar | None = None

    async def open(self) -> None:
        """Show the settings."""
        from tui_textgen.tui.widgets.sampling_bar import SamplingBar

        self._bar = SamplingBar(self._preferences)
        await self.mount(self._bar)

    def sampling(self, seed: int | None) -> SamplingConfig:
        """What the fields say, to write with ``seed``, or with theirs, or with one that is drawn; they are remembered.

        Raises SettingsError naming each wrong field.
        """
        assert self._bar
        sampling = self._bar.sampling()
        self._bar.keep()
        if seed is None:
            seed = secrets.randbelow(SEEDS) if sampling.seed is None else sampling.seed
        return sampling.model_copy(update={"seed": seed % 2**63})

    def next_preset(self) -> None:
        """Take the next preset."""
        if self._bar:
            self._bar.next_preset()

    def follow(self, writing: bool) -> None:
        """Whether a passage is being written, which takes no notice of changes."""
        if self._bar:
            self._bar.writing = writing
