"""What a writer answers about a text: how likely it was, what else was, and what the network's units did."""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from torch import Tensor

from tui_textgen.corpus.features import FEATURES
from tui_textgen.corpus.known_text import Gathering, KnownText
from tui_textgen.errors import CorpusError, SettingsError
from tui_textgen.models.score import Score
from tui_textgen.network.activations import Activations, correlations
from tui_textgen.network.char_rnn import State
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.predictions import Piece, Predictions
from tui_textgen.network.sampling import start_ids
from tui_textgen.workers.passages import digits
from tui_textgen.workers.protocol import LONGEST_LOOK, Unit
from tui_textgen.workers.serving import Request

BEST_UNITS = 10
TELL_SECONDS = 0.1
"""Between two words of how far the work is."""


class Looking:
    """Looks at texts with one model; what it found out about the last one is kept."""

    def __init__(self, model: LoadedModel) -> None:
        self.model = model
        self._predictions = Predictions(model.network)
        self._activations = Activations(model.network)
        self._last = KnownText(model.vocabulary, "")

    def behind(self, prime: str, check: Callable[[], None]) -> State:
        """The state from which a passage after ``prime`` begins; raises PrimeError."""
        return self._predictions.behind(start_ids(self.model, prime)[:-1], check)

    def look(self, request: Request) -> None:
        """``text`` → ``skipped`` if any, ``seen`` (probabilities, ranks) in pieces, at last the score."""
        text = self._text(request)
        if text.unknown:
            request.emit({"skipped": text.unknown})
        total, told = 0.0, 0
        of_characters, worst = Gathering[float](text, operator.add), Gathering[int](text, max)
        for piece in self._predictions.along(text.ids, request.check):
            request.check()
            first = [None] if told == 0 else []
            nats, ranks = of_characters.take([*first, *piece.nats]), worst.take([*first, *piece.ranks])
            chances = [None if one is None else digits(math.exp(-one)) for one in nats]
            request.emit({"seen": [text.spread(told, chances), text.spread(told, ranks)]})
            told += len(chances)
            total += math.fsum(piece.nats)
        if not text.ids:
            nothing = [None] * len(text.whole)
            request.emit({"seen": [nothing, nothing]})
        predicted = max(0, told - 1)
        request.emit(asdict(Score(predicted, total / predicted if predicted else 0.0, self.model.vocabulary.unit)))

    def alternatives(self, request: Request) -> None:
        """``text``, ``begin``, ``end``, ``count`` → ``likeliest``: for each place characters and probabilities."""
        text, arguments = self._text(request), request.arguments
        places = range(max(0, arguments["begin"]), min(len(text.whole) + 1, arguments["end"]))
        read = [text.before(place) for place in places]
        pieces: list[Piece] = []
        if read and read[-1]:
            last = (read[-1] - 1) // self._predictions.size
            for piece in self._predictions.along(text.ids, request.check):
                pieces.append(piece)
                if len(pieces) > last:
                    break
        request.emit({"likeliest": [self._likeliest(pieces, known, arguments["count"]) for known in read]})

    def activations(self, request: Request) -> None:
        """``text``, ``units`` → ``values`` in pieces: for each unit a list."""
        text = self._text(request)
        units = [self._checked(Unit(**unit)) for unit in request.arguments["units"]]
        told = 0
        for activity in self._activations.along(text.ids, request.check):
            request.check()
            columns = [_rounded(activity[unit.layer][:, "hc".index(unit.part), unit.index]) for unit in units]
            request.emit({"values": [text.spread(told, column) for column in columns]})
            told += len(activity[0])
        if not text.ids:
            request.emit({"values": [[None] * len(text.whole) for _ in units]})

    def units(self, request: Request) -> None:
        """``text`` → ``progress`` now and then; for each feature, by name, the best units as layer, index, part, r."""
        text = self._text(request)
        if not text.ids:
            request.emit({feature.name: [] for feature in FEATURES})
            return
        told_of: list[list[float]] = []
        for feature in FEATURES:
            request.check()
            values = feature.measure(text.whole)
            told_of.append([values[place] for place in text.places])
        found = correlations(self._told(request, text), told_of)
        request.emit({feature.name: _best(found, index) for index, feature in enumerate(FEATURES)})

    def _told(self, request: Request, text: KnownText) -> Iterator[list[Tensor]]:
        """All units along the text, while the request is told how far it is."""
        done, told_at = 0, time.monotonic()
        for activity in self._activations.along(text.ids, request.check):
            request.check()
            yield activity
            done += len(activity[0])
            if (now := time.monotonic()) - told_at >= TELL_SECONDS:
                request.emit({"progress": done / len(text.ids)})
                told_at = now

    def _text(self, request: Request) -> KnownText:
        text = request.arguments["text"]
        if len(text) > LONGEST_LOOK:
            raise CorpusError(
                f"The text has {len(text):,} characters; up to {LONGEST_LOOK:,} can be looked at: take a part of it."
            )
        if text != self._last.whole:
            self._last = KnownText(self.model.vocabulary, text)
        return self._last

    def _likeliest(self, pieces: list[Piece], known: int, count: int) -> tuple[str, list[float]]:
        """What was expected after so many known characters."""
        if known == 0:
            return "", []
        index, row = divmod(known - 1, self._predictions.size)
        ids = pieces[index].likeliest[row, :count].tolist()
        chances = pieces[index].chances[row, :count].tolist()
        return "".join(self.model.vocabulary.characters[index] for index in ids), [
            digits(math.exp(chance)) for chance in chances
        ]

    def _checked(self, unit: Unit) -> Unit:
        shape = self.model.network.shape
        if not (0 <= unit.layer < shape.n_layers and 0 <= unit.index < shape.n_hidden):
            raise SettingsError(
                f"There is no unit {unit.index} in layer {unit.layer}: this network has {shape.n_layers} × "
                f"{shape.n_hidden}, counted from 0."
            )
        if unit.part == "c" and shape.model != "lstm":
            raise SettingsError(f"Only an LSTM's units have a cell, and this is a {shape.model.upper()}; take their h.")
        return unit


def _rounded(values: Tensor) -> list[float]:
    return [round(value, 3) for value in values.tolist()]


def _best(found: list[Tensor], feature: int) -> list[tuple[int, int, str, float]]:
    """The units that correlate best with a feature, most of all first."""
    all_units = [
        (layer, index, "hc"[part], round(r, 3))
        for layer, of_layer in enumerate(found)
        for part, row in enumerate(of_layer[feature].tolist())
        for index, r in enumerate(row)
    ]
    best = sorted(all_units, key=lambda unit: -abs(unit[3]))[:BEST_UNITS]
    return [unit for unit in best if unit[3]]
