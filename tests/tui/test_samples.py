"""The samples of a run: going through them, playing, pinning, reading one in full, asking for one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from tests.tui.fakes import FakeRuns, FakeServices, sample
from tests.tui.host import screen_text, until
from tests.tui.sample_host import SampleWatch, opened, see, seen, sees, with_samples
from tests.unit.runs.making import new_run
from tui_textgen.runs.commands import CommandKind
from tui_textgen.runs.folder import RunFolder
from tui_textgen.runs.snapshot import Sample
from tui_textgen.runs.store import RunStore
from tui_textgen.runs.watch import RunWatch
from tui_textgen.tui.widgets import sample_view
from tui_textgen.tui.widgets.sample_page import SampleText
from tui_textgen.tui.widgets.scrubber import SampleScrubber


@dataclass
class StoreWatch(SampleWatch):
    """Tells the fake's snapshot; its samples come from a store."""

    folder: RunFolder | None = None
    real: RunWatch | None = None

    def sample(self, index: int) -> Sample:
        self.fetched.append(index)
        if self.real is None:  # in the follower's thread, to which it belongs
            assert self.folder
            self.real = RunWatch(self.folder)
        return self.real.sample(index)

    def close(self) -> None:
        super().close()
        if self.real:
            self.real.close()


# Going through them


async def test_keys_go_by_one_by_ten_to_the_first_and_back_to_the_newest() -> None:
    fake, _ = with_samples(42)
    async with opened(fake) as pilot:
        for key, place in [
            ("left", "41 of 42, 1 newer"), ("pageup", "31 of 42, 11 newer"), ("home", "1 of 42, 41 newer"),
            ("right", "2 of 42"), ("pagedown", "12 of 42"), ("end", "42 of 42"),
        ]:  # fmt: skip
            await pilot.press(key)
            await see(pilot, place)
        assert not sees(pilot, "newer")


async def test_the_title_tells_step_epoch_and_the_losses_there() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("left")
        point = next(point for point in watch.script[0].train if point.step >= 700)
        await see(pilot, "sample at step 700  epoch 2.5", f"loss {point.mean:.3f}", "val")
        await pilot.press("home")
        await see(pilot, "sample at step 0  epoch 0.0", "Sample number 0.")
        assert "loss" not in next(line for line in screen_text(pilot.app).splitlines() if "sample at step" in line)


async def test_an_older_sample_stays_while_new_ones_come_and_the_counter_tells_of_them() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("left")
        await see(pilot, "Sample number 7.", "8 of 9, 1 newer")
        watch.script = [seen(12)]
        await see(pilot, "Sample number 7.", "8 of 12, 4 newer")
        await pilot.press("end")
        await see(pilot, "The newest of all.", "12 of 12")
        watch.script = [seen(13, sample(12, "And one more."))]
        await see(pilot, "And one more.", "13 of 13")


async def test_holding_a_key_down_leaves_out_what_was_not_waited_for() -> None:
    fake, watch = with_samples(400)
    async with opened(fake) as pilot:
        await pilot.press(*["left"] * 60)
        await see(pilot, "Sample number 339.", "340 of 400")
        assert watch.fetched[-1] == 339
        assert len(watch.fetched) == len(set(watch.fetched)) <= 60


async def test_the_bar_is_clicked_and_dragged() -> None:
    fake, _ = with_samples(100)
    async with opened(fake) as pilot:
        bar = pilot.app.query_one(SampleScrubber)
        await pilot.mouse_down(bar, offset=(2, 0))
        await see(pilot, "1 of 100", "Sample number 0.")
        await pilot.hover(bar, offset=(30, 0))
        await pilot.mouse_up(bar, offset=(30, 0))
        await until(pilot, lambda: not sees(pilot, "1 of 100,"))
        place = next(line for line in screen_text(pilot.app).splitlines() if "sample at step" in line)
        assert 20 < int(place.split(" of 100")[0].split()[-1]) < 50
        await pilot.hover(bar, offset=(60, 0))  # let go of: it moves no more
        await pilot.pause()
        assert place in screen_text(pilot.app)
        await pilot.click(bar, offset=(0, 0))
        await pilot.click(bar, offset=(2, 0))
        await pilot.click(bar, offset=(0, 0))  # older than the first
        await see(pilot, "1 of 100")


