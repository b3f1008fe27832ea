from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus.packing import ITEM_BYTES, Item, item_for, packer, unpacker
from tui_textgen.corpus.vocabulary import Vocabulary

CODES: dict[Item, str] = {"uint8": "B", "int16": "h", "int32": "i"}
EVERYTHING = "".join(map(chr, range(0x110000)))


def naive(vocabulary: Vocabulary, text: str) -> bytes:
    return array(CODES[item_for(len(vocabulary))], vocabulary.encode(text)).tobytes()


@given(st.text(st.characters(), min_size=1))
def test_small_vocabularies(text: str) -> None:
    vocabulary = Vocabulary.of(text)
    packed = packer(vocabulary)(text)
    assert packed == naive(vocabulary, text)
    assert unpacker(vocabulary)(packed) == text


@given(st.text(st.sampled_from("\0ab\x7f\x80é\ud800\udc00\ufffe\uffff😀😁"), min_size=1))
def test_the_characters_that_a_character_map_cannot_take(text: str) -> None:
    vocabulary = Vocabulary.of(text + "z")
    packed = packer(vocabulary)(text)
    assert packed == naive(vocabulary, text)
    assert unpacker(vocabulary)(packed) == text


@pytest.mark.parametrize(
    "characters",
    [
        EVERYTHING[:256],
        EVERYTHING[1:257],
        EVERYTHING[100:356][::-1],
        EVERYTHING[0xFFF0:0x100F0],
        EVERYTHING[:257],
        EVERYTHING[0xD000 : 0xD000 + 32768],
        EVERYTHING[: 32768 + 1],
        EVERYTHING[:70000],
    ],
    ids=lambda characters: f"{len(characters)} from {ord(characters[0]):x}",
)
def test_vocabularies_at_the_borders_of_an_item(characters: str) -> None:
    vocabulary = Vocabulary(characters)
    text = characters + characters[::-7]
    packed = packer(vocabulary)(text)
    assert packed == naive(vocabulary, text)
    assert unpacker(vocabulary)(packed) == text


@pytest.mark.parametrize(
    ("distinct", "item"), [(1, "uint8"), (256, "uint8"), (257, "int16"), (32768, "int16"), (32769, "int32")]
)
def test_the_smallest_item_is_taken(distinct: int, item: Item) -> None:
    assert item_for(distinct) == item
    assert ITEM_BYTES[item] == array(CODES[item]).itemsize
