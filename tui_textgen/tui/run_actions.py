"""What can be done with a run as it is now, and why the rest cannot: pure functions of its state."""

from __future__ import annotations

from tui_textgen.runs.snapshot import RunSnapshot, RunState

RESUMABLE = (RunState.INTERRUPTED, RunState.STOPPED, RunState.FAILED)


def allowed(snapshot: RunSnapshot | None) -> frozenset[str]:
    """The actions that make sense of the run as it is now."""
    if snapshot is None or snapshot.gone:
        return frozenset()
    state, found = snapshot.summary.state, {"save"}
    if snapshot.saved_at is not None:
        found.add("fork")
    if state in (RunState.RUNNING, RunState.PAUSED):
        found |= {"stop", "checkpoint", "sample", "faster", "slower", "extend"}
        found.add("pause" if state is RunState.RUNNING else "go_on")
        if not (state is RunState.PAUSED and snapshot.memory_freed):
            found.add("free_memory")
    elif state is RunState.STARTING:
        found.add("stop")
    elif not state.live:
        found |= {"rename", "delete", "extend"}
    if state in RESUMABLE:
        found.add("resume")
    return frozenset(found)


def why_not(action: str, state: RunState) -> str:
    """Why an action that is not allowed has to wait, and what helps."""
    if action == "fork":
        return "A fork begins with a checkpoint, and this run has none" + ("; c saves one." if state.live else ".")
    if state is RunState.STOPPING:
        return "The run is stopping after a checkpoint; try again in a moment."
    if state.live and action in ("rename", "delete", "resume"):
        return {
            "rename": "A run can be renamed once it has ended; x stops it after a checkpoint.",
            "delete": "A run can be deleted once it has ended; x stops it after a checkpoint.",
            "resume": "The run is being trained already.",
        }[action]
    if state is RunState.STARTING:
        return "The trainer is starting; try again in a moment."
    if action == "free_memory" and state is RunState.PAUSED:
        return "The device's memory is free already; space goes on."
    if state is RunState.FINISHED:
        return "The run has finished; e trains it for more epochs."
    return f"The run is {state} and not being trained; r goes on from its last checkpoint."
