"""The one place where text from outside becomes safe to show in a terminal."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "["
    "\x00-\x09\x0b-\x1f"  # C0 but for the newline; the tab becomes spaces
    "\x7f-\x9f"  # DEL and C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, bidi controls, separators
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"  # fillers, variation selectors, BOM, annotations
    "\ud800-\udfff"  # lone surrogates
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # formatting, tags
    "]"
)


def visible(text: str) -> str:
    """``text`` with every character that a terminal could act on, or hide, made visible.

    Newlines stay and tabs become four spaces. The C0 controls and DEL become their control pictures
    (``␛``), a byte that is no character itself (``⟨x84⟩``), everything else its code point (``⟨9b⟩``).
    """
    if text.isprintable() and text.isascii():
        return text
    return _UNSAFE.sub(_shown, text)


def visible_line(text: str) -> str:
    """Like :func:`visible`, with newlines as ``⏎``, for places that hold one line."""
    return visible(text).replace("\n", "⏎")


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds such a byte
        return f"⟨x{code - 0xDC00:x}⟩"
    return "␡" if code == 0x7F else f"⟨{code:x}⟩"
