"""What can be done with the open run by its keys, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fakes import FakeServices, fresh, snapshot, summary, with_runs
from tests.tui.host import screen_text, until
from tui_textgen.errors import InputError, RunError
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunSnapshot, RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.extending import epochs_in_all, told_extension
from tui_textgen.tui.run_actions import allowed, why_not
from tui_textgen.tui.widgets.run_controls import RunControls

FINISHED = snapshot(summary(state=RunState.FINISHED, step=2232))


@asynccontextmanager
async def opened(fake: FakeServices, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    """The app with the run ``levin`` open and drawn."""
    app = TextgenApp(fake.services, "levin")
    async with app.run_test(size=size) as pilot:
        await see(pilot, "said Levin")
        yield pilot


async def see(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(word in screen_text(pilot.app) for word in words))


async def type_over(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen.focused, Input))
    field = pilot.app.screen.focused
    assert isinstance(field, Input)
    field.clear()
    await pilot.press(*text)


def sent(fake: FakeServices) -> list[Command]:
    return fake.runs.watches["levin"].sent


# Asking the trainer


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("P", Command(CommandKind.PAUSE, {"free_memory": True})),
        ("left_square_bracket", Command(CommandKind.RATE, {"factor": 0.8})),
        ("right_square_bracket", Command(CommandKind.RATE, {"factor": 1.25})),
    ],
)
async def test_a_key_asks_the_trainer(key: str, command: Command) -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: sent(fake) == [command])


async def test_the_factor_on_the_rate_is_shown() -> None:
    async with opened(with_runs(snapshot(summary(rate_factor=1.5625)))) as pilot:
        await see(pilot, "rate × 1.5625")


async def test_a_fork_says_where_it_comes_from() -> None:
    async with opened(with_runs(snapshot(summary(forked_from={"run": "anna", "step": 840})))) as pilot:
        await see(pilot, "forked from anna at 840")


# More epochs


async def test_a_live_run_is_extended() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("e")
        await see(pilot, "8 epochs, 2,232 steps", "9 epochs in all, 2,511 steps")
        await type_over(pilot, "12")
        await see(pilot, "20 epochs in all, 5,580 steps")
        await pilot.press("enter")
        await until(pilot, lambda: sent(fake) == [Command(CommandKind.EXTEND, {"epochs": 20})])


async def test_a_finished_run_goes_on_with_more_epochs() -> None:
    fake = with_runs(FINISHED)
    async with opened(fake) as pilot:
        await pilot.press("e", "enter")
        await see(pilot, "● running")
    assert (fake.runs.resumed, fake.runs.epochs) == (["levin"], [9])


@pytest.mark.parametrize("typed", ["0", "-1", "x", "1.5", "99999999"])
async def test_what_is_no_number_of_epochs_is_said_and_asks_for_nothing(typed: str) -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("e")
        await type_over(pilot, typed)
        await pilot.press("enter")
        await see(pilot, "! Type a whole number of epochs")
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
    assert sent(fake) == []


@given(st.text(max_size=9))
def test_whatever_is_typed_is_a_longer_run_or_a_sentence(typed: str) -> None:
    run = snapshot()
    try:
        epochs = epochs_in_all(run, typed)
    except InputError:
        return
    assert 8 < epochs <= 1_000_000
    assert "epochs in all" in told_extension(run, typed)


# A fork


async def test_a_fork_is_made_with_other_settings_of_the_same_network() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("f")
        await see(pilot, "Fork of levin", "anna-karenina", "3.4M parameters", "Learning rate")
        assert "Hidden units" not in screen_text(pilot.app)
        pilot.app.query_one("#set-lr Input").focus()
        await type_over(pilot, "0.001")
        pilot.app.query_one("#run-name Input").focus()
        await type_over(pilot, "slower")
        await pilot.press("ctrl+t")
        await see(pilot, "◌ starting", "slower")
    assert fake.runs.forked == [("levin", {"lr": 0.001}, "slower", False)]


async def test_a_fork_may_begin_with_the_best_checkpoint_and_keeps_what_was_typed() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("f")
        await see(pilot, "Fork of levin", "Begin with", "last", "with what its optimiser remembers")
        pilot.app.query_one("#set-lr Input").focus()
        await type_over(pilot, "0.002")
        pilot.app.query_one("#preset Choice").focus()
        await pilot.press("right")
        await see(pilot, "an optimiser that begins anew", "0.002")
        await pilot.press("ctrl+t")
        await see(pilot, "◌ starting")
    assert fake.runs.forked == [("levin", {"lr": 0.002}, None, True)]


async def test_a_refused_fork_keeps_the_form_and_escape_goes_back_to_the_run() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("f")
        await see(pilot, "Fork of levin", "Start training")
        fake.runs.error = RunError("There is no room left; delete a run.")
        await pilot.press("ctrl+t")
        await see(pilot, "! There is no room left", "Fork of levin")
        await pilot.press("escape")
        await see(pilot, "● running", "said Levin")


async def test_without_a_checkpoint_there_is_nothing_to_fork() -> None:
    async with opened(with_runs(snapshot(saved_at=None))) as pilot:
        await pilot.press("f")
        await see(pilot, "A fork begins with a checkpoint, and this run has none; c saves one.")
        assert "Fork of" not in screen_text(pilot.app)


# Its files


async def test_a_run_is_renamed_and_followed() -> None:
    fake = with_runs(FINISHED)
    async with opened(fake) as pilot:
        await pilot.press("R")
        await type_over(pilot, "kitty")
        await pilot.press("enter")
        await see(pilot, "✓ finished", "kitty")
        assert list(fake.runs.watches) == ["kitty"]


async def test_a_name_that_cannot_be_is_said_at_once_and_a_taken_one_by_the_dashboard() -> None:
    fake = with_runs(FINISHED, snapshot(summary("kitty", RunState.FINISHED)))
    async with opened(fake) as pilot:
        await pilot.press("R")
        await type_over(pilot, "a/b")
        await pilot.press("enter")
        await see(pilot, "! A run's name is made of letters")
        await type_over(pilot, "kitty")
        await pilot.press("enter")
        await see(pilot, "There is a run 'kitty' already")
    assert list(fake.runs.watches) == ["levin", "kitty"]


async def test_a_run_is_deleted_after_a_question() -> None:
    fake = with_runs(FINISHED)
    async with opened(fake) as pilot:
        await pilot.press("d")
        await see(pilot, "Delete the run levin")
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert list(fake.runs.watches) == ["levin"]
        await pilot.press("d")
        await see(pilot, "Delete the run levin")
        await pilot.press("d")
        await see(pilot, "No runs yet.")
    assert not fake.runs.watches


async def test_a_run_that_is_trained_is_neither_renamed_nor_deleted() -> None:
    fake = with_runs(snapshot())
    async with opened(fake) as pilot:
        await pilot.press("R")
        await see(pilot, "A run can be renamed once it has ended; x stops it")
        await pilot.press("d")
        await see(pilot, "A run can be deleted once it has ended; x stops it")
        assert len(pilot.app.screen_stack) == 1


# Saving


async def test_the_curves_are_saved_as_csv_and_over_a_file_after_a_second_word(tmp_path: Path) -> None:
    target = tmp_path / "curves.csv"
    target.write_text("mine")
    async with opened(with_runs(snapshot())) as pilot:
        await pilot.press("ctrl+o")
        await see(pilot, "its curves, as CSV")
        await pilot.press("c")
        await see(pilot, "enter saves; esc stays")
        await type_over(pilot, str(target))
        await pilot.press("enter")
        await see(pilot, "exists already")
        assert target.read_text() == "mine"
        await pilot.press("enter")
        await see(pilot, "Saved to")
    lines = target.read_text().splitlines()
    assert lines[0] == "step,epoch,characters,seconds,train_loss,val_loss,lr,grad_norm,chars_per_second"
    assert len(lines) == 1 + len(snapshot().train)
    assert list(tmp_path.iterdir()) == [target]


async def test_the_dashboard_is_saved_as_a_picture_of_itself(tmp_path: Path) -> None:
    target = tmp_path / "levin.svg"
    async with opened(with_runs(snapshot())) as pilot:
        await pilot.press("ctrl+o")
        await see(pilot, "the dashboard as it is, as SVG")
        await pilot.press("s")
        await type_over(pilot, str(target))
        await pilot.press("enter")
        await see(pilot, "Saved to")
    picture = target.read_text("utf-8")
    assert picture.startswith("<svg")
    assert "running" in picture
    assert "as&#160;SVG" not in picture, "the question is not on it"


# What can be done when

WORKING = {"stop", "checkpoint", "sample", "faster", "slower", "extend", "free_memory", "fork", "save"}
ENDED = {"rename", "delete", "extend", "fork", "save"}


@pytest.mark.parametrize(
    ("run", "actions"),
    [
        (None, set()),
        (fresh("new"), {"stop", "save"}),
        (snapshot(), WORKING | {"pause"}),
        (snapshot(summary(state=RunState.PAUSED)), WORKING | {"go_on"}),
        (snapshot(summary(state=RunState.PAUSED), memory_freed=True), (WORKING - {"free_memory"}) | {"go_on"}),
        (snapshot(summary(state=RunState.STOPPING)), {"fork", "save"}),
        (FINISHED, ENDED),
        (snapshot(summary(state=RunState.STOPPED)), ENDED | {"resume"}),
        (snapshot(summary(state=RunState.FAILED)), ENDED | {"resume"}),
        (snapshot(gone=True), set()),
    ],
)
def test_only_what_makes_sense_is_offered(run: RunSnapshot | None, actions: set[str]) -> None:
    assert allowed(run) == actions


async def test_a_key_of_a_run_that_has_ended_says_what_helps() -> None:
    """space, s, c and the others did nothing, without a word."""
    fake = with_runs(FINISHED)
    async with opened(fake) as pilot:
        await pilot.press("space")
        await see(pilot, "The run has finished; e trains it for more epochs.")
    assert sent(fake) == []


@pytest.mark.parametrize(
    ("action", "state", "remedy"),
    [
        ("pause", RunState.INTERRUPTED, "The run is interrupted and not being trained; r goes on"),
        ("sample", RunState.STARTING, "try again in a moment"),
        ("stop", RunState.STOPPING, "is stopping"),
        ("resume", RunState.RUNNING, "is being trained already"),
        ("resume", RunState.FINISHED, "e trains it for more epochs"),
        ("free_memory", RunState.PAUSED, "space goes on"),
    ],
)
def test_what_cannot_be_done_says_why(action: str, state: RunState, remedy: str) -> None:
    assert remedy in why_not(action, state)


def test_every_key_stands_for_an_action() -> None:
    actions = {str(binding.action) for binding in RunControls.KEYS}  # type: ignore[union-attr]
    for action in actions:
        name = action.removeprefix("at('controls', '").removesuffix("')")
        assert callable(getattr(RunControls, f"action_{name}")), name
