"""A grid of dots, two across and four down in each character cell."""

from __future__ import annotations

BLANK = 0x2800
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot by column and row (Unicode, Braille Patterns)."""


class BrailleCanvas:
    """Dots on ``columns`` × ``rows`` cells; dot (0, 0) is at the top left. What is outside is not drawn."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = max(0, columns), max(0, rows)
        self._cells = [[0] * self.columns for _ in range(self.rows)]

    def dot(self, x: int, y: int) -> None:
        """Set one dot."""
        if 0 <= x < 2 * self.columns and 0 <= y < 4 * self.rows:
            self._cells[y // 4][x // 2] |= DOTS[x % 2][y % 4]

    def upright(self, x: int, top: int, bottom: int) -> None:
        """Set the dots of column ``x`` from ``top`` to ``bottom``."""
        for y in range(max(0, min(top, bottom)), min(4 * self.rows - 1, max(top, bottom)) + 1):
            self.dot(x, y)

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """A line from one dot to another further right, without gaps."""
        before = y0
        for x in range(x0, x1 + 1):
            y = y0 if x1 == x0 else round(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
            self.upright(x, before + (y > before) - (y < before), y)
            before = y

    def character(self, column: int, row: int) -> str | None:
        """The cell's character, None where no dot is set."""
        bits = self._cells[row][column]
        return chr(BLANK + bits) if bits else None
