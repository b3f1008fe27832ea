"""The likeliest characters at a place, as bars."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, chain

from rich.cells import cell_len

from tui_textgen.tui.renderables.heat import percent
from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.renderables.rows import LIVE, MUTED, Row, cells, crop
from tui_textgen.workers.protocol import Likeliest

EIGHTHS = " ▏▎▍▌▋▊▉"
CAME = "●"
"""Beside the alternative that stands in the text."""
BEFORE_BAR = 18
"""Cells of number, character, percentage and sign."""


def bar(share: float, width: int) -> str:
    """``share`` of ``width`` cells, to an eighth of one."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def key_of(index: int) -> str:
    """The digit that stands for an alternative: 1 … 9, 0."""
    return str((index + 1) % 10)


def alternative_rows(likeliest: Likeliest, came: str, marked: int, width: int, height: int) -> list[Row]:
    """A row for each alternative that fits; ``came`` is the character that stands there, ``marked`` the one chosen."""
    first = first_row(likeliest, marked, height)
    last = min(len(likeliest.characters), first + height)
    return [_row(likeliest, index, came, index == marked, width) for index in range(first, last)]


def first_row(likeliest: Likeliest, marked: int, height: int) -> int:
    """The alternative in the first of ``height`` rows, so that the marked one is in one of them."""
    return max(0, min(marked - height + 1, len(likeliest.characters) - height))


def _row(likeliest: Likeliest, index: int, came: str, is_marked: bool, width: int) -> Row:
    character, share = likeliest.characters[index], likeliest.probabilities[index]
    name = named(character)
    sign = CAME if character == came else " "
    room = max(0, width - BEFORE_BAR)
    return crop(
        (
            ("▸" if is_marked else " ", LIVE),
            (key_of(index), MUTED),
            (f" {name}{' ' * max(0, 3 - cell_len(name))}", "bold reverse" if is_marked else "bold"),
            (f"{percent(share):>9} {sign} ", ""),
            (bar(share, room), LIVE),
        ),
        width,
    )


def alternative_words(likeliest: Likeliest, came: str, marked: int, width: int) -> Row:
    """The alternatives in one line; from the marked one on where it would not fit."""
    first, parts = _line(likeliest, came, marked, width)
    return crop(tuple(chain.from_iterable(parts[first:])), width)


def alternative_at(likeliest: Likeliest, came: str, marked: int, width: int, x: int) -> int:
    """The alternative in column ``x`` of that line; beyond the last there is none."""
    first, parts = _line(likeliest, came, marked, width)
    return first + bisect_right(list(accumulate(map(cells, parts[first:]))), x)


def _line(likeliest: Likeliest, came: str, marked: int, width: int) -> tuple[int, list[Row]]:
    """The first of the alternatives that the line shows, and the words of all."""
    parts = [_words(likeliest, index, came, index == marked) for index in range(len(likeliest.characters))]
    return (marked if sum(map(cells, parts[: marked + 1])) > width else 0), parts


def _words(likeliest: Likeliest, index: int, came: str, is_marked: bool) -> Row:
    character, share = likeliest.characters[index], likeliest.probabilities[index]
    name = f"{CAME if character == came else ''}{named(character)}"
    return (
        (f" {key_of(index)} ", MUTED),
        (name, "bold reverse" if is_marked else "bold"),
        (f" {percent(share)} ", ""),
    )
