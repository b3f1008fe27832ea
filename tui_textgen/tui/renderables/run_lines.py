"""A run's state, facts and progress, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from tui_textgen.runs.alerts import diverging, unsaved_for
from tui_textgen.runs.commands import SAVES
from tui_textgen.runs.pace import seconds_left
from tui_textgen.runs.snapshot import RunSnapshot, RunState, RunSummary
from tui_textgen.tui.renderables.durations import ago, clock, duration
from tui_textgen.tui.renderables.quantities import count, short_count
from tui_textgen.tui.renderables.rows import ALARM, LIVE, MUTED, VALIDATION, Part, Row, Slot, fitting, spread, width_of
from tui_textgen.tui.renderables.sparkline import sparkline
from tui_textgen.visible import visible_line

SIGNS: dict[RunState, Part] = {
    RunState.STARTING: ("◌", LIVE), RunState.RUNNING: ("●", LIVE), RunState.PAUSED: ("‖", VALIDATION),
    RunState.STOPPING: ("◍", LIVE), RunState.FINISHED: ("✓", "$success"), RunState.STOPPED: ("■", MUTED),
    RunState.INTERRUPTED: ("!", ALARM), RunState.FAILED: ("✗", ALARM),
}  # fmt: skip
GONE: Part = ("? gone", f"bold {ALARM}")
LOST: Part = ("? unreadable", f"bold {ALARM}")
SAVING: Part = ("◍ saving", f"bold {LIVE}")
DIVERGING: Part = ("▲ diverging", f"bold {ALARM}")
SHORTEST_SPARKLINE, LONGEST_SPARKLINE = 6, 32
SHORTEST_BAR, LONGEST_BAR = 6, 60


def state(of: RunState) -> Row:
    """The state as a sign and a word."""
    sign, style = SIGNS[of]
    return ((f"{sign} {of.value}", f"bold {style}"),)


def condition(snapshot: RunSnapshot, lost: bool = False) -> Row:
    """The state, or what a person should know rather: that the trainer saves, that the training diverges.

    ``lost``: the snapshot is old, and there is no newer one to be had.
    """
    if snapshot.gone or lost:
        return (GONE if snapshot.gone else LOST,)
    if snapshot.summary.state in (RunState.RUNNING, RunState.PAUSED):
        if any(command.kind in SAVES for command in snapshot.waiting):
            return (SAVING,)
        if diverging(snapshot):
            return (DIVERGING,)
    return state(snapshot.summary.state)


def saved(snapshot: RunSnapshot, now: float) -> tuple[Row, bool]:
    """How long ago the last checkpoint was, and whether that is too long."""
    late = unsaved_for(snapshot, now) is not None
    if snapshot.saved_at is None:
        return ((("! nothing saved yet", f"bold {ALARM}"),) if late else ()), late
    words = f"saved {ago(now - snapshot.saved_at)} ago"
    return ((f"! {words}", f"bold {ALARM}") if late else (words, MUTED),), late


def state_line(snapshot: RunSnapshot, width: int, now: float, lost: bool = False) -> Row:
    """State, loss and its sparkline at every width; then validation, the name, when it was last saved, the best."""
    facts = snapshot.summary
    values = [point.mean for point in snapshot.train]
    room = min(LONGEST_SPARKLINE, max(SHORTEST_SPARKLINE, (width - 34) // 3))
    loss: Row = (("loss ", MUTED), (nats(facts.train_loss), f"bold {LIVE}"), (" ", ""), (sparkline(values, room), LIVE))
    validation: Row = (("val ", MUTED), (nats(facts.val_loss), VALIDATION))
    best: Row = ((f"best {nats(facts.best_val_loss)}", MUTED),) if facts.best_val_loss is not None else ()
    name: Row = ((visible_line(facts.name), "bold"),)
    checkpoint, late = saved(snapshot, now)
    left = [Slot(0, condition(snapshot, lost)), Slot(4, name), Slot(1, loss), Slot(3, validation), Slot(6, best)]
    return spread(width, left, [Slot(2 if late else 5, checkpoint)])


def facts_line(facts: RunSummary, width: int) -> Row:
    """What is being trained, on what, where, at which rate if it is another than the schedule's, and from where."""
    config = facts.config
    shape = f"{str(config.get('model', '')).upper()} {config.get('n_layers', '–')}×{config.get('n_hidden', '–')}"
    parameters = f"{short_count(facts.parameters)} parameters" if facts.parameters else ""
    where = " ".join(part for part in (facts.precision, facts.device) if part)
    resumed = f"resumed at {count(facts.resumed_from)}" if facts.resumed_from is not None else ""
    rate = f"rate × {facts.rate_factor:g}" if facts.rate_factor != 1 else ""
    origin = facts.forked_from
    forked = f"forked from {origin['run']} at {count(origin['step'])}" if origin else ""
    begun = f"begun from {facts.begun_from['model']}" if facts.begun_from else ""
    words = " · ".join(part for part in (facts.corpus, shape, parameters, where, rate, forked, begun, resumed) if part)
    return spread(width, [Slot(0, ((visible_line(words), MUTED),))])


