"""One training by several trainers on this machine, a rank each, and the process that watches over them.

``python -m tui_textgen.workers.ranks COUNT FOLDER [the trainer's options]``. No torch. They meet in a file of the run's
folder and talk over the loopback interface, so that nobody outside can reach them.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, Queue

from tui_textgen.errors import TextgenError
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.lock import TrainerLock
from tui_textgen.runs.snapshot import RunState
from tui_textgen.runs.store import RunStore
from tui_textgen.workers.child import ending, python_command

GRACE = 5.0
"""Seconds that the others have to leave once rank 0 has ended, or any of them has failed."""
KEEP_SECONDS = 2.0
"""Between looks at the run's lock, as often as a trainer looks at its own."""


class Crew:
    """The trainers of a run, from their start until the last has ended."""

    def __init__(self, count: int, folder: RunFolder, options: Sequence[str], lock: int) -> None:
        """``lock`` is the descriptor of the run's lock: every rank keeps it, so that it is free when all have ended."""
        self._ended: Queue[tuple[int, int]] = Queue()
        command = python_command("tui_textgen.workers.trainer", str(folder.path), *options)
        command += ["--meeting", str(folder.meeting)]
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            for rank in range(count):
                environment = {**os.environ, **_place(rank, count)}
                self._processes.append(subprocess.Popen(command, env=environment, pass_fds=[lock]))
        except OSError:
            self._kill()
            raise
        for rank, process in enumerate(self._processes):
            threading.Thread(target=self._await, args=(rank, process), daemon=True).start()

    def stop(self) -> None:
        """Have rank 0 save and stop, and the others with it."""
        self._processes[0].send_signal(signal.SIGTERM)

    def wait(self, keep: Callable[[], None]) -> dict[int, int]:
        """The exit statuses of those that failed by themselves, the first one first, when all have ended.

        ``keep`` is called every KEEP_SECONDS meanwhile: it sees to it that the run stays ours; what it raises ends all.
        """
        failed: dict[int, int] = {}
        going, deadline = len(self._processes), float("inf")
        try:
            while going and (left := deadline - time.monotonic()) > 0:
                try:
                    rank, status = self._ended.get(timeout=min(left, KEEP_SECONDS))
                except Empty:
                    keep()
                    continue
                going -= 1
                if status:
                    failed[rank] = status
                if status or rank == 0:
                    deadline = min(deadline, time.monotonic() + GRACE)
        finally:
            self._kill()  # who has ended is passed over
        for process in self._processes:
            process.wait()
        return failed

    def _await(self, rank: int, process: subprocess.Popen[bytes]) -> None:
        self._ended.put((rank, process.wait()))

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()


def main(argv: Sequence[str] | None = None) -> int:
    """Train the run in the folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="ranks")
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    arguments, options = parser.parse_known_args(argv)
    folder = RunFolder(arguments.folder)
    try:
        with TrainerLock(folder.lock) as lock:
            return _train(arguments.count, folder, options, lock)
    except TextgenError as error:  # the run is somebody else's, or has no store to tell it in
        print(error, file=sys.stderr)
        return error.exit_status


def _train(count: int, folder: RunFolder, options: Sequence[str], lock: TrainerLock) -> int:
    folder.meeting.unlink(missing_ok=True)  # of ranks that were killed together with their watcher
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        crew = Crew(count, folder, options, lock.descriptor)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: crew.stop())
        failed = crew.wait(lock.keep)
    finally:
        folder.meeting.unlink(missing_ok=True)
    if failed:
        _tell(folder, count, failed)
    return 1 if failed else 0


def _tell(folder: RunFolder, count: int, failed: dict[int, int]) -> None:
    """Write into the run that it failed with the first rank that did, unless rank 0 said so or was killed itself."""
    first = next((rank for rank, status in failed.items() if rank or status < 0), None)
    store = RunStore(folder.store)
    try:
        if first == 0 or not RunState(store.facts()["state"]).live:
            return
        what = f"Rank {first} of {count} ended ({ending(failed[first])})" if first else "The ranks lost each other"
        message = f"{what}, and the training with it; trainer.log tells more. Resume it from its last checkpoint."
        store.add_log("error", message)
        store.set_facts(state=RunState.FAILED, message=message)
    finally:
        store.close()


def _place(rank: int, count: int) -> dict[str, str]:
    """A rank's environment, in torchrun's words, and the one interface that it uses."""
    numbers = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    loopback = next(name for _, name in socket.if_nameindex() if name in ("lo", "lo0"))
    interfaces = {"GLOO_SOCKET_IFNAME": loopback, "NCCL_SOCKET_IFNAME": f"={loopback}"}
    return {**{name: str(number) for name, number in numbers.items()}, **interfaces}


if __name__ == "__main__":
    sys.exit(main())
