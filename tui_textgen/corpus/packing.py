"""Characters as packed ids, and back: what an `.ids` file consists of."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Literal

from tui_textgen.corpus.vocabulary import Vocabulary

Item = Literal["uint8", "int16", "int32"]
"""How one id is stored, little endian."""

ITEM_BYTES: dict[Item, int] = {"uint8": 1, "int16": 2, "int32": 4}
_CODECS: dict[Item, str] = {"int16": "utf-16-le", "int32": "utf-32-le"}
"""An id as the character of that code point is encoded in just these bytes; int16 ends below the surrogates."""


def item_for(distinct: int) -> Item:
    """The smallest item that holds the ids of ``distinct`` characters."""
    return "uint8" if distinct <= 1 << 8 else "int16" if distinct <= 1 << 15 else "int32"


def packer(vocabulary: Vocabulary) -> Callable[[str], bytes]:
    """Text to packed ids; a character outside the vocabulary gives an UnicodeError or wrong ids."""
    item = item_for(len(vocabulary))
    if item == "uint8":
        return _byte_packer(vocabulary.characters)
    ids = {ord(character): index for index, character in enumerate(vocabulary.characters)}
    return lambda text: text.translate(ids).encode(_CODECS[item], "surrogatepass")


def unpacker(vocabulary: Vocabulary) -> Callable[[bytes], str]:
    """Packed ids to text; raises IndexError for an id that is too large."""
    item, characters = item_for(len(vocabulary)), vocabulary.characters
    codec = "latin-1" if item == "uint8" else _CODECS[item]

    def unpack(data: bytes) -> str:
        ids = data.decode(codec, "surrogatepass")
        if any(ord(index) >= len(characters) for index in set(ids)):
            raise IndexError("An id is outside the vocabulary.")
        return ids.translate(characters)

    return unpack


def _byte_packer(characters: str) -> Callable[[str], bytes]:
    ascii_ids = bytes(max(0, characters.find(chr(code))) for code in range(256))
    pack = _pack_by_map(characters) if _suits_map(characters) else _pack_by_dict(characters)
    return lambda text: text.encode("ascii").translate(ascii_ids) if text.isascii() else pack(text)


def _suits_map(characters: str) -> bool:
    """Whether charmap_build makes a compact map of them: basic plane, NUL at 0, no U+FFFE."""
    return 0 < len(characters) < 256 and max(characters) <= "\uffff" and not {"\0", "\ufffe"} & set(characters)


def _pack_by_map(characters: str) -> Callable[[str], bytes]:
    """3 ns a character. The map has NUL at 0, so that everything else is one too high."""
    mapping, one_less = codecs.charmap_build("\0" + characters), bytes([0, *range(255)])
    return lambda text: codecs.charmap_encode(text, "strict", mapping)[0].translate(one_less)


def _pack_by_dict(characters: str) -> Callable[[str], bytes]:
    """18 to 35 ns a character."""
    mapping = {ord(character): index for index, character in enumerate(characters)}
    return lambda text: codecs.charmap_encode(text, "strict", mapping)[0]
