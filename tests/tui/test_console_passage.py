"""The passage follows what is written, unless somebody reads further up."""

from __future__ import annotations

from tests.tui.host import Host, shown
from tui_textgen.tui.widgets.passage_view import PassageView

LINES = [f"line {number} of the passage, long enough to fill some cells\n" for number in range(80)]


def host() -> Host[PassageView]:
    return Host(PassageView("What to do."), focus=lambda view: view.focus())


async def test_the_newest_line_is_always_in_sight() -> None:
    app = host()
    async with shown(app) as pilot:
        app.widget.begin("The prime\n")
        for line in LINES:
            app.widget.append(line[:9])
            app.widget.append(line[9:])
            await pilot.pause()
            assert line.strip() in app.text()
        app.widget.finish()
        await pilot.pause()
        assert "line 79" in app.text()
        assert app.widget.raw == "The prime\n" + "".join(LINES)
        await pilot.press("home")
        await pilot.pause(0.5)
        assert "The prime" in app.text()


async def test_many_lines_at_once_are_followed_too() -> None:
    app = host()
    async with shown(app) as pilot:
        app.widget.begin("")
        for start in range(0, 80, 40):
            app.widget.append("".join(LINES[start : start + 40]))
            await pilot.pause()
            assert LINES[start + 39].strip() in app.text()


async def test_who_reads_further_up_is_left_there() -> None:
    app = host()
    async with shown(app) as pilot:
        app.widget.begin("The prime\n")
        app.widget.append("".join(LINES[:50]))
        await pilot.pause()
        app.widget.scroll_to(y=10, animate=False)
        await pilot.pause()
        before = app.text()
        app.widget.append("".join(LINES[50:]))
        await pilot.pause()
        assert app.text().splitlines()[:20] == before.splitlines()[:20]


async def test_another_width_wraps_the_same_text_anew() -> None:
    app = host()
    async with shown(app, (80, 24)) as pilot:
        app.widget.begin("The prime ")
        app.widget.append("and " * 60)
        await pilot.pause()
        assert "What to do." not in app.text()
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert app.widget.raw == "The prime " + "and " * 60
        assert max(len(line) for line in app.text().splitlines()) <= 40
        await pilot.resize_terminal(10, 6)
        await pilot.pause()
        assert "and" in app.text()
