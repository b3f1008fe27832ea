"""A model on disk: one safetensors file with its card in the header."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui_textgen.corpus.vocabulary import Vocabulary
from tui_textgen.models.card import ModelCard, card_metadata, read_card
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.tensor_file import read_tensors, write_tensors


@dataclass(frozen=True)
class LoadedModel:
    """A model to write or to score with."""

    network: CharRNN
    card: ModelCard
    vocabulary: Vocabulary


def save_model(path: Path, network: CharRNN, card: ModelCard) -> None:
    """Replace ``path`` by ``network`` and ``card``. A full or read-only disk is a TextgenError."""
    write_tensors(path, network.state_dict(), card_metadata(card))


def load_model(path: Path) -> LoadedModel:
    """The model at ``path``, on the CPU in fp32; raises ModelFileError.

    The card is held against the tensors' names and shapes, and these against the file's size, before anything is
    allocated. The card is of the same file as the tensors, though a trainer may put another in its place meanwhile.
    """
    card = read_card(path)
    tensors, _ = read_tensors(path)
    if read_card(path) != card:
        return load_model(path)
    network = CharRNN(card.shape, len(card.vocabulary))
    network.load_state_dict(tensors)
    return LoadedModel(network.eval(), card, card.as_vocabulary())
