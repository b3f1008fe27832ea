"""Numbers as people read them."""

from __future__ import annotations


def count(number: int | None) -> str:
    """``1,985,223``; ``–`` where it is not known yet."""
    return "–" if number is None else f"{number:,}"


def counted(number: int, what: str) -> str:
    """``1 step``, ``2,232 steps``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def short_count(number: float | None) -> str:
    """At most three digits and a letter: ``999``, ``3.4k``, ``13M``."""
    if number is None:
        return "–"
    return _scaled(number, ("", "k", "M", "G", "T"))


def size(number: int | None) -> str:
    """Bytes: ``12 B``, ``2.0 MB``, ``13 GB``."""
    return "–" if number is None else _scaled(number, (" B", " kB", " MB", " GB", " TB"))


def _scaled(number: float, units: tuple[str, ...]) -> str:
    step = 0
    while abs(number) >= 999.5 and step < len(units) - 1:
        number, step = number / 1000, step + 1
    digits = 1 if step and abs(number) < 9.95 else 0
    return f"{number:.{digits}f}{units[step]}"
