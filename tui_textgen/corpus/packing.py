"""Text as packed ids, and back: what an `.ids` file consists of."""

from __future__ import annotations

import codecs
import re
import sys
from array import array
from collections.abc import Callable
from typing import Literal

from tui_textgen.corpus.vocabulary import Vocabulary

Item = Literal["uint8", "int16", "int32"]
"""How one id is stored, little endian."""

ITEM_BYTES: dict[Item, int] = {"uint8": 1, "int16": 2, "int32": 4}
_CODECS: dict[Item, str] = {"int16": "utf-16-le", "int32": "utf-32-le"}
"""An id as the character of that code point is encoded in just these bytes; int16 ends below the surrogates."""


UNDEFINED = "\ufffe"
"""What a character map takes for "no character here"."""


def item_for(distinct: int) -> Item:
    """The smallest item that holds the ids of ``distinct`` characters."""
    return "uint8" if distinct <= 1 << 8 else "int16" if distinct <= 1 << 15 else "int32"


def packer(vocabulary: Vocabulary) -> Callable[[str], bytes]:
    """Text to packed ids; a character outside the vocabulary gives an UnicodeError or a wrong id."""
    if vocabulary.unit == "byte":
        table = _ids_of_bytes(vocabulary)
        return lambda text: text.encode("utf-8", "surrogatepass").translate(table)
    item, characters = item_for(len(vocabulary)), vocabulary.characters
    if item == "uint8":
        return _byte_packer(characters)
    ids = [0] * (ord(max(characters)) + 1)  # a list is read a third faster than a dict
    for index, character in enumerate(characters):
        ids[ord(character)] = index
    return lambda text: text.translate(ids).encode(_CODECS[item], "surrogatepass")


def unpacker(vocabulary: Vocabulary) -> Callable[[bytes], str]:
    """Packed ids to text, piece by piece; an id outside the vocabulary gives an UnicodeError or a wrong character.

    A piece of bytes may end within a character, which then comes with the next one; at the end an empty piece shows
    whether one is unfinished.
    """
    if vocabulary.unit == "byte":
        return _bytes_unpacker(vocabulary)
    item, characters = item_for(len(vocabulary)), list(vocabulary.characters)
    if item != "uint8":
        return lambda data: data.decode(_CODECS[item], "surrogatepass").translate(characters)
    if UNDEFINED in characters:
        return lambda data: data.decode("latin-1").translate(characters)
    return lambda data: codecs.charmap_decode(data, "strict", vocabulary.characters)[0]


def _ids_of_bytes(vocabulary: Vocabulary) -> bytes:
    known = vocabulary.characters.encode("ascii", "surrogateescape")
    return bytes(max(0, known.find(byte)) for byte in range(256))


def _bytes_unpacker(vocabulary: Vocabulary) -> Callable[[bytes], str]:
    table = vocabulary.characters.encode("ascii", "surrogateescape").ljust(256, b"\xff")  # which no UTF-8 has
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    return lambda data: decoder.decode(data.translate(table), final=not data)


def wide_ids(data: bytes, item: Item) -> array[int]:
    """Packed ids of more than a byte each, as numbers."""
    ids = array("h" if item == "int16" else "i", data)
    if sys.byteorder == "big":
        ids.byteswap()
    return ids


def _byte_packer(characters: str) -> Callable[[str], bytes]:
    """Packs ASCII at 0.5 ns a character, what a compact character map takes at 3 ns, anything else at 20.

    Such a map has NUL at 0 and holds 255 more characters of the basic plane; its bytes are then turned into ids.
    """
    ids = {character: index for index, character in enumerate(characters)}
    mapped = "".join(c for c in characters if "\0" < c <= "\uffff" and c != UNDEFINED)[:255]
    mapping = codecs.charmap_build("\0" + mapped)
    ascii_ids = bytes(ids.get(chr(code), 0) for code in range(256))
    mapped_ids = bytes([ids.get("\0", 0), *(ids[character] for character in mapped)]).ljust(256, b"\0")

    def pack(text: str) -> bytes:
        if text.isascii():
            return text.encode("ascii").translate(ascii_ids)
        return codecs.charmap_encode(text, "strict", mapping)[0].translate(mapped_ids)

    others = "".join(set(characters) - set(mapped) - {"\0"})
    if not others:
        return pack
    runs, other_ids = re.compile(f"([{re.escape(others)}]+)"), {ord(character): ids[character] for character in others}

    def pack_runs(text: str) -> bytes:
        pieces = runs.split(text)  # every second one consists of the others
        return b"".join(
            codecs.charmap_encode(piece, "strict", other_ids)[0] if index % 2 else pack(piece)
            for index, piece in enumerate(pieces)
        )

    return pack_runs
