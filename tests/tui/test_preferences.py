"""Choices about the screen outlive the app, and never stand in its way."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_a_choice_keeps_what_another_app_chose_since_this_one_began(tmp_path: Path) -> None:
    """An app that was open for a week wrote all its choices as they had been, whatever it chose."""
    path = tmp_path / "file"
    ours, theirs = Preferences(path), Preferences(path)
    assert ours.get("theme", "dark") == "dark"
    theirs.set("theme", "light")
    ours.set("unit", "bpc")
    assert Preferences(path).get("theme", "dark") == "light"
    assert Preferences(path).get("unit", "nats") == "bpc"


def test_what_could_not_be_written_is_written_with_the_next_choice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    preferences = Preferences(tmp_path / "file" / "preferences.json")
    with pytest.raises(TextgenError):
        preferences.set("unit", "bpc")
    (tmp_path / "file").unlink()
    preferences.set("log", True)
    assert Preferences(tmp_path / "file" / "preferences.json").get("unit", "nats") == "bpc"


def test_nobody_waits_for_a_disk_that_hangs_to_be_told_a_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung, writing = threading.Event(), threading.Event()

    def hang(path: Path, values: object) -> None:
        writing.set()
        hung.wait(10)

    monkeypatch.setattr("tui_textgen.tui.preferences._write", hang)
    preferences = Preferences(tmp_path / "file")
    writer = threading.Thread(target=preferences.set, args=("unit", "bpc"))
    writer.start()
    assert writing.wait(10)
    asked = threading.Thread(target=preferences.get, args=("unit", "nats"), daemon=True)
    asked.start()
    asked.join(5)
    assert not asked.is_alive()
    hung.set()
    writer.join(10)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = {"theme": "dark", "log": False, "marks": ["levin"], "rate": 0.5, "count": 7}
CONTENTS = st.one_of(
    st.binary(max_size=40),
    ANYTHING.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(list(NAMES)), ANYTHING).map(lambda values: json.dumps(values).encode()),
    st.sampled_from([b'{"theme": ' + b"9" * 5000 + b"}", b'{"rate": 1e999}', b'{"theme": "\\ud800"}', b"{" * 9999]),
)


@settings(max_examples=60)
@given(CONTENTS)
def test_whatever_the_file_holds_a_choice_is_of_its_type_and_the_next_one_is_kept(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("config") / "file"
    path.write_bytes(content)
    kept = Preferences(path)
    for name, default in NAMES.items():
        found = kept.get(name, default)  # type: ignore[type-var]
        assert type(found) is type(default)
        assert not isinstance(found, list) or all(isinstance(item, str) for item in found)
    kept.set("unit", "bpc")
    assert Preferences(path).get("unit", "nats") == "bpc"
