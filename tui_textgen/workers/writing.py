"""What a writer does: it holds one model, writes with it, scores and looks at texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch

from tui_textgen.config import SamplingConfig, build
from tui_textgen.corpus.decoding import read_text
from tui_textgen.errors import ModelFileError, WorkCancelledError
from tui_textgen.network.checkpoint import load_model
from tui_textgen.network.out_of_memory import memory_told, writing_sentence
from tui_textgen.network.sampling import Character, generate, known_prime, with_seed
from tui_textgen.network.scoring import score_lanes, score_stream
from tui_textgen.workers.exchange import export_model, import_model
from tui_textgen.workers.looking import Looking
from tui_textgen.workers.passages import Passage, write_in_turn
from tui_textgen.workers.serving import Handler, Request


class Writer:
    """Answers a :class:`WriterClient`, one request after another."""

    def __init__(self, device: str) -> None:
        self._device = torch.device(device)
        self._looking: Looking | None = None

    def load(self, request: Request) -> None:
        """``path`` → what another checkpoint at the same place may have changed; the model before it is let go."""
        self._looking = None
        model = load_model(Path(request.arguments["path"]))
        model.network.to(self._device)
        self._looking = Looking(model)
        request.emit({name: getattr(model.card, name) for name in ("step", "epoch", "val_loss", "saved_at")})

    def generate(self, request: Request) -> None:
        """``prime``, ``samplings``, ``strict`` → of each passage, with its ``column``: ``skipped`` if any, ``wrote`` in
        batches with ``probabilities``, ``finished``.
        """
        vocabulary = self.looking().model.vocabulary
        prime, skipped = known_prime(vocabulary, request.arguments["prime"], request.arguments["strict"])
        passages = []
        for column, values in enumerate(request.arguments["samplings"]):
            sampling = with_seed(build(SamplingConfig, values))
            emit = partial(_emit, request, column)
            passages.append(Passage(emit, self._characters(request, prime, sampling), sampling))
            if skipped:
                emit({"skipped": skipped, "instead": vocabulary.placeholder or ""})
        write_in_turn(passages, lambda: request.cancelled)

    def score(self, request: Request) -> None:
        """``path``, ``encoding``, ``lanes``, ``window`` → the fields of a Score."""
        arguments = request.arguments
        text = "".join(read_text(Path(arguments["path"]), arguments["encoding"]))
        model = self.looking().model
        if arguments["lanes"] is None:
            score = score_stream(model, text, lambda _share: request.check())
        else:
            score = score_lanes(model, text, arguments["lanes"], arguments["window"])
        request.emit(asdict(score))

    def looking(self) -> Looking:
        """The loaded model, to be looked into; raises ModelFileError without one."""
        if self._looking is None:
            raise ModelFileError("There is no model loaded; choose one first.")
        return self._looking

    def within_memory(self, handler: Handler) -> Handler:
        """``handler``, which says so where there is no memory for what it does."""

        def handle(request: Request) -> None:
            with memory_told(lambda: writing_sentence(self._device)):
                handler(request)

        return handle

    def _characters(self, request: Request, prime: str, sampling: SamplingConfig) -> Iterator[Character]:
        """What is written after ``prime``; nothing if the request is cancelled while that is read."""
        looking = self.looking()
        with suppress(WorkCancelledError):
            behind = looking.behind(prime, request.check)
            yield from generate(looking.model, prime, sampling, behind)


def _emit(request: Request, column: int, event: Mapping[str, Any]) -> None:
    request.emit({"column": column, **event})


def answers(device: str) -> dict[str, Handler]:
    """What is asked for, and who answers it, with a model on ``device``."""
    writer = Writer(device)
    handlers: dict[str, Handler] = {
        "load": writer.load,
        "generate": writer.generate,
        "score": writer.score,
        "import": import_model,
        "export": export_model,
        "look": lambda request: writer.looking().look(request),
        "alternatives": lambda request: writer.looking().alternatives(request),
        "activations": lambda request: writer.looking().activations(request),
        "units": lambda request: writer.looking().units(request),
    }
    return {name: writer.within_memory(handler) for name, handler in handlers.items()}
