"""What a run may be called: one path component that nobody has to quote or mistrust."""

from __future__ import annotations

import unicodedata

from tui_textgen.errors import RunError
from tui_textgen.visible import visible_line

LONGEST = 100
"""Bytes, in UTF-8."""


def checked_name(name: str, whose: str = "A run's") -> str:
    """``name`` in its composed form (NFC), so that it is one name however it was typed; raises RunError."""
    name = unicodedata.normalize("NFC", name)
    if not name:
        raise RunError(f"{whose} name cannot be empty; leave it out to have one made.")
    if not _opens(name[0]):
        raise RunError(f"{whose} name begins with a letter, a digit or _, unlike {visible_line(name)!r}.")
    if wrong := [character for character in name if not _fits(character)]:
        raise RunError(
            f"{whose} name is made of letters, digits, '-', '_' and '.'; "
            f"{visible_line(wrong[0])!r} in {visible_line(name)!r} is none of them."
        )
    if len(name.encode()) > LONGEST:
        raise RunError(f"{whose} name has at most {LONGEST} bytes; {visible_line(name)[:20]!r}… is longer.")
    return name


def name_from(*parts: str) -> str:
    """A name made of what fits in ``parts``, joined by dashes, with room for a number behind it."""
    text = unicodedata.normalize("NFC", "-".join(parts))
    words = "".join(character if _fits(character) else " " for character in text).split()
    name = "-".join(words).lstrip("-.")
    while name and not _opens(name[0]):
        name = name[1:]
    name = name.encode()[: LONGEST - 10].decode(errors="ignore").rstrip("-.")
    return name or "run"


def _opens(character: str) -> bool:
    return (character.isalnum() or character == "_") and visible_line(character) == character


def _fits(character: str) -> bool:
    """Marks are part of the letters of many scripts."""
    inside = character in "-." or unicodedata.category(character) in ("Mn", "Mc")
    return _opens(character) or (inside and visible_line(character) == character)
