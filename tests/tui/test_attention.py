"""A run is read more often while somebody is at the app."""

from __future__ import annotations

import pytest

from tests.tui.fakes import FakeServices
from tests.tui.test_app import runs
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.attention import LATER, PRESENT_SECONDS, SOON, Attention


def test_a_minute_after_the_last_key_a_run_is_read_less_often() -> None:
    now = 1000.0
    attention = Attention(lambda: now)
    assert attention.poll_seconds() == SOON
    now += PRESENT_SECONDS + 1
    assert attention.poll_seconds() == LATER > SOON
    attention.caught()
    assert attention.poll_seconds() == SOON


async def test_keys_and_the_mouse_are_somebody_and_news_of_a_run_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[str] = []
    monkeypatch.setattr(Attention, "caught", lambda _: caught.append("somebody"))
    fake: FakeServices = runs(("live", RunState.RUNNING))
    app = TextgenApp(fake.services, "live")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.pause(1.0)
        assert not caught
        await pilot.press("down")
        assert caught
        caught.clear()
        await pilot.click("#tab-corpora")
        assert caught
