"""The console with a writer process: what it writes comes again from the command it shows, and Escape ends the work."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from textual.widgets import Input

from tests.integration.conftest import TrainedRun
from tests.tui.host import Host, shown, until
from tui_textgen.paths import HOME_VARIABLE
from tui_textgen.tui.live import live_services
from tui_textgen.tui.services import Services, Writer
from tui_textgen.tui.widgets.console_pane import ConsolePane
from tui_textgen.tui.widgets.desk import Desk
from tui_textgen.tui.widgets.prime_input import PrimeInput
from tui_textgen.workers.writer_client import WriterClient

PROMPTLY = 0.1
"""Seconds within which Escape ends the writer's work."""


@pytest.fixture
def writers() -> list[WriterClient]:
    return []


@pytest.fixture
def app(trained: TrainedRun, writers: list[WriterClient], tmp_path: Path) -> Iterator[Host[ConsolePane]]:
    """The console on the home of a small finished run; it keeps no choices there."""

    def start() -> Writer:
        writers.append(WriterClient())
        return writers[-1]

    home = replace(trained.command.home, config=tmp_path)
    with live_services(home) as services:
        yield Host(ConsolePane(with_writer(services, start)), focus=lambda pane: pane.take_focus())


def with_writer(services: Services, start: object) -> Services:
    return replace(services, writer=start)  # type: ignore[arg-type]


def desk(app: Host[ConsolePane]) -> Desk:
    return app.widget.query_one(Desk)


def from_shell(trained: TrainedRun, command: str) -> str:
    """What the command line of a passage prints, run by a shell."""
    run = f'textgen-tui() {{ "{sys.executable}" -m tui_textgen "$@"; }}; {command}'
    environment = {**os.environ, HOME_VARIABLE: str(trained.command.home.data)}
    return subprocess.run(["bash", "-c", run], env=environment, capture_output=True, text=True, check=True).stdout


async def test_the_command_under_each_passage_gives_the_same_text(app: Host[ConsolePane], trained: TrainedRun) -> None:
    async with shown(app, (120, 36)) as pilot:
        await until(
            pilot, lambda: "model fox (run" in app.text() and "step" in app.text() and app.query("#sampling-seed"), 60
        )
        app.query_one("#sampling-length Input", Input).value = "60"
        app.query_one("#sampling-top_p Input", Input).value = "0.9"
        app.query_one(PrimeInput).value = "the dog ☃\n"
        await pilot.press("enter")
        await until(pilot, lambda: "✓ written" in app.text(), 60)
        await pilot.press("escape", "plus")
        await until(pilot, lambda: not desk(app).writing, 60)
        column = desk(app).current
        assert column.command
        assert from_shell(trained, column.command) == column.raw + "\n"
        assert len(column.raw) == len("the dog \n") + 120

        await pilot.press("b", "enter")
        await until(pilot, lambda: len(desk(app).columns) == 3 and desk(app).begun and not desk(app).writing, 60)
        texts = [column.raw for column in desk(app).columns]
        assert len(set(texts)) > 1
        for column in desk(app).columns:
            assert column.command
            assert from_shell(trained, column.command) == column.raw + "\n"


async def test_escape_ends_the_work_of_the_writer(app: Host[ConsolePane], writers: list[WriterClient]) -> None:
    async with shown(app, (120, 36)) as pilot:
        await until(
            pilot, lambda: "model fox (run" in app.text() and "step" in app.text() and app.query("#sampling-seed"), 60
        )
        app.query_one("#sampling-length Input", Input).value = "10000000"
        took = []
        for keys in (["enter"], ["escape", "b", "enter"], ["r"]):
            await pilot.press(*keys)
            await until(pilot, lambda: desk(app).writing and all(len(each.raw) > 50 for each in desk(app).columns), 60)
            process = psutil.Process(writers[0].pid)
            await pilot.press("escape")
            pressed = time.monotonic()
            while process.status() == psutil.STATUS_RUNNING and time.monotonic() - pressed < 5:
                time.sleep(0.002)
            took.append(time.monotonic() - pressed)
            await until(pilot, lambda: not desk(app).writing and "■" in app.text())
        assert min(took) < PROMPTLY, took  # a busy machine may be late once, not each time
        worked = sum(process.cpu_times()[:2])
        time.sleep(0.5)
        assert sum(process.cpu_times()[:2]) - worked < 0.1
