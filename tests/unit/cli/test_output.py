"""What is printed can be read by people, by programs, and does nothing to a terminal."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_textgen.cli.output import duration, json_line, print_json, print_table


def test_numbers_that_are_not_finite_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([{"loss": math.nan, "config": {"lr": math.inf}, "losses": (1.0, -math.inf)}])
    assert json.loads(capsys.readouterr().out) == [{"loss": None, "config": {"lr": None}, "losses": [1.0, None]}]


@given(st.text())
@example("\x7f\x9b")
def test_json_is_plain_ascii_and_comes_back(text: str) -> None:
    line = json_line({"name": text})
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {"name": text}


def test_columns_stand_under_their_headers(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "step>", "from"), [("hello", "7", "a"), ("戦争と平和", "1,234", "\x1b[31mb\n")])
    assert capsys.readouterr().out.splitlines() == [
        "name         step  from",
        "hello           7  a",
        "戦争と平和  1,234  ␛[31mb⏎",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (725, "12:05"), (10_800, "3:00:00"), (-3, "0:00")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
