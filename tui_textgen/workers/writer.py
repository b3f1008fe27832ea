"""The writer: holds one model; writes with it, and scores texts.

Run as ``python -m tui_textgen.workers.writer DEVICE``; :class:`WriterClient` talks to it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tui_textgen.config import SamplingConfig, build
from tui_textgen.corpus.decoding import read_text
from tui_textgen.errors import ModelFileError
from tui_textgen.network.checkpoint import LoadedModel, load_model
from tui_textgen.network.out_of_memory import memory_told, writing_sentence
from tui_textgen.network.sampling import generate, known_prime, with_seed
from tui_textgen.network.scoring import score_lanes, score_stream
from tui_textgen.workers.passages import Passage, write_in_turn
from tui_textgen.workers.serving import Handler, Request, serve


class Writer:
    """Answers a :class:`WriterClient`, one request after another."""

    def __init__(self, device: str) -> None:
        self._device = torch.device(device)
        self._model: LoadedModel | None = None

    def load(self, request: Request) -> None:
        """``path`` → nothing; the model before it is let go."""
        self._model = None
        self._model = load_model(Path(request.arguments["path"]))
        self._model.network.to(self._device)

    def generate(self, request: Request) -> None:
        """``prime``, ``samplings``, ``strict`` → of each passage, with its ``column``: ``skipped`` if any, ``wrote`` in
        batches with ``probabilities``, ``finished``.
        """
        model = self._loaded()
        prime, skipped = known_prime(model.vocabulary, request.arguments["prime"], request.arguments["strict"])
        settings = [with_seed(build(SamplingConfig, values)) for values in request.arguments["samplings"]]
        passages = [
            Passage(partial(_emit, request, column), generate(model, prime, sampling), sampling)
            for column, sampling in enumerate(settings)
        ]
        if skipped:
            for column in range(len(passages)):
                _emit(request, column, {"skipped": skipped})
        write_in_turn(passages, lambda: request.cancelled)

    def score(self, request: Request) -> None:
        """``path``, ``encoding``, ``lanes``, ``window`` → ``characters``, ``nats_per_char``."""
        arguments = request.arguments
        text = "".join(read_text(Path(arguments["path"]), arguments["encoding"]))
        model = self._loaded()
        if arguments["lanes"] is None:
            score = score_stream(model, text, lambda _share: request.check())
        else:
            score = score_lanes(model, text, arguments["lanes"], arguments["window"])
        request.emit({"characters": score.characters, "nats_per_char": score.nats_per_char})

    def within_memory(self, handler: Handler) -> Handler:
        """``handler``, which says so where there is no memory for what it does."""

        def handle(request: Request) -> None:
            with memory_told(lambda: writing_sentence(self._device)):
                handler(request)

        return handle

    def _loaded(self) -> LoadedModel:
        if self._model is None:
            raise ModelFileError("There is no model loaded; choose one first.")
        return self._model


def _emit(request: Request, column: int, event: Mapping[str, Any]) -> None:
    request.emit({"column": column, **event})


def main() -> None:
    """Answer until standard input closes."""
    writer = Writer(*sys.argv[1:2])
    handlers = {"load": writer.load, "generate": writer.generate, "score": writer.score}
    serve({name: writer.within_memory(handler) for name, handler in handlers.items()})


if __name__ == "__main__":
    main()
