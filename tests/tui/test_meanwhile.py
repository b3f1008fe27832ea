"""What comes back from threads, from other windows and other apps, while somebody has gone on to something else."""

from __future__ import annotations

import threading
from dataclasses import replace

from textual.events import AppBlur, AppFocus
from textual.message import Message

from tests.tui.fakes import MACHINE, NOW, FakeServices, FakeWatch, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tests.tui.test_dashboard import asked, opened, see, watch_of
from tests.tui.test_runs import app_on, some
from tui_textgen.errors import RunError
from tui_textgen.models.library import ModelEntry
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.snapshot import LogLine, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.endings import Endings
from tui_textgen.tui.renderables.run_columns import cell
from tui_textgen.tui.screens.model_picker import ModelPicker
from tui_textgen.tui.widgets.model_choice import ModelChoice
from tui_textgen.tui.widgets.run_table import RunTable
from tui_textgen.tui.widgets.training_form import TrainingForm
from tui_textgen.tui.widgets.training_pane import TrainingPane

BROAD = (120, 36)


async def test_another_text_can_be_chosen_while_the_form_of_one_is_open() -> None:
    """The app ended: both forms had the same id."""
    app = TextgenApp(FakeServices().services)
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "463,800")
        await pilot.press("enter")
        await see(pilot, "New run on hello")
        await pilot.press("1", "down", "enter")
        await see(pilot, "New run on python-reference")
        assert len(app.query(TrainingForm)) == 1


async def test_a_start_that_was_given_up_for_another_text_is_not_told_as_a_refusal_of_that() -> None:
    fake = FakeServices()
    fake.runs.gate.clear()
    app = TextgenApp(fake.services)
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "463,800")
        await pilot.press("enter")
        await see(pilot, "New run on hello")
        await pilot.press("ctrl+t")
        await see(pilot, "43%  Esc gives it up")
        await pilot.press("1", "down", "enter")
        await see(pilot, "New run on python-reference", "Not started; nothing was kept.")
        assert app.query_one(TrainingForm).complaint == ""


async def test_a_resumed_run_does_not_take_a_form_away_that_was_opened_meanwhile() -> None:
    fake = with_runs(snapshot(summary(state=RunState.STOPPED)))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "1 run")
        pane = app.query_one(TrainingPane)
        launching = pane._launching  # it takes its time
        await pilot.press("1")
        await see(pilot, "463,800")
        await pilot.press("enter")
        await see(pilot, "New run on hello")
        launching.resume("levin")
        await see(pilot, "levin is being trained", "New run on hello")
        assert pane.open_run_name is None


async def test_the_keys_work_when_somebody_comes_back_to_a_window_whose_run_began_meanwhile() -> None:
    fake = FakeServices()
    app = TextgenApp(fake.services)
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "463,800")
        await pilot.press("enter")
        await see(pilot, "New run on hello")
        fake.runs.gate.clear()
        await pilot.press("ctrl+t")
        await see(pilot, "43%  Esc gives it up")
        app.post_message(AppBlur())
        await until(pilot, lambda: app.focused is None)
        fake.runs.gate.set()
        await see(pilot, "◌ starting")
        app.post_message(AppFocus())
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("x")
        await until(pilot, lambda: asked(fake, "new-run") == [CommandKind.STOP])


async def test_the_keys_work_when_the_last_run_is_deleted_elsewhere_and_another_one_comes() -> None:
    fake = some(1)
    app = app_on(fake)
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "1 run")
        fake.runs.watches.clear()
        await see(pilot, "No runs yet")
        assert app.focused is not None
        fake.runs.watches["z"] = FakeWatch([snapshot(summary("z", RunState.FINISHED))])
        await see(pilot, "1 run")
        await pilot.press("enter")
        await until(pilot, lambda: app.query_one(TrainingPane).open_run_name == "z")


async def test_the_cursor_stays_where_it_was_when_its_run_is_deleted() -> None:
    """It went to the first run, far from where somebody was looking."""
    fake = some(9)
    app = app_on(fake)
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "9 runs")
        await pilot.press(*["down"] * 5)
        del fake.runs.watches["f"]
        await see(pilot, "8 runs")
        current = app.query_one(RunTable).current
        assert current
        assert current.name == "g"


