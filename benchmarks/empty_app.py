"""An app of Textual's with one word in it: what any app costs."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("nothing")


if __name__ == "__main__":
    EmptyApp().run()
