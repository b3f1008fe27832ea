"""What a training leaves is its user's alone."""

from __future__ import annotations

import stat

from tests.integration.conftest import TrainedRun


def test_nobody_else_reads_what_a_training_leaves(trained: TrainedRun) -> None:
    """It was trained with a mask that leaves every door open."""
    home = trained.command.home.data
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    open_to_others = {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077}
    assert not open_to_others
    assert any(path.name == "best.safetensors" for path in modes)
