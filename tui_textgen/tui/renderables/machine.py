"""The machine and the run's vital numbers, as a column and as one line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui_textgen.hardware import GpuReading, HardwareReading
from tui_textgen.runs.snapshot import RunSnapshot, Series
from tui_textgen.tui.renderables.quantities import size
from tui_textgen.tui.renderables.rows import LIVE, MUTED, Part, Row, Slot, spread
from tui_textgen.tui.renderables.run_lines import nats
from tui_textgen.tui.renderables.sparkline import gauge_line
from tui_textgen.visible import visible_line

LABEL = 8
HOT = 85.0
"""Degrees from which a GPU slows itself down, or soon will."""


def machine_line(reading: HardwareReading | None, width: int) -> Row:
    """GPU and memory in a few words; CPU where there is no GPU."""
    if reading is None:
        return ()
    slots = [Slot(2, (("RAM ", ""), (f"{size(reading.ram_used)}", "")))]
    if reading.gpus:
        gpu = reading.gpus[0]
        extra = ((3, power(gpu)), (1, temperature(gpu)))
        slots = [Slot(0, ((f"GPU {percent(gpu.utilisation)}", ""),)), *(Slot(rank, (part,)) for rank, part in extra)]
    else:
        slots.insert(0, Slot(0, ((f"CPU {percent(reading.cpu)}", ""),)))
    return spread(width, [], [slot for slot in slots if slot.row])


def machine_column(
    readings: Sequence[HardwareReading], snapshot: RunSnapshot | None, width: int, height: int
) -> list[Row]:
    """One line for each thing the machine and the training tell; the newest reading is the last."""
    rows: list[Row] = [(("machine", "bold"),)]
    if readings:
        rows += _gpu_rows(readings, width) or _cpu_rows(readings, width)
    else:
        rows += [_row("CPU", ("–", MUTED)), _row("memory", ("–", MUTED))]
    if snapshot:
        rows += [(), *_training_rows(snapshot)]
    return rows[:height]


def percent(share: float | None) -> str:
    """Three cells wide and a sign: `` 61 %``."""
    return "  – %" if share is None or not math.isfinite(share) else f"{share * 100:3.0f} %"


def temperature(gpu: GpuReading) -> Part:
    """Degrees, alarming where the GPU is too hot."""
    if gpu.temperature is None:
        return ("– °C", "")
    return (f"{gpu.temperature:.0f} °C", "$error" if gpu.temperature >= HOT else "")


def power(gpu: GpuReading) -> Part:
    """Watts, of how many may be drawn."""
    limit = f"/{gpu.power_limit:.0f}" if gpu.power_limit is not None else ""
    return ("–" if gpu.power is None else f"{gpu.power:3.0f}{limit} W", "")


def _gpu_rows(readings: Sequence[HardwareReading], width: int) -> list[Row]:
    now = readings[-1]
    rows: list[Row] = []
    for index, gpu in enumerate(now.gpus):
        past = [reading.gpus[index].utilisation or 0.0 for reading in readings if index < len(reading.gpus)]
        name = f"GPU {gpu.index}" if len(now.gpus) > 1 else "GPU"
        rows += [
            ((visible_line(gpu.name), MUTED),),
            _row(name, (percent(gpu.utilisation), ""), (_past(past, width), LIVE)),
            _row("memory", (_of(gpu.memory_used, gpu.memory_total), "")),
            _row("power", power(gpu)),
            _row("temp", temperature(gpu)),
        ]
    return [*rows, *_host_rows(now)] if rows else []


def _cpu_rows(readings: Sequence[HardwareReading], width: int) -> list[Row]:
    now = readings[-1]
    past = [reading.cpu or 0.0 for reading in readings]
    return [
        _row("CPU", (percent(now.cpu), ""), (_past(past, width), LIVE)),
        _row("memory", (_of(now.ram_used, now.ram_total), "")),
        _row("disk", (f"{size(now.disk_free)} left", "")),
    ]


def _host_rows(now: HardwareReading) -> list[Row]:
    return [
        _row("CPU", (percent(now.cpu), "")),
        _row("RAM", (_of(now.ram_used, now.ram_total), "")),
        _row("disk", (f"{size(now.disk_free)} left", "")),
    ]


def _training_rows(snapshot: RunSnapshot) -> list[Row]:
    best = snapshot.summary.best_val_loss
    bpc = f" ({best / math.log(2):.2f} bpc)" if best is not None else ""
    return [
        _row("lr", (_last(snapshot.lr, ".1e"), "")),
        _row("grad", (_last(snapshot.grad_norm, ".2f"), "")),
        _row("best", (nats(best), ""), (bpc, MUTED)),
    ]


def _row(label: str, *parts: Part) -> Row:
    return ((f"{label:<{LABEL}}", MUTED), *parts)


def _past(shares: Sequence[float], width: int) -> str:
    return "  " + gauge_line(shares, max(0, width - LABEL - 7), 1.0)


def _of(used: int | None, total: int | None) -> str:
    return "–" if used is None or total is None else f"{used / 1e9:.1f}/{total / 1e9:.0f} GB"


def _last(series: Series, form: str) -> str:
    return format(series[-1].mean, form) if series else "–"
