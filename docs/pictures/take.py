"""Take the README's pictures from a real run: ``make pictures``. It takes about two minutes."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tui_textgen.paths import Home
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.folder import run_folder
from tui_textgen.runs.watch import RunWatch
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.live import live_services
from tui_textgen.workers.launch import start_run

FOLDER = Path(__file__).parent
SIZE = (120, 36)
RUN = "first-look"
SHOWN_AT = 800
"""Steps of the run when its picture is taken: still training, and writing words."""
PATIENCE = 300.0


def main() -> None:
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")  # whatever terminal they are taken from
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), Path(folder) / "cache", Path(folder) / "config")
        start_run(home, ["python-reference"], "quick", {}, RUN)
        watch = RunWatch(run_folder(home, RUN))
        wait_until(lambda: watch.poll().summary.step >= SHOWN_AT)
        asyncio.run(take(home))
        if watch.poll().summary.state.live:
            watch.send(Command(CommandKind.STOP))
        wait_until(lambda: not watch.poll().summary.state.live)
        watch.close()


async def take(home: Home) -> None:
    """The dashboard; then the console: a passage, its surprise, the lens on it, and three temperatures side by side."""
    with live_services(home) as services:
        app = TextgenApp(services, RUN)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(6)
            save(pilot, "dashboard")
            await pilot.press("3")
            await pilot.pause(8)
            await pilot.press(*"The class", "enter")
            await pilot.pause(6)
            save(pilot, "console")
            for key, name in (("w", "surprise"), ("l", "lens")):
                await pilot.press("escape", key)
                await pilot.pause(6)
                await pilot.press(*["right"] * 24)
                await pilot.pause(3)
                save(pilot, name)
                await pilot.press("escape")
            await pilot.press("b")
            await pilot.pause(1)
            await pilot.press("enter")
            await pilot.pause(10)
            save(pilot, "side-by-side")


def save(pilot: Pilot[None], name: str) -> None:
    (FOLDER / f"{name}.svg").write_text(pilot.app.export_screenshot(title="textgen-tui"), "utf-8")


def wait_until(reached: Callable[[], bool]) -> None:
    """Raises TimeoutError after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError("The run did not get there in time.")
        time.sleep(0.25)


if __name__ == "__main__":
    main()
