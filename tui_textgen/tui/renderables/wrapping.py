"""Text that grows at its end, as lines that fit a width."""

from __future__ import annotations

from rich.cells import cell_len, get_character_cell_size


class WrappedText:
    """``lines`` joined are the text; each but the last ends in a newline, after a space, or where it is full.

    One space may hang over the edge. Appending looks at the last line alone, so a long text costs what is new of it.
    """

    def __init__(self, width: int) -> None:
        self.width = max(1, width)
        self.lines: list[str] = [""]
        self.starts: list[int] = [0]
        """Where each line starts in the text."""

    def append(self, text: str) -> int:
        """Add ``text``; the number of the first line that changed."""
        first = len(self.lines) - 1
        start = self.starts[first]
        fresh = split(self.lines[first] + text, self.width)
        self.lines[first:] = fresh
        del self.starts[first:]
        for line in fresh:
            self.starts.append(start)
            start += len(line)
        return first

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def __len__(self) -> int:
        return self.starts[-1] + len(self.lines[-1])


def split(text: str, width: int) -> list[str]:
    """``text`` as lines of at most ``width`` cells, not counting a last space or newline; the last may be empty."""
    lines: list[str] = []
    paragraphs = text.split("\n")
    for paragraph in paragraphs[:-1]:
        lines += _split_paragraph(paragraph, width)
        lines[-1] += "\n"
    return lines + _split_paragraph(paragraphs[-1], width)


def _split_paragraph(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    while (full := _fitting(paragraph, width)) < len(paragraph):
        lines.append(paragraph[:full])
        paragraph = paragraph[full:]
    return [*lines, paragraph]


def _fitting(text: str, width: int) -> int:
    """How many characters of ``text`` make its first line."""
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return len(text)
    cells = 0
    for index, character in enumerate(text):
        cells += get_character_cell_size(character)
        if cells > width:
            if character == " ":
                return index + 1
            return text.rfind(" ", 0, index) + 1 or max(1, index)
    return len(text)
