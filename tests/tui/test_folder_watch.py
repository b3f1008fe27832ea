"""The user's folder of texts, watched while the corpora are looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.fakes import ENTRIES, FakeCorpora, FakeServices
from tests.tui.host import Host, shown, until
from tui_textgen.tui import folder_watch
from tui_textgen.tui.folder_watch import FolderWatch, state
from tui_textgen.tui.widgets.corpora_pane import CorporaPane


def test_a_change_is_told_once_it_has_settled(tmp_path: Path) -> None:
    told: list[object] = []
    watch = FolderWatch(tmp_path / "corpora", lambda: True, told.append)
    watch.look()
    assert len(told) == 1  # the beginning
    (tmp_path / "corpora").mkdir()
    text = tmp_path / "corpora" / "a.txt"
    for size in range(3):  # it is being copied
        text.write_text("x" * size)
        watch.look()
    assert len(told) == 1
    watch.look()
    watch.look()
    assert len(told) == 2
    (text.parent / ".half.txt.part").write_text("on its way")
    watch.look()
    watch.look()
    assert len(told) == 2
    text.unlink()
    watch.look()
    watch.look()
    assert len(told) == 3


def test_a_link_to_nothing_hides_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to("nowhere")
    before = state(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    assert state(tmp_path) != before


async def test_a_text_that_is_dropped_into_the_folder_appears_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_watch, "LOOK_SECONDS", 0.02)
    corpora = FakeCorpora(folder=tmp_path)
    pane = CorporaPane(FakeServices(corpora=corpora).services)
    app = Host(pane, focus=lambda pane: pane.take_focus())
    async with shown(app) as pilot:
        await until(pilot, lambda: "my-novel" in app.text())
        corpora.listed = [*ENTRIES, replace(ENTRIES[-1], name="letters", path=tmp_path / "letters.txt")]
        (tmp_path / "letters.txt").write_text("Dear Anna")
        await until(pilot, lambda: "letters" in app.text())
        corpora.listed = ENTRIES
        (tmp_path / "letters.txt").unlink()
        await until(pilot, lambda: "letters" not in app.text())
        pane.display = False
        await pilot.pause(0.1)
        corpora.listed = ENTRIES[:2]
        (tmp_path / "more.txt").write_text("x")
        await pilot.pause(0.2)
        assert pane._table.entry("my-novel")  # nobody looks: nothing is read
        pane.display = True
        await until(pilot, lambda: "my-novel" not in app.text())
