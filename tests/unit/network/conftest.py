"""One thread: these networks are too small to share, and tests run beside each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from tui_textgen.network import device


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threads = torch.get_num_threads()
    monkeypatch.setattr(device, "physical_cores", lambda: 1)
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
