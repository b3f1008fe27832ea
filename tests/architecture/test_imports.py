"""What a fresh process has loaded, whatever the static contracts say."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_after(statement: str) -> set[str]:
    """Top-level modules of a fresh interpreter after ``statement``."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "tui_textgen.__main__",
        "tui_textgen.cli",
        "tui_textgen.cli.main",
        "tui_textgen.tui.app",
        "tui_textgen.workers.launch",
        "tui_textgen.workers.reader",
        "tui_textgen.workers.reader_client",
        "tui_textgen.workers.writer_client",
    ],
)
def test_starts_without_torch_and_numpy_and_what_downloads(module: str) -> None:
    assert not loaded_after(f"import {module}") & {"torch", "numpy", "safetensors", "pooch", "requests"}


def test_the_app_opens_without_what_only_later_screens_need() -> None:
    """Each of these costs 10 to 40 ms of the half second that a first paint may take."""
    assert not loaded_after("import tui_textgen.tui.app") & {"click", "pydantic", "pynvml", "psutil", "sqlite3"}


def test_the_command_line_opens_without_textual() -> None:
    assert "textual" not in loaded_after("import tui_textgen.cli.main")
