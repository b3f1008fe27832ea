"""Which sample is to be shown and fetched, and how samples and their bar are drawn: without a screen."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.fakes import sample
from tui_textgen.runs.snapshot import Sample
from tui_textgen.tui.renderables.rows import cells, plain
from tui_textgen.tui.renderables.samples import (
    HERE,
    PINNED,
    Button,
    Losses,
    Track,
    sample_lines,
    sample_title,
    scrubber,
    window,
)
from tui_textgen.tui.sample_browser import SampleBrowser
from tui_textgen.visible import visible

BUTTONS = [Button("w", "play", "play"), Button("i", "pin", "pin"), Button("z", "full", "full")]
CALLS = st.one_of(
    st.tuples(st.just("go"), st.integers(-5, 40)),
    st.tuples(st.just("take"), st.integers(0, 30)),
    st.tuples(st.sampled_from(["play", "advance", "stop", "pin", "expect_asked", "answer", "fail"]), st.just(0)),
)


@given(st.lists(CALLS, max_size=40), st.sets(st.integers(0, 30)))
def test_one_sample_is_on_its_way_at_most_and_the_wanted_one_is_shown_in_the_end(
    calls: list[tuple[str, int]], asked: set[int]
) -> None:
    browser, on_its_way = SampleBrowser(), None

    def at(index: int) -> Sample:
        return replace(sample(index), asked=index in asked)

    for call, number in calls:
        if call in ("answer", "fail") and on_its_way is not None:
            browser.fetched(on_its_way, at(on_its_way) if call == "answer" else None)
            on_its_way = None
        elif call == "take":
            browser.take(number, at(number - 1) if number else None)
        elif call == "go":
            browser.go(number)
        elif call not in ("answer", "fail"):
            getattr(browser, call)()
        if (request := browser.next_request()) is not None:
            assert on_its_way is None
            assert 0 <= request < browser.count
            on_its_way = request
    browser.stop()
    while on_its_way is not None:
        browser.fetched(on_its_way, at(on_its_way))
        on_its_way = browser.next_request()
    if browser.count:
        assert browser.shown
        assert browser.shown.index == browser.here < browser.count
        assert browser.shown.sample.step == sample(browser.here).step
    if browser.pinned:
        assert browser.pinned.index < browser.count


@given(st.integers(1, 30_000), st.integers(1, 300), st.integers(0, 300))
def test_a_click_on_a_mark_finds_its_sample_and_each_column_marks_what_it_finds(of: int, length: int, at: int) -> None:
    track = Track(range(2, 2 + length), of)
    index = track.index_at(2 + at)
    assert 0 <= index < of
    if of >= length > 1 and at < length:
        assert track.cell_of(index) == at
    if of <= length:
        assert all(track.index_at(2 + track.cell_of(each)) == each for each in range(of))
    assert track.cell_of(of - 1) == (length - 1 if of > 1 else 0)
    assert (track.index_at(-99), track.index_at(9999)) == (0, of - 1 if length > 1 else 0)


@given(st.integers(1, 3000), st.data(), st.integers(16, 250))
def test_the_bar_fills_its_line_and_marks_one_place_and_the_pinned_one(
    of: int, data: st.DataObject, width: int
) -> None:
    here = data.draw(st.integers(0, of - 1))
    pinned = data.draw(st.none() | st.integers(0, of - 1))
    drawn = scrubber(of, here, pinned, BUTTONS, width)
    text = plain(drawn.row)
    assert cells(drawn.row) == width
    assert text.count(HERE) == 1
    assert text.index(HERE) == drawn.track.cells.start + drawn.track.cell_of(here)
    hidden = pinned is None or drawn.track.cell_of(pinned) == drawn.track.cell_of(here)
    assert text.count(PINNED) == (0 if hidden else 1)
    for place, action in drawn.buttons[2:]:
        assert text[place.start : place.stop] == next(f"{b.key} {b.words}" for b in BUTTONS if b.action == action)


@given(st.text(max_size=30), st.text(max_size=400), st.integers(2, 60))
def test_lines_are_the_whole_sample_harmless_and_within_the_width(prime: str, text: str, width: int) -> None:
    lines = sample_lines(prime, text, width)
    shown = visible(prime + text)
    assert "".join(map(plain, lines)).replace(" ", "") == shown.replace("\n", "").replace(" ", "")
    assert all(cells(line) <= width for line in lines)
    styled = "".join(part for line in lines for part, style in line if style)
    assert styled.replace(" ", "") == visible(prime).replace("\n", "").replace(" ", "")


@given(st.integers(1, 300), st.integers(1, 40), st.data())
def test_a_part_of_the_lines_tells_by_a_bar_which(lines: int, height: int, data: st.DataObject) -> None:
    rows = [((f"{number}", ""),) for number in range(lines)]
    first = data.draw(st.integers(0, max(0, lines - height)))
    seen = window(rows, first, 10, height)
    assert [plain(row).split()[0] for row in seen] == [str(n) for n in range(first, min(lines, first + height))]
    bar = "".join(plain(row)[-1] for row in seen) if lines > height else ""
    if bar:
        assert set(bar) <= {"┃", "│"}
        assert all(cells(row) == 10 for row in seen)
        assert first or bar.startswith("┃")
        assert first < lines - height or bar.endswith("┃")


@given(st.integers(1, 200), st.booleans(), st.floats(0, 20) | st.none())
def test_a_title_fits_and_keeps_the_step(width: int, asked: bool, loss: float | None) -> None:
    title = sample_title(replace(sample(3), asked=asked), Losses(loss, loss), "4 of 9, 5 newer", width)
    assert cells(title) <= width
    assert width < 40 or "sample at step 300" in plain(title)
    assert cell_len(plain(title)) == cells(title)


def test_what_is_still_on_its_way_is_pinned_when_it_comes() -> None:
    browser = SampleBrowser()
    browser.take(9, sample(8))
    browser.go(0)
    browser.pin()
    assert browser.pinned is None
    assert browser.next_request() == 0
    browser.fetched(0, sample(0))
    assert browser.pinned
    assert browser.pinned.index == 0
    assert browser.here == 8