async def test_a_run_with_settings_of_another_version_is_not_forked_and_says_why() -> None:
    """The app ended."""
    config = {**summary().config, "of_tomorrow": 3}
    async with opened(with_runs(snapshot(summary(config=config)))) as pilot:
        await see(pilot, "● running")
        await pilot.press("f")
        await see(pilot, "There is no setting 'of_tomorrow'")


async def test_trainings_are_stopped_before_leaving_though_one_has_ended_while_somebody_thought_about_it() -> None:
    fake = with_runs(snapshot(summary("a")), snapshot(summary("b")))
    app = TextgenApp(fake.services, "a")
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "● running")
        await pilot.press("q")
        await see(pilot, "Training goes on without this window")
        ended = watch_of(fake, "a")
        ended.script = [snapshot(summary("a", RunState.FINISHED))]
        await pilot.press("x")
        await until(pilot, lambda: asked(fake, "b") == [CommandKind.STOP] and not app.is_running)
        assert ended.sent == []


async def test_a_training_that_cannot_be_stopped_keeps_the_app_and_the_others_stop() -> None:
    fake = with_runs(snapshot(summary("a")), snapshot(summary("b")))
    app = TextgenApp(fake.services, "b")
    async with app.run_test(size=BROAD, notifications=True) as pilot:
        await see(pilot, "● running")
        await pilot.press("q")
        await see(pilot, "Training goes on without this window")
        watch_of(fake, "a").error = RunError("The record of the run 'a' cannot be read.")
        await pilot.press("x")
        await see(pilot, "The record of the run 'a' cannot be read.")
        assert asked(fake, "b") == [CommandKind.STOP]
        assert app.is_running


async def test_a_run_whose_record_cannot_be_read_for_some_seconds_has_not_failed() -> None:
    """A network disk that hung told of each training that it had failed, and rang."""
    live, gone = summary(), summary(state=RunState.FAILED, steps=None, message="The record cannot be read.")
    looks = [[live], [gone], [gone], [live], [gone], [summary(state=RunState.FINISHED)]]
    told: list[Message] = []

    def post(message: Message) -> bool:
        told.append(message)
        return True

    endings = Endings(lambda: looks.pop(0), post)
    while looks:
        endings._look()
    assert [run.state for each in told if isinstance(each, Endings.Noticed) for run in each.runs] == [RunState.FINISHED]
    assert cell(gone, "state", NOW) == "? unreadable"


async def test_nothing_of_the_run_before_is_shown_or_asked_for_under_the_name_of_one_that_cannot_be_read() -> None:
    """Its log stayed, its machine too, and S asked the trainer of the one for a sample with the prime of the other."""
    before = snapshot(summary("a"), log=(LogLine(NOW - 5, "info", "What a said."),), hardware=(MACHINE,))
    fake = with_runs(before, snapshot(summary("b")))
    fake.preferences.set("log", True)
    async with opened(fake, "a") as pilot:
        await see(pilot, "What a said.", "machine")
        watch_of(fake, "b").error = RunError("The record of the run 'b' cannot be read.")
        pilot.app.query_one(TrainingPane).open_run("b")
        await see(pilot, "✗ The record of the run 'b' cannot be read.", "this machine")
        assert "What a said." not in screen_text(pilot.app)
        await pilot.press("S")
        assert len(pilot.app.screen_stack) == 1


async def test_a_key_that_is_pressed_again_while_models_are_looked_for_opens_one_list() -> None:
    fake, slow = FakeServices(), threading.Event()
    slow.set()

    def models() -> list[ModelEntry]:
        slow.wait(10)
        return list(fake.models)

    app = TextgenApp(replace(fake.services, models=models), pane="console")
    async with app.run_test(size=BROAD) as pilot:
        await see(pilot, "model levin")
        await until(pilot, lambda: app.query_one(ModelChoice).held)
        await pilot.press("escape")
        slow.clear()
        await pilot.press("m", "m")
        slow.set()
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.screen_stack) == 1
