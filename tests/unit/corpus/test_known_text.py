"""A text without what a model never saw, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus.known_text import KnownText
from tui_textgen.corpus.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abc")
texts = st.text("abcX\udc80☃", max_size=30)


@given(texts)
def test_only_what_is_known_is_read(text: str) -> None:
    known = KnownText(VOCABULARY, text)
    assert VOCABULARY.decode(known.ids) == "".join(character for character in text if character in "abc")
    assert known.unknown == VOCABULARY.unknown(text)
    for place in range(len(text) + 1):
        assert known.before(place) == sum(character in "abc" for character in text[:place])


@given(texts, st.lists(st.integers(1, 5), min_size=31, max_size=31))
def test_values_in_pieces_make_up_the_whole_text(text: str, sizes: list[int]) -> None:
    known = KnownText(VOCABULARY, text)
    told: list[str | None] = []
    values, begin = [VOCABULARY.characters[index] for index in known.ids], 0
    for size in sizes:
        piece = values[begin : begin + size]
        if piece:
            told += known.spread(begin, piece)
        begin += len(piece)
    assert told == ([one if one in "abc" else None for one in text] if known.ids else [])
