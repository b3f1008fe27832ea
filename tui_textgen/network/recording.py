"""Work that is the same every time, recorded as a CUDA graph: one launch for all its kernels."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

import torch

from tui_textgen.errors import TextgenError
from tui_textgen.network.out_of_memory import is_out_of_memory

VARIABLE = "TEXTGEN_TUI_CUDA_GRAPHS"
"""Set to 0, nothing is recorded: a way out where a driver cannot, and a way to see an error where it arises."""
WARM_UPS = 2
"""Runs before the recording: libraries make their handles, optimisers their memory, which no graph may do."""


class Recording:
    """``work``, which takes and leaves everything in memory of its own; each call does it once.

    The first calls run it as it is, so that they count like any other; then it is captured and replayed. Elsewhere than
    on CUDA it always runs as it is. ``generators`` are those that it draws from.
    """

    def __init__(
        self, work: Callable[[], None], device: torch.device, generators: Sequence[torch.Generator] = ()
    ) -> None:
        self._work, self._device, self._generators = work, device, generators
        self._graph: torch.cuda.CUDAGraph | None = None
        self._stream = torch.cuda.Stream(device) if records_on(device) else None  # type: ignore[no-untyped-call]
        self._runs = 0

    def __call__(self) -> None:
        if self._stream is None:
            self._work()
        elif self._runs < WARM_UPS:
            self._runs += 1
            self._run_beside(self._stream)
        else:
            if self._graph is None:
                self._graph = self._capture(self._stream)
            self._graph.replay()

    def _run_beside(self, stream: torch.cuda.Stream) -> None:
        """On the stream that will capture, since autograd and the allocator remember where they first worked."""
        current = torch.cuda.current_stream(self._device)
        stream.wait_stream(current)
        with torch.cuda.stream(stream):
            self._work()
        current.wait_stream(stream)

    def _capture(self, stream: torch.cuda.Stream) -> torch.cuda.CUDAGraph:
        """Not by ``torch.cuda.graph``: older ones collect garbage first, which takes longer than writing a passage."""
        graph = torch.cuda.CUDAGraph()
        for generator in self._generators:
            graph.register_generator_state(generator)
        torch.cuda.synchronize(self._device)
        try:
            with torch.cuda.stream(stream):
                graph.capture_begin()
                try:
                    self._work()
                except BaseException:
                    with suppress(RuntimeError):  # that the capture broke off; why is what counts
                        graph.capture_end()
                    raise
                graph.capture_end()
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            raise TextgenError(
                f"The GPU's work could not be recorded as a graph ({error}); set {VARIABLE}=0 to do without."
            ) from error
        return graph


def records_on(device: torch.device) -> bool:
    """Whether work on ``device`` is recorded."""
    return device.type == "cuda" and os.environ.get(VARIABLE) != "0"
