"""What commands print: tables, JSON, and numbers as people read them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tui_textgen.visible import visible, visible_line

UNKNOWN = "–"


def print_json(value: Any) -> None:
    """``value`` as JSON; a number that is not finite becomes null. ASCII, so that no terminal acts on it."""
    print(_escaped(json.dumps(_finite(value), indent=2)))


def json_line(value: Mapping[str, Any]) -> str:
    """``value`` as one line of JSON."""
    return _escaped(json.dumps(_finite(value)))


def _escaped(text: str) -> str:
    return text.replace("\x7f", "\\u007f")  # the one control character that JSON takes as it is


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns under their headers; a header that ends in ``>`` stands over numbers, aligned to the right."""
    from rich.cells import cell_len

    names = [header.removesuffix(">") for header in headers]
    lines = [names, *([visible_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        cells = [
            " " * (width - cell_len(cell)) + cell if header.endswith(">") else cell + " " * (width - cell_len(cell))
            for header, cell, width in zip(headers, line, widths, strict=True)
        ]
        print("  ".join(cells).rstrip())


def print_facts(facts: Mapping[str, str]) -> None:
    """A name and its value a line."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        print(f"{name:<{width}}  {visible_line(value)}")


def say(text: str) -> None:
    """A word to the person at the terminal: on standard error, so that standard output stays clean."""
    print(visible(text), file=sys.stderr, flush=True)


def count(number: int | None) -> str:
    return UNKNOWN if number is None else f"{number:,}"


def loss(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.4f}"


def bpc(nats: float) -> float:
    """Bits per character of a loss in nats."""
    return nats / math.log(2)


def bits(nats: float, per: str, digits: int = 4) -> str:
    """A loss in bits, and what it is per: ``1.2345 bpc``."""
    return f"{bpc(nats):.{digits}f} {'bpc' if per == 'character' else f'bits per {per}'}"


def duration(seconds: float) -> str:
    """``0:07``, ``12:05``, ``3:00:00``; ``–`` for what is no number."""
    if not math.isfinite(seconds):
        return UNKNOWN
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
