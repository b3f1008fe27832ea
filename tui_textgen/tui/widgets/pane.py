"""What the three panes have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from tui_textgen.visible import visible_line


class Pane(Vertical, can_focus=True):
    """One of the app's panes; it takes the keys itself when nothing inside it has the focus.

    Escape leaves a text field for the pane, so that single letters act again; elsewhere it goes :meth:`back`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]

    def take_focus(self) -> None:
        """Focus what a person would use first; called when the pane comes to the front."""
        (self.first_focus() or self).focus()

    def first_focus(self) -> Widget | None:
        """The widget to focus when the pane comes to the front; None: the pane itself."""
        return None

    def back(self) -> None:
        """What Escape does when nothing is being typed."""

    def action_back(self) -> None:
        focused = self.screen.focused
        if focused and focused.check_consume_key("a", "a"):  # a letter would be typed
            self.focus()
        else:
            self.back()

    def say(self, sentence: str) -> None:
        """Show the sentence of an error that belongs to no place on the screen."""
        self.app.notify(visible_line(sentence), severity="error", markup=False)
