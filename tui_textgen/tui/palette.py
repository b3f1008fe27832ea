"""The palette of actions: what can be done now, found by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui_textgen.tui.key_actions import KeyAction, is_shown, key_actions
from tui_textgen.tui.renderables.rows import MUTED
from tui_textgen.tui.theme import CHOICES
from tui_textgen.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from tui_textgen.tui.app import TextgenApp

KEYLESS = ""


class Offer(NamedTuple):
    """One line of the palette."""

    name: str
    key: str
    do: Callable[[], object]

    def line(self, name: Content) -> Content:
        """The name, and the key that does the same."""
        return Content.assemble(name, (f"  {self.key}", MUTED))


class Actions(Provider):
    """Every action of every pane and part that works now, each once; those of where one is come first."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for offer in self._offers():
            if (score := matcher.match(offer.name)) > 0:
                yield Hit(score, offer.line(matcher.highlight(offer.name)), offer.do, text=offer.name)

    async def discover(self) -> Hits:
        for offer in self._offers():
            yield DiscoveryHit(offer.line(Content(offer.name)), offer.do, text=offer.name)

    def _offers(self) -> Iterator[Offer]:
        app = cast("TextgenApp", self.app)
        here = self.focused.ancestors_with_self if self.focused else []
        everywhere = [node for node in dict.fromkeys([*here, *self.screen.walk_children()]) if node is not app]
        nodes = [node for node in (*everywhere, app) if is_shown(node)]
        names = set()
        for each in key_actions(nodes):
            name = f"{each.group}: {each.words}"
            if name not in names and each.action != "command_palette" and each.works:
                names.add(name)
                yield Offer(name, each.key, partial(self._do, each))
        yield Offer("Bell: off" if app.rings else "Bell: on", KEYLESS, partial(app.choose_bell, not app.rings))
        for theme in CHOICES if app.may_choose_theme else ():
            yield Offer(f"Colours: {theme} theme", KEYLESS, partial(app.choose_theme, theme))

    async def _do(self, chosen: KeyAction) -> None:
        """Do it where it belongs: its pane comes to the front."""
        app = cast("TextgenApp", self.app)
        pane = next((node for node in chosen.node.ancestors_with_self if isinstance(node, Pane)), None)
        if pane and pane.id and not pane.has_class("-current"):
            app.action_show_pane(pane.id)
        await app.run_action(chosen.action, chosen.node)
