"""What a person sees of a model's mind: surprise and the lens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import PASSAGE
from tests.tui.host import until
from tests.tui.looking_host import LookingHost
from tests.tui.test_surprise import Harsh

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)])
Compare = Callable[..., bool]


@SIZES
def test_surprise(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = LookingHost("You never knew, said the Yes-man.\n" + PASSAGE, Harsh())

    async def settle(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "bpc" in app.text() and "expected" in app.text())
        await pilot.press(*["right"] * 4)
        await until(pilot, lambda: " · " in app.text() and "█" in app.text())

    assert snap_compare(app, terminal_size=size, run_before=settle)


@SIZES
def test_lens(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = LookingHost(PASSAGE, lens=True)

    async def settle(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "unit" in app.text() and "watching" not in app.text())
        await pilot.press(*["right"] * 4)
        await pilot.pause(0.5)

    assert snap_compare(app, terminal_size=size, run_before=settle)
