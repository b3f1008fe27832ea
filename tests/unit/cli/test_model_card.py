"""A model's card, printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.models.making import CARD
from tui_textgen.cli.model_card import MOST_SHOWN, print_card


@pytest.mark.parametrize(("more", "last"), [(0, None), (1234, "… and 1,234 more: --json prints all of them.")])
def test_of_very_many_characters_the_first_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: int, last: str | None
) -> None:
    known = "".join(map(chr, range(0x4E00, 0x4E00 + MOST_SHOWN + more)))
    print_card("book", replace(CARD, vocabulary=known, path=tmp_path, saved_at=0.0))
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("knows, in the order of their ids") + 1
    shown = [line for line in lines[start : lines.index("", start)] if line != last]
    assert "".join(shown).replace(" ", "") == known[:MOST_SHOWN]
    assert (last in lines) is (more > 0)


@pytest.mark.parametrize("moment", [1e13, -1e13, 1e300])
def test_a_file_of_no_year_is_shown_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], moment: float) -> None:
    print_card("book", replace(CARD, path=tmp_path, saved_at=moment))
    assert [line for line in capsys.readouterr().out.splitlines() if line.split() == ["saved_at", "–"]]