def progress_line(snapshot: RunSnapshot, width: int, now: float) -> Row:
    """Epoch, a bar, share, steps, speed, time gone and left with the clock time of the end, as far as they fit."""
    facts = snapshot.summary
    share = min(1.0, facts.step / facts.steps) if facts.steps else 0.0
    left = _left(snapshot) if facts.state.live else None
    end = f" ({clock(now + left, now)})" if left is not None and facts.state is RunState.RUNNING else ""
    epochs = epochs_ahead(snapshot)
    epoch = f"epoch {min(int(facts.epoch) + 1, epochs)}/{epochs}".ljust(len(f"epoch {epochs}/{epochs}"))
    step = f"step {count(facts.step)}/{count(facts.steps)}".ljust(
        len(f"step {count(facts.steps)}/{count(facts.steps)}")
    )
    wide = max(5, len(duration(facts.seconds + (left or 0))))
    texts = [(0, f"{share:4.0%}"), (1, step), (4, f"{speed(facts.chars_per_second)}"),
             (5, f"{duration(facts.seconds):>{wide}} gone")]  # fmt: skip
    slots = [Slot(rank, ((text, ""),)) for rank, text in texts]
    if facts.state.live:
        slots.append(Slot(2, ((f"{duration(left):>{wide}} left", ""), (end, MUTED))))
    head = Slot(3, ((epoch, "bold"),))
    return _with_bar(width, share, head, slots, LIVE if facts.state.live else MUTED)


def _left(snapshot: RunSnapshot) -> float | None:
    facts, validations = snapshot.summary, len(snapshot.validation)
    return seconds_left(facts.step, facts.steps, facts.seconds, snapshot.train, validations)


def epochs_ahead(snapshot: RunSnapshot) -> int:
    """Epochs that the run begins until its last step, which a step limit may put before the last epoch's end."""
    facts, per_epoch = snapshot.summary, snapshot.steps_per_epoch
    return min(facts.epochs, -(-facts.steps // per_epoch)) if facts.steps and per_epoch else facts.epochs


def bar(share: float, width: int, style: str) -> Row:
    """A bar of ``width`` cells, filled to half a cell."""
    halves = round(min(max(share, 0.0), 1.0) * 2 * width)
    full = "━" * (halves // 2) + ("╸" if halves % 2 else "")
    return ((full, style), ("─" * (width - len(full)), "$foreground 25%"))


def speed(number: float | None) -> str:
    """Characters per second with three digits, always as wide: ``31.2k chars/s``."""
    if number is None:
        return "    – chars/s"
    scaled, unit = (number / 1e6, "M") if number >= 999_500 else (number / 1e3, "k") if number >= 1000 else (number, "")
    digits = f"{scaled:.0f}" if not unit or scaled >= 99.95 else f"{scaled:.1f}"
    return f"{digits + unit:>5} chars/s"


def nats(loss: float | None) -> str:
    """A loss with three decimals, ``–`` where it is not known."""
    return "–" if loss is None else f"{loss:.3f}"


def _with_bar(width: int, share: float, head: Slot, slots: Sequence[Slot], style: str) -> Row:
    """The head, a bar that takes what room the rest leaves, and the rest."""
    short = Slot(0, bar(share, SHORTEST_BAR, style))
    kept = fitting(width, [head, short, *slots])
    length = min(LONGEST_BAR, SHORTEST_BAR + max(0, width - width_of(kept)))
    full = Slot(0, bar(share, length, style))
    return spread(width, [full if slot is short else slot for slot in kept])
