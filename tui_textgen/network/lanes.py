"""A part of an encoded text, served window by window."""

from __future__ import annotations

import torch
from torch import Tensor

from tui_textgen.corpus.encoded import EncodedText
from tui_textgen.plan import Grid

TEXT_SHARE = 0.25
"""Of a GPU's free memory, what the text may take from the network's."""
_ITEMS = {"uint8": torch.uint8, "int16": torch.int16, "int32": torch.int32}


class Lanes:
    """The windows of a grid over ``ids``, which begin at the part's first character; of some lanes alone if so told."""

    def __init__(self, ids: Tensor, grid: Grid, lanes: slice = slice(None)) -> None:
        self.grid = grid
        shape = (grid.lanes, grid.lane_length)
        self._inputs = ids[: grid.characters].view(shape)[lanes]
        self._targets = ids[1 : grid.characters + 1].view(shape)[lanes]
        self.count = len(self._inputs)
        self.share = self.count / grid.lanes

    def window(self, index: int, device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """The characters of window ``index`` and their successors, each (window, lanes), int64."""
        begin = index * self.grid.seq_length
        span = slice(begin, begin + self.grid.seq_length)
        inputs, targets = (
            part[:, span].t().to(device=device, dtype=torch.int64, memory_format=torch.contiguous_format).contiguous()
            for part in (self._inputs, self._targets)
        )
        return inputs, targets


def open_ids(text: EncodedText) -> Tensor:
    """The text's ids, mapped into memory: pages are read as they are needed, and nothing is copied."""
    return torch.from_file(str(text.path), shared=False, size=text.characters, dtype=_ITEMS[text.item])


def brought_near(ids: Tensor, device: torch.device) -> Tensor:
    """``ids`` in a GPU's own memory, where they take at most ``TEXT_SHARE`` of what is free there; else as they are."""
    if device.type != "cuda":
        return ids
    free, _ = torch.cuda.mem_get_info(device)
    return ids.to(device) if ids.nbytes <= TEXT_SHARE * free else ids
