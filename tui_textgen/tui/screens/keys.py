"""The keys, from the bindings themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_textgen.tui.key_actions import key_actions
from tui_textgen.tui.renderables.rows import LIVE, MUTED

KEY_WIDTH = 12
NARROW, NARROW_KEY_WIDTH = 48, 6
"""Columns of text under which the keys stand closer."""


class Keys(ModalScreen[None]):
    """Lists what each key does, a group for each part of the app that has keys."""

    BINDING_GROUP_TITLE = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss(None)", "Close")]
    DEFAULT_CSS = """
    Keys { align: center middle; }
    Keys > VerticalScroll {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; background: $surface;
        border: round $accent; scrollbar-size-vertical: 1;
        border-title-color: $accent; border-subtitle-color: $foreground;
    }
    """

    def __init__(self, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self._groups = groups(nodes)

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "keys", "↑↓ scroll · esc closes"
            yield Words(self._groups)

    def on_click(self, event: Click) -> None:
        """A click beside the list closes it."""
        if event.widget is self:
            self.dismiss(None)


class Words(Static):
    """The list itself, wrapped to its width with the keys in a column of their own."""

    def __init__(self, groups: dict[str, dict[str, str]]) -> None:
        super().__init__(markup=False)
        self._groups = groups

    def on_resize(self) -> None:
        width = self.size.width
        self.update(listed(self._groups, width, NARROW_KEY_WIDTH if width < NARROW else KEY_WIDTH))


def listed(groups: dict[str, dict[str, str]], width: int, key_width: int) -> Content:
    """Each group under its title, in lines of ``width`` cells."""
    parts: list[str | tuple[str, str]] = []
    for title, keys in groups.items():
        parts += ["\n\n" if parts else "", (title, f"bold {LIVE}")]
        for key, description in keys.items():
            room = max(8, width - max(key_width, len(key)) - 2)
            lines = f"\n{' ' * (key_width + 2)}".join(textwrap.wrap(description, room))
            parts += [f"\n{key:>{key_width}}  ", (lines, MUTED)]
    return Content.assemble(*parts)


def groups(nodes: Iterable[DOMNode]) -> dict[str, dict[str, str]]:
    """For each part of the app that has keys: what each key does, uses of one key and keys of a pair together."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in key_actions(dict.fromkeys(nodes)):
        keys = found.setdefault(each.group, {})
        words = keys.setdefault(_pair(each.key, keys), [])
        if each.words not in words:
            words.append(each.words)
    return {title: {key: " / ".join(words) for key, words in keys.items()} for title, keys in found.items()}


def _pair(key: str, shown: Iterable[str]) -> str:
    """Those of the ``shown`` keys that ``key`` is one of, as ``]`` is of ``[ ]`` (no letter of ``esc``); or itself."""
    return key if key.isalnum() else next((keys for keys in shown if key in keys), key)
