"""Lanes and windows, as the field describes sequence batching."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.network.making import encoded
from tui_textgen.network.lanes import Lanes, brought_near, open_ids
from tui_textgen.plan import Grid


def test_hand_worked_example() -> None:
    """13 characters in 2 lanes of 2 windows of 3: the second lane begins at 6, and the last target is the 13th."""
    lanes = Lanes(torch.arange(13), Grid.over(13, lanes=2, seq_length=3))
    first, second = lanes.window(0), lanes.window(1)
    assert first[0].t().tolist() == [[0, 1, 2], [6, 7, 8]]
    assert first[1].t().tolist() == [[1, 2, 3], [7, 8, 9]]
    assert second[0].t().tolist() == [[3, 4, 5], [9, 10, 11]]
    assert second[1].t().tolist() == [[4, 5, 6], [10, 11, 12]]


@given(st.integers(2, 200), st.integers(1, 9), st.integers(1, 40))
def test_every_target_is_the_next_character(characters: int, lanes: int, seq_length: int) -> None:
    """No label is wrapped, and an epoch reads every character of the grid once."""
    grid = Grid.over(characters, lanes, seq_length)
    served = Lanes(torch.arange(characters), grid)
    seen = []
    for index in range(grid.windows):
        inputs, targets = served.window(index)
        assert inputs.shape == (grid.seq_length, grid.lanes)
        assert torch.equal(targets, inputs + 1)
        seen += inputs.flatten().tolist()
    assert sorted(seen) == list(range(grid.characters))


def test_texts_of_every_item_size(tmp_path: Path) -> None:
    for distinct, item in ((5, "uint8"), (300, "int16"), (33_000, "int32")):
        characters = [chr(0x4E00 + index) if index < 20_000 else chr(0x20000 + index) for index in range(distinct)]
        text = encoded(tmp_path, "".join(characters))
        assert text.item == item
        assert open_ids(text).tolist() == list(range(distinct))


def test_a_text_is_mapped_not_written(tmp_path: Path) -> None:
    """Texts may be read-only and shared by several runs."""
    text = encoded(tmp_path, "abc")
    text.path.chmod(0o400)
    open_ids(text)[0] = 2
    assert text.path.read_bytes() == b"\x00\x01\x02"


def test_some_of_the_lanes_are_served_as_all_of_them_are() -> None:
    grid = Grid.over(100, lanes=5, seq_length=4)
    all_lanes, some = Lanes(torch.arange(100), grid), Lanes(torch.arange(100), grid, slice(2, 4))
    assert (all_lanes.count, some.count) == (5, 2)
    for mine, whole in zip(some.window(3), all_lanes.window(3), strict=True):
        assert torch.equal(mine, whole[:, 2:4])


def test_a_text_that_leaves_a_gpu_too_little_room_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = torch.arange(100, dtype=torch.uint8)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (399, 1000))
    assert brought_near(ids, torch.device("cuda:0")) is ids
    assert brought_near(ids, torch.device("cpu")) is ids
