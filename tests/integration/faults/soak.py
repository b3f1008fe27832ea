"""``python -m tests.integration.faults.soak [ROUNDS] [SEED]``: rounds of faults, and what came of them."""

from __future__ import annotations

import os
import shutil
import sys
import time
import traceback
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.faults.faults import FAULTS, Fault
from tests.integration.faults.ground import Ground


def play(fault: Fault, ground: Ground, seed: int) -> int:
    """One round: a run of its own, that fault, and the run removed. Raises AssertionError; the steps trained again."""
    trial = ground.trial(f"{fault.__name__}-{seed}", seed)
    try:
        return fault(trial)
    finally:
        shutil.rmtree(trial.folder.path, ignore_errors=True)


def soak(rounds: int, seed: int) -> int:
    """``rounds`` in all, the faults in turn; 1 if any run was lost."""
    kept, lost, again = defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    begun = time.monotonic()
    with TemporaryDirectory() as place:
        ground = Ground.at(Path(place) / "home")
        for number in range(rounds):
            fault = FAULTS[number % len(FAULTS)]
            try:
                steps = play(fault, ground, seed + number)
                kept[fault.__name__] += 1
                again[fault.__name__] = max(again[fault.__name__], steps)
            except Exception:  # noqa: BLE001  # whatever it was, the other rounds are played too
                lost[fault.__name__] += 1
                print(f"{fault.__name__}, seed {seed + number}:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
    print("| fault | rounds | recovered | lost | steps on record trained again, at most |\n|---|---|---|---|---|")
    for fault in FAULTS:
        name = fault.__name__
        words = name.replace("_", " ")
        print(f"| {words} | {kept[name] + lost[name]} | {kept[name]} | {lost[name]} | {again[name]} |")
    print(f"\n{rounds} rounds in {time.monotonic() - begun:.0f} s, seeds {seed} to {seed + rounds - 1}.")
    return min(1, sum(lost.values()))


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one thread, in what is forked too
    asked = [int(word) for word in sys.argv[1:]]
    sys.exit(soak(*asked, *(300, 1)[len(asked) :]))
