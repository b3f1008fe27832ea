"""A child process that answers requests over its pipes, and dies with its parent: the child's side.

A request is a line ``{"id": 1, "do": "encode", "with": {…}}``, or ``{"cancel": 1}``. Its answer is any number of lines
``{"id": 1, "event": {…}}``, then one that ends it, ``{"id": 1, "done": true}`` or
``{"id": 1, "error": "CorpusError", "message": "…"}``.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from tui_textgen.corpus.records import from_json, to_json
from tui_textgen.errors import TextgenError, WorkCancelledError

GRACE = 2.0
"""Seconds that a running request has to end once the parent is gone; what cannot be ended then is cut off."""


class Request:
    """One request, as its handler sees it."""

    def __init__(self, server: _Server, number: int, arguments: Mapping[str, Any]) -> None:
        self._server = server
        self._number = number
        self.arguments = arguments

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the rest; from any thread."""
        return self._server.closing or self._number in self._server.cancelled

    def check(self) -> None:
        """Raises WorkCancelledError if nobody wants the rest."""
        if self.cancelled:
            raise WorkCancelledError("Cancelled; nothing was kept.")

    def emit(self, event: Mapping[str, Any]) -> None:
        """Send one event of the answer."""
        self._server.send({"id": self._number, "event": event})


Handler = Callable[[Request], None]


def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer requests from standard input, one after another, until it closes.

    A TextgenError of a handler is told to the parent; any other exception ends the process, with its traceback on
    stderr. What anything else prints goes to stderr too. SIGTERM ends it with everything cleaned up.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    server = _Server(answers)
    threading.Thread(target=server.listen, args=(requests,), name="requests", daemon=True).start()
    try:
        server.work(handlers)
    except BrokenPipeError:
        sys.exit(1)  # nobody is there to tell


class _Server:
    def __init__(self, answers: BinaryIO) -> None:
        self.closing = False
        self.cancelled: set[int] = set()
        self._answers = answers
        self._waiting: queue.Queue[Mapping[str, Any] | None] = queue.Queue()

    def send(self, message: Mapping[str, Any]) -> None:
        self._answers.write(to_json(message) + b"\n")
        self._answers.flush()

    def listen(self, requests: BinaryIO) -> None:
        """The thread that notices a cancellation, and the parent's end, while a request runs."""
        for line in requests:
            message = from_json(line)
            if "cancel" in message:
                self.cancelled.add(message["cancel"])
            else:
                self._waiting.put(message)
        self.closing = True
        self._waiting.put(None)
        time.sleep(GRACE)
        os._exit(1)

    def work(self, handlers: Mapping[str, Handler]) -> None:
        while (message := self._waiting.get()) is not None:
            request = Request(self, message["id"], message["with"])
            try:
                handlers[message["do"]](request)
            except TextgenError as error:
                self.send({"id": message["id"], "error": type(error).__name__, "message": str(error)})
            else:
                self.send({"id": message["id"], "done": True})
            self.cancelled.discard(message["id"])
