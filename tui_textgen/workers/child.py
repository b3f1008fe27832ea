"""A child process that answers requests over its pipes, and dies with its parent: the parent's side."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any

from tui_textgen.corpus.records import from_json, to_json
from tui_textgen.errors import TextgenError, WorkerError

PATIENCE = 3.0
"""Seconds that a child has to leave once its input is closed."""
LAST_LINES = 50
"""Lines of its stderr that are kept."""


def python_command(module: str, *arguments: str) -> list[str]:
    """How to run ``module`` with this Python; ``-P`` keeps a file ``random.py`` in the working directory out of it."""
    return [sys.executable, "-P", "-m", module, *arguments]


class Child:
    """A process that runs ``module``, whose ``main`` calls :func:`tui_textgen.workers.serving.serve`.

    ``name`` is how messages call it. It has a session of its own, so that Ctrl-C in the terminal passes it by; it
    leaves when its input is closed, which the end of this process does too. Raises WorkerError where the system has no
    room for another process.
    """

    def __init__(self, module: str, *arguments: str, name: str, environment: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._numbers = itertools.count(1)
        self._running: int | None = None
        self._turn = threading.Lock()
        self._sending = threading.Lock()
        self._closed = False
        try:
            self._process = subprocess.Popen(
                python_command(module, *arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerError(f"The {name} cannot be started ({error.strerror}); try again.") from error
        self._said: deque[str] = deque(maxlen=LAST_LINES)
        self._listener = threading.Thread(target=self._listen, name=f"{name} stderr", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked for anything."""
        return not self._closed and self._process.poll() is None

    def request(self, do: str, **arguments: Any) -> Generator[dict[str, Any], None, None]:
        """Ask for ``do`` and yield the events of its answer; asked with the first ``next``.

        One request runs at a time, others wait for their turn. Closing the iterator early cancels the request; one
        that is neither read to its end nor closed (contextlib.closing) keeps the turn. Raises the TextgenError that
        the child's side raised, and WorkerError if the child is dead.
        """
        with self._turn:
            number = self._running = next(self._numbers)
            try:
                self._send({"id": number, "do": do, "with": arguments})
                while "event" in (reply := self._receive(number)):
                    yield reply["event"]
            except (GeneratorExit, KeyboardInterrupt):
                self.cancel()
                raise
            finally:
                self._running = None
        if "error" in reply:
            raise _error(reply["error"], reply["message"])

    def cancel(self) -> None:
        """End the running request as soon as the child looks; from any thread, and harmless if none is running."""
        if (number := self._running) is not None:
            with suppress(WorkerError):  # the request is told of it where it waits
                self._send({"cancel": number})

    def close(self) -> None:
        """Let the child go, and wait until it has gone."""
        self._closed = True
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._sending, suppress(BrokenPipeError):
            self._process.stdin.close()
        self._wait()
        self._process.stdout.close()

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with self._sending:
            try:
                self._process.stdin.write(to_json(message) + b"\n")
                self._process.stdin.flush()
                return
            except (BrokenPipeError, ValueError):  # ValueError: closed on this side
                pass
        raise self._death()

    def _receive(self, number: int) -> dict[str, Any]:
        """The next line of the answer to request ``number``; what an abandoned one still had to say is passed over."""
        assert self._process.stdout is not None
        while True:
            try:
                line = self._process.stdout.readline()
            except ValueError:  # closed on this side
                line = b""
            if not line.endswith(b"\n"):
                raise self._death()
            reply: dict[str, Any] = from_json(line)
            if reply["id"] == number:
                return reply

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            for line in stderr:
                self._said.append(line.decode("utf-8", "replace").rstrip())

    def _wait(self) -> int:
        """The exit status, after making sure that there is one."""
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _death(self) -> WorkerError:
        if self._closed:
            return WorkerError(f"The {self._name} was closed before it had answered.")
        status = self._wait()
        self._listener.join(PATIENCE)
        last_words = next((line for line in reversed(self._said) if line), "it said nothing")
        return WorkerError(f"The {self._name} ended unexpectedly ({ending(status)}; {last_words}); try again.")


def ending(status: int) -> str:
    """How a process ended, in words, from its exit status."""
    if status >= 0:
        return f"exit status {status}"
    name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    return f"killed by {name}, often for want of memory" if name == "SIGKILL" else f"killed by {name}"


def _error(name: str, message: str) -> TextgenError:
    """The error that was raised in the child, as one of the same class."""
    return next((kind for kind in _family(TextgenError) if kind.__name__ == name), TextgenError)(message)


def _family(kind: type[TextgenError]) -> Iterator[type[TextgenError]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from _family(heir)
