"""A web server on the loopback interface that behaves as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers a path with what ``server.answers`` has for it."""

    server: Web

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.server.answers[self.path](self)

    def log_message(self, *_: object) -> None:
        """Nobody wants to read it."""

    def head(self, status: int = 200, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def wait(self) -> None:
        """Send nothing until the server ends."""
        self.server.leaving.wait(60)

    def say(self, content: bytes, promised: int | None = None) -> None:
        """All of ``content``, though ``promised`` bytes may have been announced."""
        self.head(Content_Length=len(content) if promised is None else promised)
        self.wfile.write(content)


class Web(ThreadingHTTPServer):
    """``asked`` are the paths and the ranges that were asked for, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.leaving = threading.Event()
        """Set at the end, so that an answer that waits can end."""

    def handle_error(self, *_: object) -> None:
        """Clients that went away are what the tests are about."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serves(self, path: str, content: bytes) -> str:
        """The address of ``content``."""
        self.answers[path] = lambda handler: handler.say(content)
        return self.url(path)


@contextmanager
def serving() -> Iterator[Web]:
    """A server, until the block ends."""
    with Web() as web:
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.leaving.set()
            web.shutdown()
            thread.join()
