"""What the keys do, from the bindings themselves: for the footer, the key help and the palette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.actions import parse
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.widget import Widget

PART_ACTION = "at"
"""The action that passes on to a part of its node, which its first argument names: a part's keys go with the part."""


@dataclass(frozen=True)
class KeyAction:
    """One use of one key of ``node``; ``group`` is what the part of the app is called that it belongs to."""

    group: str
    key: str
    """As it is shown."""
    words: str
    action: str
    node: DOMNode

    @property
    def works(self) -> bool:
        """Whether it can be done now."""
        _, name, parameters = parse(self.action)
        return bool(self.node.check_action(name, parameters))


def key_actions(nodes: Iterable[DOMNode]) -> Iterator[KeyAction]:
    """The actions of those of the nodes that this package made and that name their group of keys."""
    for node in nodes:
        if title := node.BINDING_GROUP_TITLE:
            for binding in own_bindings(node):
                shown = node.app.get_key_display(binding)
                words = binding.tooltip or binding.description
                yield KeyAction(_part_title(node, binding) or str(title), shown, words, binding.action, node)


def own_bindings(node: DOMNode) -> list[Binding]:
    """The node's bindings that this package declares, without what Textual's widgets bring along."""
    ours = (cls.__dict__.get("BINDINGS", ()) for cls in type(node).__mro__ if cls.__module__.startswith("tui_textgen"))
    declared = {binding.key for bindings in ours for binding in Binding.make_bindings(bindings)}
    return [binding for key, binding in node._bindings if key in declared and binding.description]


def is_shown(node: DOMNode) -> bool:
    """Whether the node has a place on its screen, be it in a pane behind the one at the front."""
    from tui_textgen.tui.widgets.pane import Pane

    if isinstance(node, App):
        return True
    return all(
        each.display for each in node.ancestors_with_self if isinstance(each, Widget) and not isinstance(each, Pane)
    )


def is_part_action(binding: Binding) -> bool:
    """Whether the binding's action is done by a part of its node."""
    return parse(binding.action)[1] == PART_ACTION


def _part_title(node: DOMNode, binding: Binding) -> str | None:
    if not is_part_action(binding):
        return None
    part = str(parse(binding.action)[2][0])
    for widget in node.query(f"#{part}"):
        return str(widget.BINDING_GROUP_TITLE or part.capitalize())
    return part.capitalize()
