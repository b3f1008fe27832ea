"""The keys, from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_textgen.tui.renderables.rows import LIVE, MUTED

KEY_WIDTH = 12


class Keys(ModalScreen[None]):
    """Lists what each key does, a group for each part of the app that has keys."""

    BINDING_GROUP_TITLE = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss(None)", "Close")]
    DEFAULT_CSS = """
    Keys { align: center middle; }
    Keys > VerticalScroll {
        width: 60; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self._groups = groups(nodes)

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._words(), markup=False)

    def _words(self) -> Content:
        parts: list[str | tuple[str, str]] = []
        for title, keys in self._groups.items():
            parts += ["\n\n" if parts else "", (title, f"bold {LIVE}")]
            for key, description in keys.items():
                parts += [f"\n{key:>{KEY_WIDTH}}  ", (description, MUTED)]
        return Content.assemble(*parts)


def groups(nodes: Iterable[DOMNode]) -> dict[str, dict[str, str]]:
    """For each of our own nodes that names its group of keys: what each key does, two uses of one key together."""
    found: dict[str, dict[str, str]] = {}
    for node in nodes:
        title = node.BINDING_GROUP_TITLE
        for binding in own_bindings(node) if title else ():
            keys = found.setdefault(str(title), {})
            shown = node.app.get_key_display(binding)
            keys[shown] = " / ".join(
                dict.fromkeys((*filter(None, [keys.get(shown)]), binding.tooltip or binding.description))
            )
    return found


def own_bindings(node: DOMNode) -> list[Binding]:
    """The node's bindings that this package declares, without what Textual's widgets bring along."""
    ours = (cls.__dict__.get("BINDINGS", ()) for cls in type(node).__mro__ if cls.__module__.startswith("tui_textgen"))
    declared = {binding.key for bindings in ours for binding in Binding.make_bindings(bindings)}
    return [binding for key, binding in node._bindings if key in declared and binding.description]
