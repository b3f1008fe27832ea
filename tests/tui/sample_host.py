"""The app with a run of many samples open, for the tests of what is done with them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from textual.pilot import Pilot

from tests.tui.fakes import FakeRuns, FakeServices, FakeWatch, sample, snapshot, summary
from tests.tui.host import screen_text, until
from tui_textgen.errors import RunError
from tui_textgen.runs.snapshot import RunSnapshot, Sample
from tui_textgen.tui.app import TextgenApp


@dataclass
class SampleWatch(FakeWatch):
    """Notes which samples were fetched; some of them were asked for, some cannot be read."""

    fetched: list[int] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    """While it is closed, no sample comes."""

    def __post_init__(self) -> None:
        self.gate.set()

    def sample(self, index: int) -> Sample:
        self.fetched.append(index)
        self.gate.wait(10)
        if index in self.unreadable:
            raise RunError("The sample cannot be read; is the disk there?")
        return replace(super().sample(index), asked=index in self.asked)


def with_samples(count: int = 9, **changes: object) -> tuple[FakeServices, SampleWatch]:
    """A run with so many samples."""
    watch = SampleWatch([seen(count)], **changes)  # type: ignore[arg-type]
    return FakeServices(runs=FakeRuns({"levin": watch})), watch


def seen(count: int, newest: Sample | None = None) -> RunSnapshot:
    return snapshot(
        summary(step=100 * count - 60), samples=count, newest_sample=newest or sample(count - 1, "The newest of all.")
    )


@asynccontextmanager
async def opened(fake: FakeServices, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    app = TextgenApp(fake.services, "levin")
    async with app.run_test(size=size) as pilot:
        await see(pilot, "sample at step")
        yield pilot


async def see(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


def sees(pilot: Pilot[None], word: str) -> bool:
    return word in screen_text(pilot.app)