async def test_what_cannot_be_read_is_said_and_the_next_is_tried() -> None:
    fake, watch = with_samples(unreadable={7})
    async with opened(fake) as pilot:
        await pilot.press("left")
        await see(pilot, "The sample cannot be read")
        await pilot.press("home")
        await see(pilot, "Sample number 0.")
        watch.unreadable.clear()
        await pilot.press("end", "left")
        await see(pilot, "Sample number 7.")


async def test_a_resume_that_dropped_the_sample_shows_the_newest_there_is() -> None:
    fake, watch = with_samples(9)
    async with opened(fake) as pilot:
        await pilot.press("left")
        await see(pilot, "Sample number 7.")
        watch.script = [seen(4)]
        await see(pilot, "The newest of all.", "4 of 4")


async def test_samples_of_a_real_run_are_found_by_number_however_many_there_are() -> None:
    """A query for each: none of them is read to show another."""
    with new_run() as folder:
        store = RunStore(folder.store)
        for index in range(20_000):
            store.add_sample(Sample(index * 100, index / 3, "The ", f"Number {index}.", 7, 0.8))
        assert store.commit()
        store.close()
        watch = StoreWatch([seen(20_000)], folder=folder)
        async with opened(FakeServices(runs=FakeRuns({"levin": watch}))) as pilot:
            await pilot.press("home")
            await see(pilot, "The Number 0.", "1 of 20,000, 19,999 newer")
            await pilot.press("end", "left")
            await see(pilot, "The Number 19998.", "19,999 of 20,000")
            await pilot.click(SampleScrubber, offset=(50, 0))
            await until(pilot, lambda: len(watch.fetched) == 3)
            await see(pilot, f"The Number {watch.fetched[-1]}.")


# Playing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_view, "FRAME_SECONDS", 0.01)


@pytest.mark.usefixtures("quick")
async def test_playing_shows_all_of_them_in_order_and_ends_at_the_newest() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: len(watch.fetched) == 8)
        await see(pilot, "9 of 9", "The newest of all.", "w play")
    assert watch.fetched == list(range(8))


async def test_any_key_stops_the_playing_and_does_nothing_else() -> None:
    fake, watch = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("w")
        await see(pilot, "1 of 9", "w stop")
        await pilot.press("x")
        await see(pilot, "w play")
        fetched = list(watch.fetched)
        await pilot.pause(sample_view.FRAME_SECONDS * 2)
        assert watch.fetched == fetched
        assert watch.sent == []
        await pilot.press("x")
        await until(pilot, lambda: [command.kind for command in watch.sent] == [CommandKind.STOP])


@pytest.mark.usefixtures("quick")
async def test_playing_goes_on_where_it_was_stopped_and_else_from_the_first() -> None:
    fake, watch = with_samples(2000)
    async with opened(fake) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: 5 in watch.fetched)
        await pilot.press("w")
        await see(pilot, "w play")
        shown = watch.fetched[-1]
        await pilot.press("w")
        await until(pilot, lambda: shown + 5 in watch.fetched)
        assert watch.fetched.count(0) == 1
        await pilot.press("w", "left", "w")
        await until(pilot, lambda: watch.fetched.count(0) == 2)


@pytest.mark.usefixtures("quick")
async def test_playing_waits_for_each_sample_and_never_asks_for_two() -> None:
    fake, watch = with_samples(50)
    watch.gate.clear()
    async with opened(fake) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: watch.fetched == [0])
        await pilot.pause(0.1)
        assert watch.fetched == [0]
        watch.gate.set()
        await until(pilot, lambda: len(watch.fetched) > 5)
        assert watch.fetched[:5] == [0, 1, 2, 3, 4]


# Two beside each other


def pages(pilot: Pilot[None]) -> tuple[int, int, int, int]:
    pinned, shown = pilot.app.query_one("#sample-pinned").region, pilot.app.query_one("#sample-shown").region
    return pinned.x, pinned.y, shown.x, shown.y


@pytest.mark.parametrize(("size", "beside"), [((120, 36), True), ((80, 24), True), ((70, 40), False)])
async def test_a_pinned_sample_stays_beside_the_newest_and_below_80_columns_above_it(
    size: tuple[int, int], beside: bool
) -> None:
    fake, watch = with_samples()
    async with opened(fake, size) as pilot:
        await pilot.press("home")
        await see(pilot, "Sample number 0.")
        await pilot.press("i")
        await see(pilot, "pinned at step 0", "Sample number 0.", "sample at step 800", "The newest of all.")
        left, top, x, y = pages(pilot)
        assert (left < x and top == y) if beside else (left == x and top < y)
        await pilot.press("left")
        await see(pilot, "Sample number 0.", "Sample number 7.")
        watch.script = [seen(10)]
        await pilot.press("end")
        await see(pilot, "Sample number 0.", "sample at step 900")
        await pilot.press("i")
        await until(pilot, lambda: not sees(pilot, "pinned") and not sees(pilot, "Sample number 0."))
        await see(pilot, "sample at step 900")


