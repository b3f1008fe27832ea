from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runs.making import home_in, make_run
from tui_textgen.paths import Home
from tui_textgen.runs.folder import RunFolder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


@pytest.fixture
def run(home: Home) -> RunFolder:
    return make_run(home)
