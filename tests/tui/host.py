"""One widget in an app of its own, so that a test of it stands or falls by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Footer

W = TypeVar("W", bound=Widget)
M = TypeVar("M", bound=Message)


class Host(App[None], Generic[W]):
    """Shows ``widget`` above a footer and keeps every message that passes."""

    AUTO_FOCUS = None

    def __init__(self, widget: W, focus: Callable[[W], object] | None = None) -> None:
        super().__init__()
        self.widget = widget
        self._focus = focus
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        if self._focus:
            self._focus(self.widget)

    def heard(self, kind: type[M]) -> list[M]:
        """The messages of one kind, in order; each once, though it bubbles through several widgets."""
        return list({id(message): message for message in self.messages if isinstance(message, kind)}.values())

    def text(self) -> str:
        return screen_text(self)


def screen_text(app: App[None]) -> str:
    """The screen as plain lines."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@asynccontextmanager
async def shown(app: Host[W], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The app running, with its messages collected."""
    async with app.run_test(size=size, message_hook=app.messages.append) as pilot:
        await pilot.pause()
        yield pilot


async def until(pilot: Pilot[None], what: Callable[[], object], patience: float = 10.0) -> None:
    """Wait for something that a thread brings about; fails when it does not come."""
    for _ in range(int(patience / 0.02)):
        await pilot.pause()
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"It did not come about; the screen was:\n{screen_text(pilot.app)}")
