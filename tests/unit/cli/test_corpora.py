"""What ``corpora show`` says beside the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_textgen.__main__ import main


def test_what_is_left_out_of_a_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEXTGEN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tui_textgen.cli.portrait.print_portrait", lambda *_: None)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a text")
    (tmp_path / "texts" / "empty.txt").touch()
    assert main(["corpora", "show", str(tmp_path / "texts")]) == 0
    out, err = capfd.readouterr()
    assert "a text" in out
    assert "1 empty (empty.txt)" in err
