from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.models.making import CARD
from tests.unit.runs.making import home_in, make_run, make_text
from tui_textgen.corpus.encoded import EncodedText, encode, open_encoded
from tui_textgen.corpus.library import find_corpus
from tui_textgen.errors import CorpusError
from tui_textgen.models.card import ModelCard
from tui_textgen.paths import Home
from tui_textgen.workers.learned_text import learned_text


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


def card_of(text: EncodedText, corpus: str | None = "small") -> ModelCard:
    return replace(CARD, corpus=corpus, corpus_sha256=text.sha256)


def forget(home: Home) -> None:
    shutil.rmtree(home.cache)


def test_an_encoded_text_is_taken_from_the_cache(home: Home) -> None:
    text = make_text(home)
    assert learned_text(home, card_of(text)) == text


def test_a_runs_own_text_is_enough(home: Home) -> None:
    run = make_run(home)
    forget(home)
    assert learned_text(home, card_of(open_encoded(run.text))).path == run.text


def test_the_run_of_the_model_comes_first(home: Home) -> None:
    make_run(home, "another")
    run = make_run(home, "one")
    assert learned_text(home, replace(card_of(make_text(home)), path=run.best)).path == run.text


def test_damaged_texts_are_passed_over(home: Home) -> None:
    text = make_text(home)
    make_run(home, "whole")
    make_run(home, "damaged").text.with_suffix(".json").unlink()
    text.path.unlink()
    assert learned_text(home, card_of(text)).path == home.runs / "whole" / "text.ids"


def test_a_text_of_the_library_is_read_for_it(home: Home) -> None:
    text = encode(find_corpus(home, ["hello"]), home)
    forget(home)
    shares: list[float] = []
    assert learned_text(home, card_of(text, "hello"), shares.append) == text
    assert shares[-1] == 1.0


@pytest.mark.parametrize("odd", ["many", None, [], 1e300, -1])
def test_odd_settings_of_a_model_are_passed_over(home: Home, odd: object) -> None:
    """They ended the reader."""
    text = encode(find_corpus(home, ["hello"]), home)
    forget(home)
    card = replace(card_of(text, "hello"), training={"min_count": odd})
    assert learned_text(home, card) == text


def test_joined_texts_of_the_library_are_joined_again(home: Home) -> None:
    home.corpora.mkdir(parents=True)
    (home.corpora / "mine.txt").write_text("Mine.")
    text = encode(find_corpus(home, ["hello", "mine"]), home)
    forget(home)
    assert learned_text(home, card_of(text, text.name)) == text


def test_another_text_of_that_name_is_not_taken(home: Home) -> None:
    home.corpora.mkdir(parents=True)
    (home.corpora / "small.txt").write_text("This one came later.")
    text = make_text(home)
    forget(home)
    with pytest.raises(CorpusError, match=rf"‘small’, SHA-256 {text.sha256[:12]}…\); put it into .* as ‘small.txt’"):
        learned_text(home, card_of(text))


def test_what_the_sentence_says_helps(home: Home) -> None:
    text = make_text(home)
    forget(home)
    home.corpora.mkdir(parents=True)
    shutil.copy(home.data / "small.txt", home.corpora / "small.txt")
    assert learned_text(home, card_of(text)).sha256 == text.sha256


def test_a_hostile_name_is_shown_harmless(home: Home) -> None:
    with pytest.raises(CorpusError) as caught:
        learned_text(home, replace(CARD, corpus="a\x1b[2Jb"))
    assert "\x1b" not in str(caught.value)


def test_a_model_that_does_not_know_its_text_says_so(home: Home) -> None:
    with pytest.raises(CorpusError, match="does not say which text it learned from"):
        learned_text(home, replace(CARD, corpus_sha256=None))


def test_of_a_text_that_can_be_downloaded_it_says_how(home: Home) -> None:
    text = make_text(home)
    forget(home)
    with pytest.raises(CorpusError, match="textgen-tui corpora get anna-karenina"):
        learned_text(home, card_of(text, "anna-karenina"))
