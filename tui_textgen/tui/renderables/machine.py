"""The machine and the run's vital numbers, as a column and as one line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.snapshot import RunSnapshot, Series
from tui_textgen.tui.renderables.quantities import size
from tui_textgen.tui.renderables.rows import ALARM, LIVE, MUTED, Part, Row, Slot, spread
from tui_textgen.tui.renderables.run_lines import nats
from tui_textgen.tui.renderables.sparkline import history
from tui_textgen.visible import visible_line

LABEL, VALUE = 8, 13
"""Columns of what stands before the histories."""
HOTTEST = 100.0
"""Degrees at the upper edge of a history."""


def machine_line(reading: HardwareReading | None, width: int) -> Row:
    """GPU and memory in a few words; CPU where there is no GPU."""
    if reading is None:
        return ()
    if reading.gpus:
        gpu, count = together(reading.gpus), len(reading.gpus)
        name = "GPU" if count == 1 else f"{count} GPUs"
        slots = [Slot(0, ((f"{name} {utilisation(gpu)}", ""),)), Slot(3, (power(gpu),)), Slot(1, (temperature(gpu),))]
    else:
        slots = [Slot(0, ((f"CPU {percent(reading.cpu)}", ""),)), Slot(2, (("RAM ", ""), (size(reading.ram_used), "")))]
    return spread(width, [], slots)


def together(gpus: Sequence[GpuReading]) -> GpuReading:
    """Several as one: their mean utilisation, what they use and draw in all, the temperature of the hottest."""
    first, *others = gpus
    if not others:
        return first
    busy = [gpu.utilisation for gpu in gpus if gpu.utilisation is not None]
    hottest = max(gpus, key=lambda gpu: (gpu.hot, gpu.temperature or 0.0))
    return replace(
        hottest,
        utilisation=math.fsum(busy) / len(busy) if busy else None,
        power=_sum([gpu.power for gpu in gpus]),
        power_limit=_sum([gpu.power_limit for gpu in gpus]),
    )


def machine_column(
    readings: Sequence[HardwareReading], snapshot: RunSnapshot | None, width: int, height: int, title: str = "machine"
) -> list[Row]:
    """One line for each thing the machine and the training tell; the newest reading is the last.

    ``title`` says of which machine, or when. Where there is not the height for all of it, a GPU has fewer lines.
    """
    room = max(0, width - LABEL - VALUE)
    gpus = [_past_of(readings, index) for index in range(len(readings[-1].gpus))] if readings else []
    below = [*_host_rows(readings, room), *([(), *_training_rows(snapshot)] if snapshot else [])]
    rows: list[Row] = []
    for gpu_rows in (_gpu_rows, _few_gpu_rows, _single_gpu_row):
        told = [row for past in gpus for row in gpu_rows(past, room, len(gpus))]
        rows = [((title, "bold"),), *told, *below]
        if len(rows) <= height:
            break
    return rows[: max(0, height)]


def percent(share: float | None) -> str:
    """Three cells wide and a sign: `` 61 %``."""
    return "  – %" if share is None or not math.isfinite(share) else f"{share * 100:3.0f} %"


def utilisation(gpu: GpuReading) -> str:
    """A percentage; of a card that is split, the word for it."""
    return "  MIG" if gpu.mig and gpu.utilisation is None else percent(gpu.utilisation)


def temperature(gpu: GpuReading) -> Part:
    """Degrees; a word and the colour of alarm where the GPU is too hot."""
    if gpu.temperature is None:
        return ("– °C", "")
    return (f"{gpu.temperature:.0f} °C hot", ALARM) if gpu.hot else (f"{gpu.temperature:.0f} °C", "")


def power(gpu: GpuReading) -> Part:
    """Watts, of how many may be drawn."""
    limit = f"/{gpu.power_limit:.0f}" if gpu.power_limit is not None else ""
    return ("– W" if gpu.power is None else f"{gpu.power:3.0f}{limit} W", "")


def _past_of(readings: Sequence[HardwareReading], index: int) -> list[GpuReading]:
    """What was read of one GPU; after a resume on another machine, only what was read there."""
    now = readings[-1].gpus[index]
    return [gpu for reading in readings for gpu in reading.gpus if (gpu.index, gpu.name) == (now.index, now.name)]


def _gpu_rows(past: Sequence[GpuReading], room: int, count: int) -> list[Row]:
    now = past[-1]
    busy = history([gpu.utilisation for gpu in past], room, 1.0)
    return [
        ((visible_line(now.name), MUTED),),
        _with_past(_name(now, count), (utilisation(now), ""), busy, LIVE),
        _memory_row(past, room),
        _with_past("power", power(now), history([gpu.power for gpu in past], room, _most_power(past))),
        _with_past("temp", temperature(now), history([gpu.temperature for gpu in past], room, HOTTEST)),
        *_share_rows(past),
    ]


def _few_gpu_rows(past: Sequence[GpuReading], room: int, count: int) -> list[Row]:
    return [*_single_gpu_row(past, room, count), _memory_row(past, room), *_share_rows(past)]


def _single_gpu_row(past: Sequence[GpuReading], _room: int, count: int) -> list[Row]:
    """Utilisation, watts, degrees."""
    now = past[-1]
    watts = "–" if now.power is None else f"{now.power:.0f}"
    return [_row(_name(now, count), (utilisation(now), ""), (f"{watts:>5} W ", ""), temperature(now))]


def _memory_row(past: Sequence[GpuReading], room: int) -> Row:
    now = past[-1]
    used = history([gpu.memory_used for gpu in past], room, now.memory_total or 1.0)
    return _with_past("memory", (_of(now.memory_used, now.memory_total), ""), used)


def _share_rows(past: Sequence[GpuReading]) -> list[Row]:
    """What the trainer has of the card, and how many processes compute on it; a row once anything was told of it."""
    if all(gpu.own_memory is None and gpu.own_utilisation is None for gpu in past):
        return []
    now = past[-1]
    others = f"  1 of {now.processes}" if now.processes and now.processes > 1 else ""
    return [_row("trainer", (f"{size(now.own_memory)} {percent(now.own_utilisation)}", ""), (others, MUTED))]


def _host_rows(readings: Sequence[HardwareReading], room: int) -> list[Row]:
    if not readings:
        return [_row(name, ("–", MUTED)) for name in ("CPU", "RAM", "disk")]
    now = readings[-1]
    ram, used = _of(now.ram_used, now.ram_total), [each.ram_used for each in readings]
    busy = history([each.cpu for each in readings], room, 1.0)
    return [
        _with_past("CPU", (percent(now.cpu), ""), busy, MUTED if now.gpus else LIVE),
        _with_past("RAM", (ram, ""), history(used, room, now.ram_total or 1.0)),
        _row("disk", (f"{size(now.disk_free)} left", "")),
    ]


def _training_rows(snapshot: RunSnapshot) -> list[Row]:
    best = snapshot.summary.best_val_loss
    bits = f" ({best / math.log(2):.2f} bp{snapshot.summary.per[0]})" if best is not None else ""  # bpc or bpb
    return [
        _row("lr", (_last(snapshot.lr, ".1e"), "")),
        _row("grad", (_last(snapshot.grad_norm, ".2f"), "")),
        _row("best", (nats(best), ""), (bits, MUTED)),
    ]


def _with_past(label: str, value: Part, past: str, style: str = MUTED) -> Row:
    """All histories stand below one another."""
    text, look = value
    return _row(label, (f"{text:<{VALUE}}", look), (past, style))


def _row(label: str, *parts: Part) -> Row:
    return ((f"{label:<{LABEL}}", MUTED), *parts)


def _name(gpu: GpuReading, count: int) -> str:
    return f"GPU {gpu.index}" if count > 1 else "GPU"


def _most_power(past: Sequence[GpuReading]) -> float:
    """The limit, or where there is none what was drawn at most."""
    return past[-1].power_limit or max((gpu.power or 0.0 for gpu in past), default=0.0) or 1.0


def _of(used: int | None, total: int | None) -> str:
    """GB of GB, always as wide as when all of it is used."""
    if total is None:
        return "–" if used is None else size(used)
    most = f"{total / 1e9:.0f}"
    return f"{'–' if used is None else f'{used / 1e9:.1f}':>{len(most) + 2}}/{most} GB"


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def _last(series: Series, form: str) -> str:
    return format(series[-1].mean, form) if series else "–"