async def test_beside_the_newest_comes_the_one_before() -> None:
    fake, _ = with_samples()
    async with opened(fake) as pilot:
        await pilot.press("i")
        await see(pilot, "pinned at step 800", "sample at step 700", "Sample number 7.")


# In full


LONG = "\n".join(f"Line {number}." for number in range(200))


async def test_a_sample_takes_the_whole_dashboard_and_gives_it_back() -> None:
    fake, _ = with_samples(texts={7: LONG})
    async with opened(fake) as pilot:
        await pilot.press("left")
        await see(pilot, "Line 3.", "loss, nats")
        await pilot.press("z")
        await until(pilot, lambda: sees(pilot, "Line 25.") and not sees(pilot, "loss, nats"))
        await until(pilot, lambda: sees(pilot, "Back") and not sees(pilot, "Zoom"))  # the chart's keys rest
        await pilot.press("left")  # samples can be changed here too
        await see(pilot, "Sample number 6.")
        await pilot.press("escape")
        await see(pilot, "loss, nats", "Sample number 6.")
        await pilot.press("z", "z")
        await see(pilot, "loss, nats")
        await pilot.press("escape")
        await see(pilot, "1 run")
        assert not pilot.app.query_one("#dashboard").display


async def test_a_long_sample_is_scrolled_by_keys_wheel_and_bar() -> None:
    fake, _ = with_samples(texts={7: LONG})
    async with opened(fake) as pilot:
        await pilot.press("left", "z")
        await see(pilot, "Line 0.")
        await pilot.press("down")
        await until(pilot, lambda: not sees(pilot, "Line 0."))
        await pilot.press("shift+down")
        await until(pilot, lambda: not sees(pilot, "Line 9."))
        await pilot.press("shift+up", "up")
        await see(pilot, "Line 0.")
        text = pilot.app.query_one("#sample-shown").query_one(SampleText)
        await pilot._post_mouse_events([_wheel()], text, button=0)
        await until(pilot, lambda: not sees(pilot, "Line 2."))
        width, height = text.size
        await pilot.click(text, offset=(width - 1, height - 1))
        await see(pilot, "Line 199.")
        await pilot.press("left")  # another sample begins at its beginning
        await see(pilot, "Sample number 6.")


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_the_words_beside_the_bar_are_clicked() -> None:
    fake, _ = with_samples()
    async with opened(fake) as pilot:
        for word, effect in [("z full", "z back"), ("z back", "z full"), ("i pin", "i unpin"), ("w play", "w stop")]:
            await pilot.click(offset=_place(pilot, word))
            await see(pilot, effect)


def _place(pilot: Pilot[None], word: str) -> tuple[int, int]:
    lines = screen_text(pilot.app).splitlines()
    y = next(y for y, line in enumerate(lines) if word in line)
    return lines[y].index(word), y


async def test_a_hostile_sample_is_harmless_in_every_view() -> None:
    hostile = "[/ [bold]x \x1b[2J\x9b31m \u202e e\u0301 \u4e2d" * 5
    fake, _ = with_samples(texts=dict.fromkeys(range(9), hostile))
    async with opened(fake) as pilot:
        for key in ("left", "i", "left", "z"):
            await pilot.press(key)
            await see(pilot, "[/ [bold]x ␛[2J⟨9b⟩31m")
            assert not set("\x1b\x9b\u202e") & set(screen_text(pilot.app))


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (80, 24), (20, 5), (200, 50)])
async def test_every_size_shows_a_sample_plain_pinned_and_in_full(size: tuple[int, int]) -> None:
    fake, _ = with_samples()
    async with opened(fake, (120, 36)) as pilot:
        await pilot.resize_terminal(*size)
        for key in ("left", "i", "z", "home", "i", "z", "end"):
            await pilot.press(key)
            await pilot.pause()
        await pilot.resize_terminal(120, 36)
        await see(pilot, "The newest of all.", "w play")
