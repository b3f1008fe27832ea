"""A run's curves as a table: a row for each step."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from tui_textgen.runs.snapshot import StepRecord

METRICS = ("step", "epoch", "characters", "seconds", "train_loss", "val_loss", "lr", "grad_norm", "chars_per_second")
ROWS_AT_ONCE = 1000

Metric = tuple[StepRecord, float | None]
"""A step, and the validation loss that was measured at it, if any."""


def metric_rows(metrics: Iterable[Metric]) -> Iterator[dict[str, float | None]]:
    """Each step's values by the names of METRICS."""
    for record, val_loss in metrics:
        row = {**record._asdict(), "val_loss": val_loss}
        yield {name: row[name] for name in METRICS}


def csv_pieces(metrics: Iterable[Metric]) -> Iterator[str]:
    """The whole table as CSV, some lines at a time."""
    text = StringIO(newline="")
    table = csv.DictWriter(text, METRICS, lineterminator="\n")
    table.writeheader()
    for number, row in enumerate(metric_rows(metrics), start=1):
        table.writerow(row)
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
