"""The screen that looks at texts, over an app that has nothing else, with a scripted writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.app import App
from textual.message import Message
from textual.pilot import Pilot

from tests.tui.fakes import FakeCorpora, FakeWriter
from tests.tui.host import screen_text, until
from tui_textgen.config import ModelConfig
from tui_textgen.models.card import ModelCard
from tui_textgen.tui.app import HEIGHTS, WIDTHS
from tui_textgen.tui.screens.looking import Looking
from tui_textgen.tui.scribe import Scribe
from tui_textgen.tui.text_to_look_at import TextToLookAt
from tui_textgen.tui.theme import DARK
from tui_textgen.tui.widgets.text_heat import TextHeat

WAITING = "(waiting)"


class LookingHost(App[None]):
    """Looks at ``text`` from the start; ``result`` is what comes of it."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self,
        text: str,
        writer: FakeWriter | None = None,
        lens: bool = False,
        corpora: FakeCorpora | None = None,
        **changes: Any,
    ) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.writer = writer or FakeWriter()
        self.corpora = corpora or FakeCorpora()
        self.scribe = Scribe(lambda: self.writer, self.post_message)
        card = self.writer.load(Path("levin"))
        self.writer.loaded.clear()
        shape = ModelConfig.model_validate({"n_hidden": 32, "n_layers": 2, **changes.pop("shape", {})})
        self.card: ModelCard = replace(card, shape=shape, **changes)
        self.looking = Looking(self.scribe, self.card, self.corpora, TextToLookAt("passage", text), lens)
        self.result: str | None = WAITING
        self.messages: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(self.looking, self._conclude)

    def _conclude(self, result: str | None) -> None:
        self.result = result

    def on_unmount(self) -> None:
        self.scribe.close()

    @property
    def cursor(self) -> int:
        return self.looking.query_one(TextHeat).cursor

    def text(self) -> str:
        return screen_text(self)

    def styles_of(self, word: str) -> set[str]:
        """The attributes in which ``word`` is drawn where it first stands by itself, as one run of cells."""
        strips = self.screen._compositor.render_strips()
        for strip in strips:
            for segment in strip:
                if segment.text == word and segment.style:
                    style = segment.style
                    return {name for name in ("bold", "underline", "reverse", "strike") if getattr(style, name)}
        raise AssertionError(f"There is no run {word!r} on the screen:\n{self.text()}")


@asynccontextmanager
async def looking(app: LookingHost, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The app running, with the text looked at."""
    async with app.run_test(size=size, message_hook=app.messages.append) as pilot:
        await until(pilot, lambda: app.looking.is_mounted and app.looking.query("TextHeat"))
        yield pilot
