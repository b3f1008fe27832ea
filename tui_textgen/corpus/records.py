"""JSON that keeps every text exactly, lone surrogates included."""

from __future__ import annotations

import json
from typing import Any


def to_json(value: Any) -> bytes:
    """``value`` as one line of JSON without its newline.

    Escaped, two lone surrogates side by side would come back as one character; written out, they stay two.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_json(data: bytes) -> Any:
    """The value of :func:`to_json`'s line; raises ValueError for anything else."""
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
