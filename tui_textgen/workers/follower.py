"""What every rank but the first does: what rank 0 announces, until that sends it home."""

from __future__ import annotations

import signal
from pathlib import Path

from tui_textgen.config import TrainingConfig, build
from tui_textgen.corpus.encoded import open_encoded
from tui_textgen.plan import plan_run
from tui_textgen.runs.folder import RunFolder


def follow(folder: RunFolder, meeting: Path | None) -> int:
    """Train along; returns the exit status. The store is not touched: its host may be another."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # when to leave is rank 0's to say
    from tui_textgen.network.ranks import joined
    from tui_textgen.network.session import TrainingSession

    text = open_encoded(folder.text)
    with joined(meeting) as ranks:
        task = ranks.agree(None)
        config = build(TrainingConfig, task["config"])
        plan = plan_run(config, text.characters, len(text.vocabulary))
        if task["resume"]:
            session = TrainingSession.resume(config, text, plan, folder, ranks)
        elif task["fork"]:
            session = TrainingSession.fork(config, text, plan, folder, ranks)
        else:
            session = TrainingSession.begin(config, text, plan, ranks)
        session.follow()
    return 0
