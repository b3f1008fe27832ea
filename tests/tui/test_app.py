"""The way between the panes, the list of runs, key help, and leaving."""

from __future__ import annotations

import threading

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import NOW, FakeServices, fresh, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import asked, see
from tui_textgen.errors import RunError, TextgenError
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.screens.keys import Keys
from tui_textgen.tui.screens.question import Question
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.training_pane import TrainingPane


def front(pilot: Pilot[None]) -> str | None:
    (pane,) = pilot.app.query(Pane).filter(".-current")
    return pane.id


def runs(*names_and_states: tuple[str, RunState]) -> FakeServices:
    """Runs from the newest to the oldest."""
    return with_runs(
        *(
            snapshot(summary(name, state, created=NOW - 1000 * age))
            for age, (name, state) in enumerate(names_and_states)
        )
    )


ENDED = runs(("new", RunState.INTERRUPTED), ("old", RunState.FINISHED))


async def test_the_number_keys_change_the_pane() -> None:
    app = TextgenApp(FakeServices().services)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert front(pilot) == "corpora"
        for key, pane in (("2", "training"), ("3", "console"), ("1", "corpora")):
            await pilot.press("escape", key)
            assert front(pilot) == pane
            assert app.query_one(f"#{pane}").display


async def test_a_click_on_a_tab_changes_the_pane() -> None:
    app = TextgenApp(FakeServices().services)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#tab-training")
        assert front(pilot) == "training"


async def test_the_panes_stand_side_by_side_where_there_is_room() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(200, 50)) as pilot:
        await see(pilot, "● running")
        widths = {pane.id: pane.size.width for pane in app.query(Pane)}
        assert all(pane.display for pane in app.query(Pane))
        assert widths["training"] == max(widths.values())
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert [pane.id for pane in app.query(Pane) if pane.display] == ["training"]


async def test_escape_leads_from_the_form_back_to_the_texts_that_it_was_opened_from() -> None:
    app = TextgenApp(FakeServices().services)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "hello" in screen_text(app))
        await pilot.press("enter")
        await see(pilot, "Start training")
        assert front(pilot) == "training"
        await pilot.press("escape")
        await until(pilot, lambda: front(pilot) == "corpora")


async def test_without_runs_the_list_teaches() -> None:
    app = TextgenApp(with_runs().services, pane="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "No runs yet.", "Press 1, choose a text")


async def test_the_only_run_in_training_is_opened_at_once() -> None:
    fake = runs(("busy", RunState.RUNNING), ("old", RunState.FINISHED))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "sample at step 800")
        await pilot.press("escape")
        await see(pilot, "busy", "old", "✓ finished")


async def test_the_list_shows_newest_first_and_enter_opens() -> None:
    app = TextgenApp(runs(("new", RunState.INTERRUPTED), ("old", RunState.FINISHED)).services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "! interrupted", "✓ finished", "840/2,232", "1.467")
        text = screen_text(app)
        assert text.index("new ") < text.index("old ")
        await pilot.press("down", "enter")
        await see(pilot, "✓ finished", "sample at step 800")
        assert app.query_one(TrainingPane).open_run_name == "old"


async def test_a_run_is_resumed_from_the_list() -> None:
    fake = runs(("new", RunState.INTERRUPTED), ("old", RunState.FINISHED))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "! interrupted", "Resume")
        await pilot.press("r")
        await see(pilot, "● running", "sample at step")
    assert fake.runs.resumed == ["new"]


async def test_a_run_is_deleted_only_after_a_question() -> None:
    fake = runs(("new", RunState.INTERRUPTED), ("old", RunState.FINISHED))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "! interrupted")
        await pilot.press("d")
        await see(pilot, "Delete the run new")
        await pilot.press("escape")
        assert list(fake.runs.watches) == ["new", "old"]
        await pilot.press("d", "d")
        await until(pilot, lambda: list(fake.runs.watches) == ["old"])
        await until(pilot, lambda: "! interrupted" not in screen_text(app))


async def test_a_live_run_is_not_offered_for_deletion() -> None:
    app = TextgenApp(runs(("a", RunState.RUNNING), ("b", RunState.RUNNING)).services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "Open")
        await pilot.press("d")
        await pilot.pause()
        assert not isinstance(app.screen, Question)
        assert "Delete" not in screen_text(app)


async def test_what_the_list_cannot_do_is_a_sentence() -> None:
    fake = runs(("new", RunState.INTERRUPTED), ("old", RunState.FINISHED))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "! interrupted")
        fake.runs.error = RunError("The run [/ cannot be resumed; its text is gone.")
        await pilot.press("r")
        await see(pilot, "The run [/ cannot be resumed")


async def test_the_key_help_is_made_from_the_bindings() -> None:
    app = TextgenApp(with_runs(snapshot()).services, "levin")
    async with app.run_test(size=(120, 100)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("question_mark")
        await see(pilot, "Everywhere", "Pause / Continue", "Save a checkpoint now", "Leave", "new run", "Open the run")
        assert isinstance(app.screen, Keys)
        text = screen_text(app)
        assert text.index("Pause / Continue") < text.index("Everywhere") < text.index("Open the run")
        await pilot.press("escape")
        assert not isinstance(app.screen, Keys)


async def test_the_palette_holds_the_actions() -> None:
    fake = with_runs(snapshot())
    app = TextgenApp(fake.services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("ctrl+g")
        await pilot.press(*"save a")
        await see(pilot, "Run: Save a checkpoint now  c")
        await pilot.press("enter")
        await until(pilot, lambda: asked(fake) == [CommandKind.CHECKPOINT])


async def test_nothing_in_training_leaves_at_once() -> None:
    app = TextgenApp(ENDED.services, pane="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "interrupted")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize(
    ("key", "sent", "left"), [("l", [], True), ("x", [CommandKind.STOP], True), ("escape", [], False)]
)
async def test_leaving_a_live_run_asks(key: str, sent: list[CommandKind], left: bool) -> None:
    fake = with_runs(snapshot())
    app = TextgenApp(fake.services, "levin")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "● running", "Pause")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await see(pilot, "Training goes on without this window", "leave it going", "after a checkpoint", "stay")
        await pilot.press(key)
        if left:
            await until(pilot, lambda: not app.is_running)
        else:
            await see(pilot, "● running")
    assert asked(fake) == sent


async def test_a_started_run_opens_and_a_refused_one_is_said_in_the_form() -> None:
    fake = with_runs()
    app = TextgenApp(fake.services)
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "python-reference")
        await pilot.press("down", "enter")
        await see(pilot, "New run")
        fake.runs.error = RunError("There is a run of this name already; choose another.")
        await pilot.press("ctrl+t")
        await see(pilot, "There is a run of this name already")
        fake.runs.error = None
        await pilot.press("ctrl+t")
        await see(pilot, "◌ starting")
    ((corpora, preset, _, _),) = fake.runs.started
    assert (corpora, preset) == (("python-reference",), "standard")


async def test_hardware_that_cannot_be_read_does_not_end_the_app() -> None:
    fake = with_runs(snapshot())
    called = threading.Event()

    def broken() -> None:
        called.set()
        raise TextgenError("The hardware cannot be read.")

    services = fake.services
    object.__setattr__(services, "hardware", broken)
    app = TextgenApp(services, "levin")
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, called.is_set)
        await see(pilot, "● running")


async def test_a_snapshot_without_anything_is_drawn() -> None:
    app = TextgenApp(with_runs(fresh("levin")).services, "levin")
    async with app.run_test(size=(200, 50)) as pilot:
        await see(pilot, "◌ starting")
