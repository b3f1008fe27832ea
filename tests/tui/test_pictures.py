"""The training pane as a person sees it, at the sizes that matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import NOW, FakeServices, fresh, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui import app as app_module
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.widgets.painted import Painted

SIZES = [(40, 10), (60, 20), (80, 24), (120, 36)]
SIDE_BY_SIDE = (200, 50)
Compare = Callable[..., bool]
FAILED = summary(
    "levin", RunState.FAILED, message="The loss is not a number any more; resume with a lower learning rate."
)


@pytest.fixture(autouse=True)
def one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading adds a block to a sparkline; how many there are must not hang on how long a picture takes."""
    monkeypatch.setattr(app_module, "READING_SECONDS", 3600.0)


def compared(snap_compare: Any, fake: FakeServices, size: tuple[int, int], name: str | None, *words: str) -> bool:
    """Whether the app looks as it did once ``words`` are on its screen, and what the machine tells."""
    words += ("61 %",) * (size[0] > 60) + ("NVIDIA H200",) * (size[0] > 80 and name is not None)

    async def settle(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))
        for painted in pilot.app.query(Painted):
            painted.refresh()  # a picture is kept in the pieces that it was sent in
        await pilot.pause()

    app = TextgenApp(fake.services, name, "training")
    same: bool = snap_compare(app, terminal_size=size, run_before=settle)
    return same


@pytest.mark.parametrize("size", [*SIZES, SIDE_BY_SIDE])
def test_a_live_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    beside = ("463,800 characters", "Type a prime") if size == SIDE_BY_SIDE else ()
    assert compared(snap_compare, with_runs(snapshot()), size, "levin", "● running", "sample at", "Pause", *beside)


@pytest.mark.parametrize("size", [*SIZES[1:], SIDE_BY_SIDE])
def test_a_finished_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    finished = snapshot(summary(state=RunState.FINISHED, step=2232, epoch=8.0))
    assert compared(snap_compare, with_runs(finished), size, "levin", "✓ finished", "sample at", "Extend")


@pytest.mark.parametrize("size", [*SIZES[1:], SIDE_BY_SIDE])
def test_a_failed_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert compared(snap_compare, with_runs(snapshot(FAILED)), size, "levin", "✗ failed", "not a number", "Resume")


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_run_that_is_starting(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert compared(snap_compare, with_runs(fresh("new")), size, "new", "◌ starting", "x Stop")


@pytest.mark.parametrize("size", [*SIZES, SIDE_BY_SIDE])
def test_no_runs(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert compared(snap_compare, with_runs(), size, None, "No runs yet.")


@pytest.mark.parametrize("size", SIZES)
def test_the_list_of_runs(snap_compare: Compare, size: tuple[int, int]) -> None:
    fake = with_runs(
        snapshot(summary("quixote", RunState.PAUSED, corpus="don-quixote", created=NOW - 60)),
        snapshot(summary("levin", RunState.RUNNING, created=NOW - 600)),
        snapshot(summary("kitty", RunState.INTERRUPTED, created=NOW - 7_200)),
        snapshot(summary("vronsky", RunState.FINISHED, step=2232, created=NOW - 90_000)),
        snapshot(summary("stiva", RunState.FAILED, train_loss=float("nan"), created=NOW - 400_000)),
    )
    assert compared(snap_compare, fake, size, None, "● running", "! interrupted")
