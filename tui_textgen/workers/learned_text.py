"""The text that a model learned from: looked for where an equal one may be."""

from __future__ import annotations

from collections.abc import Iterator

from tui_textgen.corpus.encoded import EncodedText, encode, hash_in, open_encoded
from tui_textgen.corpus.library import find_corpus, list_corpora
from tui_textgen.corpus.survey import Progress, survey
from tui_textgen.errors import CorpusError
from tui_textgen.models.card import ModelCard
from tui_textgen.paths import Home
from tui_textgen.runs.facts import is_whole
from tui_textgen.runs.folder import RunFolder, run_folders
from tui_textgen.visible import visible_line


def learned_text(home: Home, card: ModelCard, progress: Progress | None = None) -> EncodedText:
    """The encoded text with the hash that ``card`` tells: of a run, of the cache, or else of the library, by its name.

    Raises CorpusError where there is none. ``progress`` is told how far a text of the library is read.
    """
    if card.corpus_sha256 is None:
        raise CorpusError("The model's file does not say which text it learned from; choose a model that does.")
    for text in _encoded(home, card):
        if text.sha256 == card.corpus_sha256:
            return text
    if text_of_library := _of_library(home, card, progress):
        return text_of_library
    name = visible_line(card.corpus or "unknown")
    missing = f"The text that the model learned from is not here (‘{name}’, SHA-256 {card.corpus_sha256[:12]}…)"
    if card.corpus in {entry.name for entry in list_corpora(home) if entry.gettable}:
        raise CorpusError(f"{missing}; get it in Corpora, or with: textgen-tui corpora get {name}")
    raise CorpusError(f"{missing}; put it into {visible_line(str(home.corpora))} as ‘{name}.txt’ and ask again.")


def _encoded(home: Home, card: ModelCard) -> Iterator[EncodedText]:
    """Encoded texts, the likeliest first; those that are not there or damaged are left out."""
    runs = [run.text for run in run_folders(home)]
    own = [RunFolder(card.path.parent.parent).text] if card.path else []
    for path in [*own, home.encoded / f"{card.corpus_sha256}.ids", *runs]:
        try:
            yield open_encoded(path)
        except CorpusError:
            continue


def _of_library(home: Home, card: ModelCard, progress: Progress | None) -> EncodedText | None:
    """The text of that name, or of those names joined, if the library has it and it is still the same."""
    names = (card.corpus or "").split(" + ")
    if not {entry.name for entry in list_corpora(home) if entry.available}.issuperset(names):
        return None
    training = card.training or {}
    encoding, min_count = str(training.get("encoding", "utf-8")), training.get("min_count", 1)
    source = find_corpus(home, names, encoding).taken(card.unit, min_count if is_whole(min_count) else 1)
    same = hash_in(card.unit, survey(source, home, progress).sha256) == card.corpus_sha256
    return encode(source, home, progress) if same else None
