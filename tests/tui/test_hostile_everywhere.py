"""Text from outside, in every pane: nothing of it reaches the terminal that could act there, or hide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.fakes import ENTRIES, MODELS, NOW, FakeCorpora, FakeServices, sample, snapshot, summary, with_runs
from tests.tui.host import screen_text
from tui_textgen.runs.snapshot import LogLine, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.visible import visible

HOSTILE = "[/ [b]\x1b[2J\x1b]52;c;aGk=\x07\x9b31m\0\x7f\u202e\u2066\u200b\ufeff\ud800e\u0301漢\U000e0041 "


def hostile_services() -> FakeServices:
    facts = summary(HOSTILE, RunState.FAILED, corpus=HOSTILE, message=HOSTILE, device=HOSTILE)
    facts = replace(facts, config={**facts.config, "sample_prime": HOSTILE})
    seen = snapshot(facts, newest_sample=sample(8, HOSTILE * 20), log=(LogLine(NOW, "error", HOSTILE),))
    services = with_runs(seen, replace(seen, summary=replace(facts, name=HOSTILE + "2")))
    services.corpora = FakeCorpora(
        listed=[replace(ENTRIES[0], name=HOSTILE, title=HOSTILE)],
        previews={HOSTILE: HOSTILE * 20},
        complained=[HOSTILE],
    )
    services.models = [replace(MODELS[0], name=HOSTILE, corpus=HOSTILE)]
    return services


@pytest.mark.parametrize("size", [(120, 36), (40, 10)])
async def test_no_pane_lets_a_character_through_that_is_not_to_be_shown(size: tuple[int, int]) -> None:
    shown_harmless = 0
    app = TextgenApp(hostile_services().services)
    async with app.run_test(size=size) as pilot:
        for keys in (("1",), ("i",), ("escape", "2"), ("enter",), ("l",), ("escape", "3"), ("question_mark",)):
            await pilot.press(*keys)
            await pilot.pause(0.05)
            shown = screen_text(app)
            assert visible(shown) == shown, (keys, shown)
            shown_harmless += "␛" in shown
    assert shown_harmless >= 3
