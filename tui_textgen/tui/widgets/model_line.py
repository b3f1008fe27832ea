"""A model in a field, to be chosen elsewhere."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_textgen.visible import visible_line


class ModelLine(Widget, can_focus=True):
    """Shows ``‹ model ›`` as a choice does; what its keys do is up to the field."""

    DEFAULT_CSS = """
    ModelLine { height: auto; max-height: 2; width: 1fr; }
    ModelLine:focus { background: $surface; color: $text-accent; text-style: bold; }
    """

    value: reactive[str] = reactive("", layout=True)

    def __init__(self, value: str) -> None:
        super().__init__()
        self.set_reactive(ModelLine.value, value)

    def render(self) -> Content:
        return Content(f"‹ {visible_line(self.value)} ›")
