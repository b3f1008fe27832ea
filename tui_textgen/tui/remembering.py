"""Choices written down from a thread; that they cannot be is told by one message."""

from __future__ import annotations

from collections.abc import Mapping

from textual.message import Message
from textual.message_pump import MessagePump

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import in_background
from tui_textgen.tui.preferences import Choice, Preferences


class NotKept(Message):
    """A choice holds until the app ends, but cannot be remembered. The app says so where no pane does."""

    def __init__(self, error: TextgenError) -> None:
        super().__init__()
        self.error = error


def remember(pump: MessagePump, preferences: Preferences, choices: Mapping[str, Choice]) -> None:
    """Let ``choices`` hold at once, and at the next start; ``pump`` is posted a NotKept where they cannot be kept."""
    preferences.choose(choices)

    def write() -> None:
        try:
            preferences.write()
        except TextgenError as error:
            pump.post_message(NotKept(error))

    in_background(write)
