"""Text to the clipboard of the person's own terminal."""

from __future__ import annotations

from typing import Any

from textual.app import App

COPIED = "Sent to the terminal's clipboard. Where nothing arrives (tmux may hold it back): ctrl+o saves to a file."


def copy(app: App[Any], text: str) -> None:
    """Ask the terminal to take ``text``; it never answers. Lone surrogates, which have no bytes, become U+FFFD."""
    app.copy_to_clipboard(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
