from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.errors import PrimeError
from tui_textgen.visible import visible_line

TEXTS = st.text(st.characters(), max_size=200)
"""Every code point, lone surrogates among them."""


@given(TEXTS)
def test_what_is_encoded_decodes_to_the_same(text: str) -> None:
    vocabulary = Vocabulary.of(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(TEXTS, st.randoms())
def test_the_order_of_a_text_does_not_change_its_ids(text: str, random: st.DataObject) -> None:
    shuffled = list(text)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Vocabulary.of(shuffled) == Vocabulary.of(text)
    assert list(Vocabulary.of(text).characters) == sorted(set(text))


def test_ids_follow_the_given_order() -> None:
    vocabulary = Vocabulary("helo")
    assert vocabulary.encode("hello") == [0, 1, 2, 2, 3]
    assert vocabulary.decode([3, 0]) == "oh"
    assert len(vocabulary) == 4


def test_a_character_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        Vocabulary("hello")


def test_unknown_characters_come_once_in_order() -> None:
    assert Vocabulary("helo").unknown("world, world") == "wrd, "
    assert Vocabulary("helo").unknown("hello") == ""


def test_an_unknown_character_is_named_harmlessly() -> None:
    with pytest.raises(PrimeError) as caught:
        Vocabulary("helo").encode("hé\x1b]l")
    assert "‘é’, ‘␛’, ‘]’" in str(caught.value)


def test_many_unknown_characters_are_counted() -> None:
    with pytest.raises(PrimeError, match="and 15 more"):
        Vocabulary("").encode("abcdefghijklmnopqrstuvwxy")


@given(TEXTS, TEXTS, st.sampled_from(["char", "byte", "placeholder"]))
def test_any_prime_is_read_or_refused_harmlessly(text: str, prime: str, kind: str) -> None:
    vocabulary = Vocabulary.of(text + "\ufffd" * (kind == "placeholder"))
    if kind == "placeholder":
        vocabulary = replace(vocabulary, placeholder="\ufffd")
    elif kind == "byte":
        vocabulary = vocabulary.in_bytes()
    assert set(vocabulary.encode(vocabulary.as_read(prime))) <= set(range(len(vocabulary)))
    if not vocabulary.unknown(prime):
        vocabulary.encode(prime)
        return
    with pytest.raises(PrimeError) as caught:
        vocabulary.encode(prime)
    assert visible_line(str(caught.value)) == str(caught.value)
