"""A widget made of parts that bring keys of their own."""

from __future__ import annotations

from textual.actions import parse
from textual.widget import Widget


class WithParts(Widget):
    """Passes ``at('part', 'action')`` on to the part of that id: its keys are heard wherever the focus is in here.

    It stands behind the other base: Textual (8.2.8) takes styles and type names from the first one alone.
    """

    def part_allows(self, parameters: tuple[object, ...]) -> bool | None:
        """Whether a part can do what ``at`` would pass on to it; False before the part is there."""
        part, action = map(str, parameters)
        _, name, arguments = parse(action)
        found = self.query(f"#{part}")
        return found.first().check_action(name, arguments) if found else False

    async def action_at(self, part: str, action: str) -> None:
        """Do an action of one of the parts."""
        await self.app.run_action(action, self.query_one(f"#{part}"))
