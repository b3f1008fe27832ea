"""What is refused before there is a run."""

from __future__ import annotations

import pytest

from tui_textgen.config import training_config
from tui_textgen.errors import SettingsError
from tui_textgen.plan import plan_run
from tui_textgen.workers.launch import check_memory

MANY = 3_000_000
"""More distinct characters than there are: whatever machine this is, it has no memory for them."""


def test_a_training_beyond_all_memory_is_refused_with_what_would_do() -> None:
    config = training_config("large", {"device": "cpu", "batch_size": 512, "seq_length": 512})
    plan = plan_run(config, 10_000_000, MANY)
    with pytest.raises(SettingsError, match="--unit byte") as caught:
        check_memory(config, plan, MANY)
    assert "3,000,000 distinct characters" in str(caught.value)
    check_memory(training_config("quick", {"device": "cpu"}), plan_run(config, 10_000, 80), 80)
