"""A program in a pseudo-terminal, and what it writes there."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import pexpect
import psutil

from benchmarks.rounds import ROOT

PATIENCE = 60.0
READ_SECONDS = 0.2


class Terminal:
    """Runs ``python -m MODULE`` at 120 × 36 and takes in all of its output, as a terminal would."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._begun = time.perf_counter()
        self._arrivals: list[tuple[int, float]] = []
        self._program: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable, ["-m", module, *arguments], dimensions=(36, 120), cwd=str(ROOT), timeout=None,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})},
        )  # fmt: skip
        self._program.delaybeforesend = None
        self._process = psutil.Process(self._program.pid)
        self._written = bytearray()
        self._news = threading.Condition()
        self._closing = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._closing = True
        self._reader.join()
        self._program.close(force=True)

    @property
    def bytes_written(self) -> int:
        return len(self._written)

    def seconds_until(self, marker: bytes) -> float:
        """From the start of the program until ``marker`` was written; waits for it."""
        return self._arrival(marker, 0) - self._begun

    def seconds_from_key(self, key: str, marker: bytes) -> float:
        """From pressing ``key`` until ``marker`` is written; waits for it."""
        before, begun = len(self._written), time.perf_counter()
        self._program.send(key)
        return self._arrival(marker, before) - begun

    def seconds_to_answer(self, key: str) -> float:
        """From pressing ``key`` until the program writes; it must be quiet before."""
        with self._news:
            before = len(self._written)
            begun = time.perf_counter()
            self._program.send(key)
            while len(self._written) == before:
                if time.perf_counter() - begun > PATIENCE:
                    raise RuntimeError(f"{key!r} brought nothing.")
                self._news.wait(READ_SECONDS)
            return self._arrivals[-1][1] - begun

    def memory(self) -> float:
        """What the process holds now, MiB."""
        return float(self._process.memory_info().rss) / 2**20

    def cpu_seconds(self) -> float:
        """What the process has computed so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _arrival(self, marker: bytes, behind: int) -> float:
        """When ``marker`` was whole, written somewhere behind so many bytes."""
        deadline = time.perf_counter() + PATIENCE
        with self._news:
            while (found := self._written.find(marker, behind)) < 0:
                if time.perf_counter() > deadline or not self._reader.is_alive():
                    raise RuntimeError(f"{marker!r} did not come: {bytes(self._written[-500:])!r}")
                self._news.wait(READ_SECONDS)
            whole = found + len(marker)
            return next(moment for length, moment in self._arrivals if length >= whole)

    def _read(self) -> None:
        while not self._closing:
            try:
                data = self._program.read_nonblocking(65536, timeout=READ_SECONDS)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return
            with self._news:
                self._written += data
                self._arrivals.append((len(self._written), time.perf_counter()))
                self._news.notify_all()
