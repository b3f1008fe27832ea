"""What a character is called: Unicode's names, and those that people use where Unicode has none."""

from __future__ import annotations

import unicodedata

CONTROLS = (
    "null", "start of heading", "start of text", "end of text", "end of transmission", "enquiry", "acknowledge", "bell",
    "backspace", "tab", "line feed", "vertical tab", "form feed", "carriage return", "shift out", "shift in",
    "data link escape", "device control one", "device control two", "device control three", "device control four",
    "negative acknowledge", "synchronous idle", "end of transmission block", "cancel", "end of medium", "substitute",
    "escape", "file separator", "group separator", "record separator", "unit separator",
)  # fmt: skip
"""U+0000 to U+001F."""
OTHERS = {0x7F: "delete", 0x85: "next line", 0xFEFF: "byte order mark"}
KINDS = {"Cc": "control", "Co": "private use", "Cs": "lone surrogate", "Cn": "not assigned"}
"""By Unicode's category, where it has no name."""


def code_point(character: str) -> str:
    """``U+000A``."""
    return f"U+{ord(character):04X}"


def name_of(character: str) -> str:
    """``line feed``, ``no-break space``, ``latin small letter e with acute``, ``private use``."""
    code = ord(character)
    if code < len(CONTROLS):
        return CONTROLS[code]
    if code in OTHERS:
        return OTHERS[code]
    return unicodedata.name(character, "").lower() or KINDS.get(unicodedata.category(character), "nameless")
