"""The last line: what the keys do here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import App
from textual.dom import DOMNode
from textual.events import Click
from textual.geometry import Size
from textual.screen import Screen

from tui_textgen.tui.key_actions import is_part_action
from tui_textgen.tui.renderables.rows import Row, Slot, cells, fitting
from tui_textgen.tui.widgets.painted import Painted
from tui_textgen.tui.widgets.pane import Pane

KEY_STYLE, WORDS_STYLE = "bold $footer-key-foreground", "$footer-description-foreground"
GAP = 2
LAST = {"app.keys": 0, "app.leave": 1}
"""The app's own actions, also as a screen over it names them: they stand at the right end, and stay longest."""
HERE, PANE, PART = 2, 3, 4
"""What goes first when the line is too short: the parts' keys, then the pane's, then those of what has the focus."""


class FooterKey(NamedTuple):
    """A key of the footer, and what a click on it presses."""

    key: str
    slot: Slot
    at_end: bool


class KeyFooter(Painted):
    """The keys that work now, as many as fit as a whole; a click presses one."""

    DEFAULT_CSS = "KeyFooter { dock: bottom; height: 1; padding: 0 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[FooterKey] = []
        self._places: list[tuple[range, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._take)

    def _take(self, screen: Screen[object]) -> None:
        if screen is self.screen and screen.is_current:
            self._keys = footer_keys(screen)
            self.repaint()

    def paint(self, size: Size) -> Sequence[Row]:
        kept = fitting(size.width, [each.slot for each in self._keys], GAP)
        shown = [each for each in self._keys if any(each.slot is slot for slot in kept)]
        left, right = [each for each in shown if not each.at_end], [each for each in shown if each.at_end]
        row: list[tuple[str, str]] = []
        self._places = []
        self._lay(row, left, 0)
        self._lay(row, right, size.width - sum(cells(each.slot.row) + GAP for each in right) + GAP)
        return [tuple(row)]

    def _lay(self, row: list[tuple[str, str]], keys: Sequence[FooterKey], x: int) -> None:
        """Put ``keys`` into the row from column ``x`` on, and remember where."""
        for each in keys:
            row += [(" " * max(0, x - cells(tuple(row))), ""), *each.slot.row]
            end = cells(tuple(row))
            self._places.append((range(end - cells(each.slot.row), end), each.key))
            x = end + GAP

    def on_click(self, event: Click) -> None:
        x = event.x - self.styles.padding.left
        for place, key in self._places:
            if x in place:
                self.app.simulate_key(key)


def footer_keys(screen: Screen[object]) -> list[FooterKey]:
    """The keys that work on ``screen`` now and want to be shown, an action once, in the order they are declared in."""
    found: dict[tuple[DOMNode, str], FooterKey] = {}
    for node, binding, enabled, _ in screen.active_bindings.values():
        if not (binding.show and enabled and binding.description) or (node, binding.action) in found:
            continue
        action = f"app.{binding.action}" if isinstance(node, App) else binding.action
        at_end = action in LAST
        own = PANE if isinstance(node, (Pane, App)) else PART if is_part_action(binding) else HERE
        row = ((screen.app.get_key_display(binding), KEY_STYLE), (f" {binding.description}", WORDS_STYLE))
        found[node, binding.action] = FooterKey(binding.key, Slot(LAST[action] if at_end else own, row), at_end)
    return list(found.values())
