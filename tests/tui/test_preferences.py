"""Choices about the screen outlive the app, and never stand in its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_textgen.errors import TextgenError
from tui_textgen.tui.preferences import Preferences


def test_a_choice_is_there_at_the_next_start(tmp_path: Path) -> None:
    Preferences(tmp_path / "config" / "preferences.json").set("unit", "bpc")
    assert Preferences(tmp_path / "config" / "preferences.json").get("unit", "nats") == "bpc"


def test_a_choice_of_another_type_gives_way_to_the_default(tmp_path: Path) -> None:
    Preferences(tmp_path / "file").set("log", "yes")
    assert Preferences(tmp_path / "file").get("log", False) is False


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"\xff\xfe", b"[" * 200_000])
def test_a_damaged_file_holds_no_choices_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert Preferences(path).get("unit", "nats") == "nats"
    Preferences(path).set("unit", "bpc")
    assert Preferences(path).get("unit", "nats") == "bpc"


def test_where_nothing_can_be_written_the_choice_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    preferences = Preferences(tmp_path / "file" / "preferences.json")
    with pytest.raises(TextgenError, match="Your choices cannot be remembered"):
        preferences.set("unit", "bpc")
    assert preferences.get("unit", "nats") == "bpc"
