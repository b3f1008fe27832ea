"""Threads for what may block: they post messages, and touch nothing on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from textual.message import Message
from textual.message_pump import MessagePump

P = TypeVar("P", bound=MessagePump)
M = TypeVar("M", bound=Message)


def in_background(job: Callable[[], None]) -> None:
    """Run ``job`` once. It handles its own errors, and does not keep the app from ending."""
    threading.Thread(target=job, daemon=True).start()


class Repeated:
    """Runs ``job`` at once and then every ``seconds``, in a thread of its own, until it is stopped."""

    def __init__(self, job: Callable[[], None], seconds: float) -> None:
        self._job, self._seconds = job, seconds
        self._stopped = False
        self._wake = threading.Event()

    def start(self) -> None:
        in_background(self._run)

    def hurry(self) -> None:
        """Run the job again now rather than later."""
        self._wake.set()

    def stop(self) -> None:
        """Run it no more; what is running now still ends by itself."""
        self._stopped = True
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            self._job()
            self._wake.wait(self._seconds)


def while_open(handler: Callable[[P, M], None]) -> Callable[[P, M], None]:
    """For handlers of what threads post: leaves the message alone once the app closes, its widgets are going then."""

    @wraps(handler)
    def guarded(pump: P, message: M) -> None:
        if pump.app.is_running:
            handler(pump, message)

    return guarded
