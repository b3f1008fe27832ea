"""Colours told by reverse and dim, for NO_COLOR."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Shade
from textual.filter import LineFilter

LIGHT_GROUND = 0.5
"""Brightness from which a ground is told by reverse: the cursor, a focused button, what is selected."""
QUIET = 0.75
"""Brightness under which text is told by dim."""


class WithoutColour(LineFilter):
    """Leaves no colour in what is drawn with the theme MONOCHROME.

    Textual's own way with NO_COLOR sends greys, which to a terminal are colours; without them its cursor would be gone.
    """

    def apply(self, segments: list[Segment], background: Shade) -> list[Segment]:  # noqa: ARG002
        return [Segment(text, style and without_colour(style), control) for text, style, control in segments]


@lru_cache(4096)
def without_colour(style: Style) -> Style:
    """``style`` with its attributes alone, dim and reverse according to its colours."""
    reversed_ground = _brightness(style.bgcolor, 0.0) > LIGHT_GROUND
    quiet = not reversed_ground and _brightness(style.color, 1.0) < QUIET
    plain = style.without_color + Style(reverse=bool(style.reverse) != reversed_ground, dim=quiet or bool(style.dim))
    return plain + Style.from_meta(style.meta) if style.meta else plain


def _brightness(color: Color | None, otherwise: float) -> float:
    return otherwise if color is None or color.is_default else Shade.from_rich_color(color).brightness
