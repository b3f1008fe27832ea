"""What a run's facts must be: whatever reads them can then take them for what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

GREATEST = 2**63 - 1
"""The greatest whole number that SQLite can tell."""
LAST_MOMENT = 2.0**37
"""Seconds since 1970: after it, calendars have no years."""


def is_whole(value: object) -> bool:
    """Whether ``value`` counts something."""
    return type(value) is int and 0 <= value <= GREATEST


def is_number(value: object) -> bool:
    """Whether one can reckon with ``value`` without fear."""
    return type(value) in (int, float) and abs(value) <= GREATEST  # type: ignore[arg-type]  # which no NaN is


def is_moment(value: object) -> bool:
    """Whether ``value`` is a time in seconds since 1970."""
    return is_number(value) and 0 <= value <= LAST_MOMENT  # type: ignore[operator]


def check_facts(facts: Mapping[str, Any]) -> None:
    """Raises ValueError unless every fact that is told is what it should be; what another version tells may be more."""
    for name, fits in _FACTS.items():
        value = facts.get(name)
        if not fits(value) and (value is not None or name in _NEEDED):
            raise ValueError(f"its fact {name!r} is {'missing' if value is None else 'damaged'}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_config(value: object) -> bool:
    """Settings are single values, of which ``epochs`` is one."""
    if not isinstance(value, dict) or not is_whole(value.get("epochs")):
        return False
    return all(each is None or isinstance(each, str | bool) or is_number(each) for each in value.values())


def _is_run(value: object) -> bool:
    """Whether ``value`` tells of a run's checkpoint."""
    return isinstance(value, dict) and _is_text(value.get("run")) and is_whole(value.get("step"))


def _is_model(value: object) -> bool:
    """Whether ``value`` tells of a model, with what is to be said of it."""
    if not isinstance(value, dict) or not _is_text(value.get("model")):
        return False
    notes, step = value.get("notes", []), value.get("step")
    return (step is None or is_whole(step)) and isinstance(notes, list) and all(map(_is_text, notes))


def _is_process(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_text(value[0]) and is_whole(value[1])


_NEEDED = ("state", "created", "corpus", "config", "steps", "parameters")
_FACTS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(("state", "corpus", "message", "device", "precision", "corpus_sha256"), _is_text),
    **dict.fromkeys(("steps", "parameters", "pid", "resumed_from", "distinct", "characters"), is_whole),
    **dict.fromkeys(("steps_per_epoch", "went_back", "generation", "nproc"), is_whole),
    **dict.fromkeys(("created", "launched", "saved_at", "since"), is_moment),
    "rate_factor": is_number,
    "memory_freed": lambda value: isinstance(value, bool),
    "config": _is_config,
    "launched_as": _is_process,
    "forked_from": _is_run,
    "begun_from": _is_model,
}
